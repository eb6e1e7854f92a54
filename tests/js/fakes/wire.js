import { rest } from "./turns.js";

/**
 * @typedef {import("../../../static/js/signalling/messages.js").Negotiation} Negotiation
 * @typedef {import("../../../static/js/signalling/messages.js").RelayedMessage} RelayedMessage
 * @typedef {{ receive: (message: RelayedMessage) => void }} Receiver
 */

/**
 * Stamp a message as signalling does.
 * @param {Negotiation} negotiation
 * @returns {RelayedMessage}
 */
export function stamped(negotiation) {
  const stamp = { from: "seat-a", fromInstance: "instance-a", toInstance: "instance-b", seq: 1 };
  return { ...negotiation, ...stamp };
}

/** Carries the messages of one side to the other, in order; a test may change or keep them. */
export class FakeWire {
  /** @type {Negotiation[]} everything that was sent */
  log = [];
  /** @type {Negotiation[]} what has not been carried yet */
  waiting = [];
  isHeld = false;
  /** @type {Receiver | null} */
  to = null;
  /** @type {(message: Negotiation) => Negotiation} */
  change = (message) => message;

  /** @param {Negotiation} message */
  send = (message) => {
    this.log.push(message);
    this.waiting.push(message);
    void this.#carry();
  };

  /** Carry what was held. */
  release() {
    this.isHeld = false;
    void this.#carry();
  }

  /**
   * @param {Negotiation["type"]} type
   * @returns {number} how many of these were sent
   */
  count(type) {
    return this.log.filter((message) => message.type === type).length;
  }

  async #carry() {
    await rest(1);
    while (!this.isHeld && this.waiting.length > 0) {
      const message = /** @type {Negotiation} */ (this.waiting.shift());
      this.to?.receive(stamped(this.change(message)));
    }
  }
}
