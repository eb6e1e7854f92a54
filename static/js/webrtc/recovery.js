/** Upper bounds of the pauses after the first, second and third restart; each is drawn anew between nothing and its bound. */
const STEPS_MILLISECONDS = [1000, 2000, 4000];

/** What an ICE restart gets to lead to something, from its answer on. */
const SETTLE_MILLISECONDS = 2000;

/** Two restarts are never closer, whatever happens to the network. */
const GAP_MILLISECONDS = 1000;

/** An offer that reached the other page, which does not answer it, will not be answered any more. */
const ANSWER_MILLISECONDS = 5000;

/** A connection that held for so long is a sound one: the next trouble starts at the first step. */
const STEADY_MILLISECONDS = 10_000;

/**
 * @typedef {object} Circumstances  As they are at the moment of asking
 * @property {boolean} broken  Nothing arrives, or the browser says that the connection is lost
 * @property {boolean} reachable  Signalling is up, and the other page as well
 * @property {boolean} unanswered  An offer of ours is on its way
 * @property {boolean} online  Whether the browser believes to have a network; a lie only slows attempts down
 */

/**
 * When to restart ICE, and when to give a connection up for a new one. It never gives up the call.
 *
 * One restart at a time; then pauses of up to 1, 2 and 4 s; after the third a new connection. A restart is under way until it
 * is answered, and then for two seconds more. Whoever answers can only ask for a restart and never makes a new connection.
 */
export class Recovery {
  #offerer;
  #random;
  /** Restarts since the connection was last sound. */
  #attempts = 0;
  #lastAt = -Infinity;
  #notBefore = -Infinity;
  #pause = 0;
  /** Whether to restart although nothing seems broken here. */
  #wanted = false;
  /** Whether our side of an unanswered offer is worth nothing any more, because the network is another one. */
  #outdated = false;
  #isReachable = true;
  #reachableSince = -Infinity;
  #over = false;

  /**
   * @param {object} options
   * @param {boolean} options.offerer
   * @param {() => number} options.random  From 0 to below 1
   */
  constructor({ offerer, random }) {
    this.#offerer = offerer;
    this.#random = random;
  }

  /** Our own network is back or is another one: whatever was tried before says nothing. */
  networkChanged() {
    this.#wanted = true;
    this.#outdated = true;
    this.#attempts = 0;
    this.#notBefore = this.#lastAt + GAP_MILLISECONDS;
  }

  /**
   * The other side asks for a restart; while one is under way that is the one it asks for.
   * @param {number} now  Milliseconds
   */
  asked(now) {
    if (now >= this.#notBefore) this.#wanted = true;
  }

  /**
   * Our offer was answered, or we have answered one: the restart now needs a moment.
   * @param {number} now  Milliseconds
   */
  negotiated(now) {
    // Whoever answers does so from the network as it is.
    if (!this.#offerer) this.#outdated = false;
    if (this.#outdated) return;
    this.#wanted = false;
    this.#notBefore = now + SETTLE_MILLISECONDS + this.#pause;
  }

  /**
   * Decide what to do now. Ask several times a second: what is decided counts as done.
   * @param {number} now  Milliseconds
   * @param {Circumstances} circumstances
   * @returns {"restart" | "renew" | null} renew: make a new connection; this one is given up
   */
  decide(now, circumstances) {
    if (this.#over || !this.#canTry(now, circumstances)) return null;
    const { broken, unanswered, online } = circumstances;
    if (!broken && !this.#wanted) return this.#rest(now);
    if (unanswered && !this.#outdated) return this.#waitForAnswer(now, broken);
    return now < this.#notBefore ? null : this.#attempt(now, online);
  }

  /**
   * @param {number} now
   * @param {Circumstances} circumstances
   */
  #canTry(now, { broken, reachable }) {
    if (reachable && !this.#isReachable) {
      this.#reachableSince = now;
      if (broken) this.networkChanged();
    }
    this.#isReachable = reachable;
    return reachable;
  }

  /** @param {number} now */
  #rest(now) {
    if (now - this.#lastAt >= STEADY_MILLISECONDS) this.#attempts = 0;
    return null;
  }

  /**
   * @param {number} now
   * @param {boolean} broken
   */
  #waitForAnswer(now, broken) {
    const since = Math.max(this.#lastAt, this.#reachableSince);
    return broken && now - since >= ANSWER_MILLISECONDS ? this.#renew() : null;
  }

  /**
   * @param {number} now
   * @param {boolean} online
   * @returns {"restart" | "renew"}
   */
  #attempt(now, online) {
    if (this.#offerer && this.#attempts === STEPS_MILLISECONDS.length) return this.#renew();
    const bound = STEPS_MILLISECONDS[this.#attempts] ?? Math.max(...STEPS_MILLISECONDS);
    this.#attempts = Math.min(this.#attempts + 1, STEPS_MILLISECONDS.length);
    this.#pause = online ? this.#random() * bound : Math.max(...STEPS_MILLISECONDS);
    this.#lastAt = now;
    this.#notBefore = now + SETTLE_MILLISECONDS + this.#pause;
    this.#wanted = false;
    this.#outdated = false;
    return "restart";
  }

  /** @returns {"renew"} */
  #renew() {
    this.#over = true;
    return "renew";
  }
}
