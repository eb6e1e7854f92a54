import { peer, welcome } from "./messages.js";

/**
 * @typedef {import("./web-socket.js").FakeWebSocket} FakeWebSocket
 * @typedef {{ instance: string, socket: FakeWebSocket | null }} Sitting
 * @typedef {{ type: string, to: string, toInstance: string }} Relayed
 */

/** Seats two pages and relays between them as PROTOCOL.md says. It keeps nothing: what finds no socket is lost. */
export class FakeServer {
  /** @type {Map<string, Sitting>} */
  #seats = new Map();

  /**
   * @param {string} seat
   * @param {string} instance
   * @param {FakeWebSocket} socket connecting
   */
  seat(seat, instance, socket) {
    socket.accept();
    socket.take();
    this.#seats.set(seat, { instance, socket });
    socket.deliver(welcome({ seat, resume: null, peers: this.#others(seat) }));
    this.#announce(seat);
  }

  /** @param {string} seat whose socket breaks without a word */
  lose(seat) {
    const sitting = this.#seats.get(seat);
    if (!sitting?.socket) return;
    const { socket } = sitting;
    sitting.socket = null;
    socket.drop();
    this.#announce(seat);
  }

  /**
   * @param {string} seat
   * @returns {boolean}
   */
  holds(seat) {
    return Boolean(this.#seats.get(seat)?.socket);
  }

  /**
   * Relay what a page has sent.
   * @param {string} seat
   * @param {() => boolean} arrives decides of each message
   * @returns {number} how many messages there were
   */
  relay(seat, arrives) {
    const { instance, socket } = /** @type {Sitting} */ (this.#seats.get(seat));
    const messages = /** @type {Relayed[]} */ (socket?.take() ?? []);
    for (const message of messages) {
      const stamped = { ...message, from: seat, fromInstance: instance };
      if (arrives()) this.#seats.get(message.to)?.socket?.deliver(stamped);
    }
    return messages.length;
  }

  /** @param {string} seat */
  #announce(seat) {
    for (const [other, { socket }] of this.#seats) {
      if (other !== seat) socket?.deliver({ type: "presence", peer: this.#peer(seat) });
    }
  }

  /** @param {string} seat */
  #others(seat) {
    return [...this.#seats.keys()]
      .filter((other) => other !== seat)
      .map((each) => this.#peer(each));
  }

  /** @param {string} seat */
  #peer(seat) {
    const { instance, socket } = /** @type {Sitting} */ (this.#seats.get(seat));
    return peer({ seat, instance, state: socket ? "here" : "away" });
  }
}
