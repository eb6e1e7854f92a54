/**
 * @typedef {import("./client.js").SignallingClient} SignallingClient
 * @typedef {import("./messages.js").Negotiation} Negotiation
 */

/** The way through signalling to the page in one seat, as a connection needs it. */
export class SeatLink {
  #signalling;
  #seat;

  /**
   * @param {SignallingClient} signalling
   * @param {string} seat  Of the other page
   */
  constructor(signalling, seat) {
    this.#signalling = signalling;
    this.#seat = seat;
  }

  /** @returns {import("../clock.js").Clock} The page's */
  get clock() {
    return this.#signalling.clock;
  }

  /** @returns {boolean} Whether, as far as the server knows, both pages have a socket */
  get isUp() {
    const { state } = this.#signalling;
    return state === "joined" && this.#signalling.peer(this.#seat)?.state === "here";
  }

  /**
   * Send a message that arrives in order and once as soon as both sockets stand.
   * @param {Negotiation} message
   */
  send(message) {
    this.#signalling.sendReliably(this.#seat, message);
  }

  /**
   * Make the server prove that our socket is alive.
   * @param {number} milliseconds  Until it is replaced
   */
  probe(milliseconds) {
    this.#signalling.probe(milliseconds);
  }
}
