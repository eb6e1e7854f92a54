const BASE_MILLISECONDS = 500;
const CAP_MILLISECONDS = 15_000;
const URGENT_CAP_MILLISECONDS = 2000;

/** How long to wait before the next attempt: full jitter, so that clients of a restarted server do not come back at once. */
export class Backoff {
  #failures = 0;
  #random;

  /** @param {() => number} random from 0 to below 1 */
  constructor(random) {
    this.#random = random;
  }

  /**
   * @param {boolean} urgent whether a call runs
   * @param {number | null} retryAfter seconds that the server asked for
   * @returns {number} milliseconds
   */
  next(urgent, retryAfter) {
    const cap = urgent ? URGENT_CAP_MILLISECONDS : CAP_MILLISECONDS;
    const delay = this.#random() * Math.min(cap, BASE_MILLISECONDS * 2 ** this.#failures);
    this.#failures += 1;
    return (retryAfter ?? 0) * 1000 + delay;
  }

  /** Start anew: the last attempt led somewhere. */
  reset() {
    this.#failures = 0;
  }
}
