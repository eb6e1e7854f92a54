/** So that the server, too, finds the waiting room open when the first offer comes. */
const GRACE_MILLISECONDS = 500;

/** @typedef {import("./visitor.js").Visitor} Visitor */

/** Connects with those who came early as soon as their waiting room opens. */
export class Opening {
  #visitors;
  #clock;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {ReadonlyMap<string, Visitor>} visitors  Everybody who is here, also those to come
   * @param {import("../server-clock.js").ServerClock} clock
   */
  constructor(visitors, clock) {
    this.#visitors = visitors;
    this.#clock = clock;
  }

  /** Wait for the next waiting room to open; call it whenever somebody comes. */
  plan() {
    this.close();
    const early = [...this.#visitors.values()].filter(({ due }) => !due);
    if (early.length === 0) return;
    const next = Math.min(...early.map(({ peer }) => this.#clock.until(peer.opensAt)));
    // A timer that is late by sleep is no harm; one that is too far ahead would fire at once.
    const wait = Math.min(next + GRACE_MILLISECONDS, 2 ** 31 - 1);
    this.#timer = setTimeout(() => {
      for (const visitor of early) visitor.update(visitor.peer, false);
      this.plan();
    }, wait);
  }

  /** Wait no more. */
  close() {
    clearTimeout(this.#timer);
  }
}
