/** Most pages whose numbers are kept; of the others the one heard longest ago is forgotten. */
export const INBOX_PAGES = 256;

/**
 * @typedef {import("./messages.js").RelayedMessage} RelayedMessage
 * @typedef {{ accepted: boolean, acknowledge: number | null }} Verdict
 *   accepted: act on it; acknowledge: the number to send back, if any
 */

/** Lets each relayed message through once and in order, and says what to acknowledge. */
export class Inbox {
  /**
   * By seat and page: the last number. A page may come back to a seat that another one held meanwhile, and goes on counting.
   *
   * @type {Map<string, number>}
   */
  #last = new Map();
  #instance;

  /** @param {string} instance of this page */
  constructor(instance) {
    this.#instance = instance;
  }

  /**
   * @param {RelayedMessage} message
   * @returns {Verdict}
   */
  receive({ from, fromInstance, toInstance, seq }) {
    const nothing = { accepted: false, acknowledge: null };
    if (toInstance !== this.#instance) return nothing;
    const page = `${from} ${fromInstance}`;
    const last = this.#last.get(page) ?? 0;
    if (seq > last + 1) return nothing;
    // Its acknowledgement was lost, or came after the sender's socket.
    if (seq <= last) return { accepted: false, acknowledge: last };
    this.#keep(page, seq);
    return { accepted: true, acknowledge: seq };
  }
  /**
   * @param {string} page
   * @param {number} seq
   */
  #keep(page, seq) {
    this.#last.delete(page);
    this.#last.set(page, seq);
    const [oldest] = this.#last.keys();
    if (this.#last.size > INBOX_PAGES && oldest !== undefined) this.#last.delete(oldest);
  }
}
