import { ServerClock } from "../server-clock.js";

/** @typedef {import("../signalling/messages.js").WelcomeMessage} WelcomeMessage */

/** A timer that is further ahead would fire at once. */
const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1;

/** What the server said when we joined, and whether the waiting room is open by its clock. */
export class Appointment {
  /** @type {WelcomeMessage | null} */
  welcome = null;
  #clock = new ServerClock();
  #opened;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} opened  Called when the waiting room opens while somebody waits for it */
  constructor(opened) {
    this.#opened = opened;
  }

  /** @returns {boolean} Whether the waiting room opens later */
  get early() {
    return this.#clock.until(this.welcome?.opensAt ?? null) > 0;
  }

  /** @param {WelcomeMessage} welcome */
  take(welcome) {
    this.welcome = welcome;
    this.#clock.set(welcome.serverTime);
    this.close();
    const wait = this.#clock.until(welcome.opensAt);
    if (wait > 0) {
      this.#timer = setTimeout(() => this.#opened(), Math.min(wait, LONGEST_TIMER_MILLISECONDS));
    }
  }

  /** Wait no longer. */
  close() {
    clearTimeout(this.#timer);
  }
}
