/** Most messages kept for one page until it acknowledges them (PROTOCOL.md, "Bounds"). */
export const OUTBOX_MESSAGES = 64;

/**
 * @typedef {import("./messages.js").Negotiation} Negotiation
 * @typedef {{ seq: number, message: Negotiation }} Numbered
 */

/**
 * What one page of another seat has to receive in order and once: kept until it says that it has it.
 *
 * A message gets its number when it is first put on a socket. What never was on one can so be given up without leaving a gap.
 */
export class Outbox {
  /** @type {Numbered[]} */
  #unacknowledged = [];
  /** @type {Negotiation[]} */
  #waiting = [];
  #lastSeq = 0;

  /** @param {string} instance The page that these messages are for */
  constructor(instance) {
    this.instance = instance;
  }

  /**
   * Keep a message. A new connection makes those of an older one pointless that never left.
   *
   * @param {Negotiation} message
   * @returns {boolean} False, and it is not kept, where OUTBOX_MESSAGES are kept already
   */
  add(message) {
    this.#waiting = this.#waiting.filter(({ connection }) => connection === message.connection);
    if (this.#unacknowledged.length + this.#waiting.length >= OUTBOX_MESSAGES) return false;
    this.#waiting.push(message);
    return true;
  }

  /**
   * Number what has not been on a socket yet, to put it on one now.
   *
   * @returns {Numbered[]} in order, may be empty
   */
  takeWaiting() {
    const numbered = this.#waiting.map((message) => ({ seq: ++this.#lastSeq, message }));
    this.#waiting = [];
    this.#unacknowledged.push(...numbered);
    return numbered;
  }

  /**
   * Give everything that may have been lost, when a socket is back.
   *
   * @returns {Numbered[]} in order, may be empty
   */
  takeAll() {
    this.takeWaiting();
    return [...this.#unacknowledged];
  }

  /** @param {number} seq The other page has all up to this one */
  acknowledge(seq) {
    this.#unacknowledged = this.#unacknowledged.filter((each) => each.seq > seq);
  }
}
