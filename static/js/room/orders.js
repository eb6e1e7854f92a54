/**
 * @typedef {{ type: "admit" | "put-back", seat: string } | { type: "end", consultation: string }} Order
 * @typedef {import("../signalling/client.js").ReceivedMessage} ReceivedMessage
 */

/** What the room has asked of the server: it is asked again after every reconnect, until the server confirms. */
export class Orders {
  /** @type {Map<string, Order>} The last one about each seat and each consultation */
  #open = new Map();
  #send;

  /** @param {(order: Order) => unknown} send  May lose it */
  constructor(send) {
    this.#send = send;
  }

  /** @param {Order} order */
  give(order) {
    this.#open.set(subject(order), order);
    this.#send(order);
  }

  /** Ask again for what is not confirmed. */
  repeat() {
    for (const order of this.#open.values()) this.#send(order);
  }

  /** @param {ReceivedMessage} message  Which may be a confirmation */
  confirm(message) {
    if (message.type === "ended") this.#open.delete(message.consultation);
    else if (message.type === "admitted") this.#confirmAdmission(message);
  }

  /** @param {string} seat  That nobody sits in any more */
  forget(seat) {
    this.#open.delete(seat);
  }

  /**
   * @param {string} seat
   * @returns {boolean} Whether the server has not confirmed the last order about this seat
   */
  isOpen(seat) {
    return this.#open.has(seat);
  }

  /**
   * @param {string} seat
   * @returns {boolean} Whether the server is still to be told that this seat is not called in any more
   */
  putsBack(seat) {
    return this.#open.get(seat)?.type === "put-back";
  }

  /** @param {Extract<ReceivedMessage, { type: "admitted" }>} message */
  #confirmAdmission({ seat, since }) {
    // It may confirm the order before this one, which was taken back meanwhile.
    const confirmed = since === null ? "put-back" : "admit";
    if (this.#open.get(seat)?.type === confirmed) this.#open.delete(seat);
  }
}

/** @param {Order} order */
function subject(order) {
  return order.type === "end" ? order.consultation : order.seat;
}
