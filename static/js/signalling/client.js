import { TypedEventTarget } from "../events.js";
import { systemClock } from "../clock.js";

/**
 * @typedef {import("./messages.js").Peer} Peer
 * @typedef {import("./messages.js").Negotiation} Negotiation
 * @typedef {import("./messages.js").JoinMessage} JoinMessage
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 * @typedef {import("./messages.js").WelcomeMessage} WelcomeMessage
 * @typedef {import("../shape.js").ProtocolError} ProtocolError
 * @typedef {"connecting" | "joined" | "lost" | "refused" | "closed"} SignallingState `lost`: the next attempt is being waited for
 */

/**
 * Where the resume secret is kept: sessionStorage in the page.
 * @typedef {object} ResumeStorage
 * @property {() => string | null} get
 * @property {(resume: string) => void} set
 * @property {() => void} clear
 */

/**
 * @typedef {Exclude<ServerMessage, { type: "welcome" | "presence" | "ack" | "pong" }>} ReceivedMessage
 * Relayed messages come in order and once; `error` only of the kinds that leave the socket open.
 */

/**
 * @typedef {{
 *   "signalling:joined": { welcome: WelcomeMessage },
 *   "signalling:lost": { retryIn: number },
 *   "signalling:refused": { error: string, retryAfter: number | null },
 *   "signalling:presence": { peer: Peer, instanceChanged: boolean },
 *   "signalling:received": { message: ReceivedMessage },
 *   "signalling:overflowed": { to: string },
 *   "signalling:misunderstood": { error: ProtocolError },
 * }} SignallingEvents
 * - signalling:joined: then `signalling:presence` follows for each of its peers
 * - signalling:lost: an attempt or a joined socket ended; milliseconds until the next attempt
 * - signalling:refused: no attempt is made until `open()`
 * - signalling:presence: instanceChanged: another page than the one known before; the first one known is no change
 * - signalling:overflowed: too much unacknowledged: make a new connection when the seat is back
 * - signalling:misunderstood: the server sent something malformed; it was dropped
 */

/**
 * The WebSocket of one page: joins, comes back by itself, and carries messages in order and once.
 *
 * Losing it touches nothing else: a call goes on. One object speaks for one `instance`.
 *
 * @augments {TypedEventTarget<SignallingEvents>}
 */
export class SignallingClient extends TypedEventTarget {
  /** Whether a call runs: attempts then come at most 2 s apart. */
  urgent = false;

  /**
   * @param {object} options
   * @param {string} options.url ws: or wss:
   * @param {string} options.instance random, of this page load
   * @param {(resume: string | null) => JoinMessage} options.join makes the first message; resume is the secret, if there is one
   * @param {ResumeStorage} [options.storage] without one the secret is kept in memory
   * @param {typeof WebSocket} [options.WebSocketClass]
   * @param {() => number} [options.random] from 0 to below 1
   * @param {import("../clock.js").Clock} [options.clock]
   */
  constructor({
    url,
    instance,
    join,
    storage,
    WebSocketClass,
    random = Math.random,
    clock = systemClock,
  }) {
    super();
    void [url, instance, join, storage, WebSocketClass, random, clock];
  }

  /** @returns {SignallingState} */
  get state() {
    return "closed";
  }

  /**
   * @param {string} seat
   * @returns {Peer | null} as last heard of
   */
  peer(seat) {
    void seat;
    return null;
  }

  /** Connect, from `closed` or `refused`; else nothing happens. */
  open() {}

  /** Let go of the socket; the seat stays ours and can be resumed. */
  close() {}

  /** Give the seat back and close. Without a socket the client first comes back for this alone, silently. */
  leave() {}

  /**
   * Send a message that may be lost.
   * @param {ClientMessage} message
   * @returns {boolean} False when it was dropped because nobody is joined
   */
  send(message) {
    void message;
    return false;
  }

  /**
   * Send a message that arrives in order and once, when both sockets stand again; dropped only if the other page is another by then.
   * @param {string} to a seat
   * @param {Negotiation} message
   * @returns {boolean} False when no page of that seat is known, or too much is unacknowledged (`signalling:overflowed`)
   */
  sendReliably(to, message) {
    void [to, message];
    return false;
  }

  /** Try at once: the network or the page is back. A joined socket must answer within 2 s or is replaced. */
  retryNow() {}

  /**
   * Make the server prove that the socket is alive.
   * @param {number} milliseconds until the socket is replaced
   */
  probe(milliseconds) {
    void milliseconds;
  }
}
