/**
 * Time as a parameter: the page gives the real one, tests one that they move.
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since some moment; never goes back
 * @property {(callback: () => void, milliseconds: number) => unknown} setTimeout gives a handle for `clearTimeout`
 * @property {(handle: unknown) => void} clearTimeout
 */

/** @type {Clock} */
export const systemClock = {
  now: () => performance.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (handle) => clearTimeout(/** @type {ReturnType<typeof setTimeout>} */ (handle)),
};
