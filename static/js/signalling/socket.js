import { ProtocolError } from "../shape.js";
import { Heartbeat } from "./heartbeat.js";
import { parseServerMessage } from "./messages.js";

/** `WebSocket.CONNECTING` */
const CONNECTING = 0;

/** A younger attempt was made on the network as it is now. */
const FRESH_MILLISECONDS = 1000;

/**
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 *
 * @typedef {object} SocketOwner
 * @property {() => ClientMessage} greet gives the first message
 * @property {(message: ServerMessage) => void} receive
 * @property {(error: ProtocolError) => void} misunderstand a message was dropped because it is malformed
 * @property {(code: number | null) => void} end called once unless `close` came first: the close code, null where nothing answers
 */

/** One WebSocket from its first packet to its end, with a heartbeat. It ends once, and is not used again. */
export class Socket {
  #owner;
  #clock;
  #webSocket;
  #heartbeat;
  #listening = new AbortController();
  #startedAt;
  /** @type {unknown} */
  #patience;

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {typeof WebSocket} options.WebSocketClass
   * @param {import("../clock.js").Clock} options.clock
   * @param {number} options.patience milliseconds until `settle` must have been called
   * @param {SocketOwner} options.owner
   */
  constructor({ url, WebSocketClass, clock, patience, owner }) {
    this.#webSocket = new WebSocketClass(url);
    this.#owner = owner;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#patience = clock.setTimeout(() => this.#end(null), patience);
    this.#heartbeat = new Heartbeat({
      clock,
      ping: () => this.send({ type: "ping" }),
      die: () => this.#end(null),
    });
    this.#listen(this.#listening.signal);
  }

  /** @returns {boolean} Whether it has been knocking for a while and nobody opened */
  get isStuck() {
    const age = this.#clock.now() - this.#startedAt;
    return this.#webSocket.readyState === CONNECTING && age >= FRESH_MILLISECONDS;
  }

  /** The server has answered: what comes now may take its time. */
  settle() {
    this.#clock.clearTimeout(this.#patience);
  }

  /** @param {ClientMessage} message */
  send(message) {
    this.#webSocket.send(JSON.stringify(message));
    this.#heartbeat.sent();
  }

  /** @param {number} milliseconds until it ends if nothing arrives */
  probe(milliseconds) {
    this.#heartbeat.probe(milliseconds);
  }

  /** Close, without a word to the owner. */
  close() {
    this.#listening.abort();
    this.#heartbeat.stop();
    this.#clock.clearTimeout(this.#patience);
    this.#webSocket.close();
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const socket = this.#webSocket;
    socket.addEventListener("open", () => this.send(this.#owner.greet()), { signal });
    socket.addEventListener("message", ({ data }) => this.#receive(data), { signal });
    // An `error` event says nothing and is always followed by `close`.
    socket.addEventListener("close", ({ code }) => this.#end(code), { signal });
  }

  /** @param {unknown} data */
  #receive(data) {
    this.#heartbeat.heard();
    let message;
    try {
      message = parseServerMessage(String(data));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#owner.misunderstand(error);
    }
    if (message) this.#owner.receive(message);
  }

  /** @param {number | null} code */
  #end(code) {
    this.close();
    this.#owner.end(code);
  }
}
