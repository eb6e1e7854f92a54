/** From here on the page says that the connection is unstable. */
export const UNSTABLE_MILLISECONDS = 1000;

/** From here on it counts as lost. */
export const STALLED_MILLISECONDS = 2000;

/** Nothing was fed for this long: the device slept, and silence proves nothing. */
const SLEPT_MILLISECONDS = 5000;

/** @typedef {"flowing" | "unstable" | "stalled"} Flow */

/**
 * Tells from a growing count of bytes whether anything still arrives. Browsers say so many seconds later: Chromium reports
 * `disconnected` after about 7 s and `failed` after about 17 s.
 */
export class StallWatch {
  #bytes = 0;
  #heardAt = -Infinity;
  #fedAt = -Infinity;

  /**
   * Take in how many bytes have arrived so far.
   * @param {number} now  Milliseconds
   * @param {number} bytes  Since the connection was made; any change is a sign of life
   * @param {number | null} owedSince  Since when something should have arrived; null: silence is as good
   * @returns {Flow}
   */
  feed(now, bytes, owedSince) {
    if (bytes !== this.#bytes || now - this.#fedAt > SLEPT_MILLISECONDS) this.#heardAt = now;
    this.#bytes = bytes;
    this.#fedAt = now;
    if (owedSince === null) return "flowing";
    const silence = now - Math.max(this.#heardAt, owedSince);
    if (silence >= STALLED_MILLISECONDS) return "stalled";
    return silence >= UNSTABLE_MILLISECONDS ? "unstable" : "flowing";
  }
}
