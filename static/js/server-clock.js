/** The time of day as the server has it: the clocks of phones and computers are off, some by minutes. */
export class ServerClock {
  #ahead = 0;

  /** @param {string} serverTime  As a welcome says it, ISO 8601 */
  set(serverTime) {
    this.#ahead = Date.parse(serverTime) - Date.now();
  }

  /** @returns {number} Milliseconds since 1970 */
  now() {
    return Date.now() + this.#ahead;
  }

  /**
   * @param {string | null} time  ISO 8601; null has come already
   * @returns {number} Milliseconds until then, 0 when it has come
   */
  until(time) {
    return time === null ? 0 : Math.max(Date.parse(time) - this.now(), 0);
  }
}
