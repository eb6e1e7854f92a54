/** A clock that stands until it is moved. Implements `Clock` of static/js/clock.js. */
export class FakeClock {
  #now = 0;
  #lastHandle = 0;
  /** @type {Map<number, { at: number, callback: () => void }>} */
  #timers = new Map();

  /** @returns {number} timers that have not run */
  get pending() {
    return this.#timers.size;
  }

  now() {
    return this.#now;
  }

  /**
   * @param {() => void} callback
   * @param {number} milliseconds
   * @returns {number} a handle
   */
  setTimeout(callback, milliseconds) {
    const handle = ++this.#lastHandle;
    this.#timers.set(handle, { at: this.#now + milliseconds, callback });
    return handle;
  }

  /** @param {unknown} handle */
  clearTimeout(handle) {
    this.#timers.delete(/** @type {number} */ (handle));
  }

  /**
   * Let time pass; what falls due runs at its moment, in order.
   * @param {number} milliseconds
   */
  advance(milliseconds) {
    const end = this.#now + milliseconds;
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      const { at, callback } = /** @type {{ at: number, callback: () => void }} */ (
        this.#timers.get(next)
      );
      this.#timers.delete(next);
      this.#now = at;
      callback();
    }
    this.#now = end;
  }

  /** @param {number} end */
  #next(end) {
    const due = [...this.#timers].filter(([, { at }]) => at <= end);
    due.sort(([, one], [, another]) => one.at - another.at);
    return due[0]?.[0] ?? null;
  }
}

/**
 * Let promises that are settled run what waits for them.
 * @returns {Promise<null>}
 */
export function settled() {
  return new Promise((resolve) => {
    setImmediate(() => resolve(null));
  });
}
