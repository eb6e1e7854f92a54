const QUIET_MILLISECONDS = 15_000;
const ANSWER_MILLISECONDS = 5000;

/**
 * Notices that a socket is dead: `readyState` says "open" long after a sleep or a change of networks.
 *
 * Whatever arrives counts as the answer, and makes the next timer. Browsers slow timers down in hidden pages, to one a minute,
 * but only those that timers have made: with the server's 45 s a waiting patient would seem to go and come.
 */
export class Heartbeat {
  #clock;
  #ping;
  #die;
  /** @type {unknown} */
  #quiet = null;
  /** @type {unknown} */
  #deadline = null;
  #deadlineAt = Infinity;
  #sentAt = 0;

  /**
   * @param {object} options
   * @param {import("../clock.js").Clock} options.clock
   * @param {() => void} options.ping sends a ping, which must call `sent`
   * @param {() => void} options.die is called once when an answer is overdue
   */
  constructor({ clock, ping, die }) {
    this.#clock = clock;
    this.#ping = ping;
    this.#die = die;
  }

  /** Something was sent. */
  sent() {
    this.#sentAt = this.#clock.now();
    this.#waitForQuiet();
  }

  /** Something arrived. */
  heard() {
    this.#clock.clearTimeout(this.#deadline);
    this.#deadlineAt = Infinity;
    this.#waitForQuiet();
  }

  /**
   * Ask for an answer now.
   * @param {number} [milliseconds] until the socket counts as dead
   */
  probe(milliseconds = ANSWER_MILLISECONDS) {
    const deadlineAt = this.#clock.now() + milliseconds;
    if (deadlineAt < this.#deadlineAt) {
      this.#clock.clearTimeout(this.#deadline);
      this.#deadlineAt = deadlineAt;
      this.#deadline = this.#clock.setTimeout(() => {
        this.stop();
        this.#die();
      }, milliseconds);
    }
    this.#ping();
  }

  /** No ping and no deadline any more. */
  stop() {
    this.#clock.clearTimeout(this.#quiet);
    this.#clock.clearTimeout(this.#deadline);
    this.#deadlineAt = Infinity;
  }

  #waitForQuiet() {
    this.#clock.clearTimeout(this.#quiet);
    const remaining = Math.max(0, this.#sentAt + QUIET_MILLISECONDS - this.#clock.now());
    this.#quiet = this.#clock.setTimeout(() => this.probe(), remaining);
  }
}
