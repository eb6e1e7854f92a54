/**
 * @typedef {import("./messages.js").RelayedMessage} RelayedMessage
 * @typedef {{ accepted: boolean, acknowledge: number | null }} Verdict
 *   accepted: act on it; acknowledge: the number to send back, if any
 */

/** Lets each relayed message through once and in order, and says what to acknowledge. */
export class Inbox {
  /** @type {Map<string, { instance: string, seq: number }>} by seat: the page it speaks with and the last number it had */
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
    const known = this.#last.get(from);
    const last = known?.instance === fromInstance ? known.seq : 0;
    if (seq > last + 1) return nothing;
    // Its acknowledgement was lost, or came after the sender's socket.
    if (seq <= last) return { accepted: false, acknowledge: last };
    this.#last.set(from, { instance: fromInstance, seq });
    return { accepted: true, acknowledge: seq };
  }
}
