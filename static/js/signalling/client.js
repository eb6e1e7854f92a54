import { systemClock } from "../clock.js";
import { TypedEventTarget } from "../events.js";
import { Backoff } from "./backoff.js";
import { errorOfClose, isPassing, leavesSocketOpen, voidsResume } from "./refusals.js";
import { Relay } from "./relay.js";
import { ResumeSecret } from "./resume-secret.js";
import { Socket } from "./socket.js";

/** From the first packet to the welcome; in a call a silent network is not waited for that long. */
const ATTEMPT_MILLISECONDS = 10_000;
const URGENT_ATTEMPT_MILLISECONDS = 5000;
const PROBE_MILLISECONDS = 2000;
/** A socket that lasted shorter is no reason to come back sooner. */
const STABLE_MILLISECONDS = 10_000;

/**
 * @typedef {import("./messages.js").Peer} Peer
 * @typedef {import("./messages.js").Negotiation} Negotiation
 * @typedef {import("./messages.js").JoinMessage} JoinMessage
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 * @typedef {import("./messages.js").WelcomeMessage} WelcomeMessage
 * @typedef {"connecting" | "joined" | "lost" | "refused" | "closed"} SignallingState `lost`: the next attempt is being waited for
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
 *   "signalling:misunderstood": { error: Error },
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

  #socketOptions;
  #join;
  #secret;
  #backoff;
  #relay;
  /** @type {SignallingState} */
  #state = "closed";
  #leaving = false;
  /** @type {Socket | null} */
  #socket = null;
  /** @type {unknown} */
  #nextAttempt = null;
  #joinedAt = 0;

  /**
   * @param {object} options
   * @param {string} options.url ws: or wss:
   * @param {string} options.instance random, of this page load
   * @param {(resume: string | null) => JoinMessage} options.join makes the first message; resume is the secret, if there is one
   * @param {import("./resume-secret.js").ResumeStorage} [options.storage] without one the secret lives as long as this object
   * @param {typeof WebSocket} [options.WebSocketClass]
   * @param {() => number} [options.random] from 0 to below 1
   * @param {import("../clock.js").Clock} [options.clock]
   */
  constructor({
    url,
    instance,
    join,
    storage,
    WebSocketClass = WebSocket,
    random = Math.random,
    clock = systemClock,
  }) {
    super();
    this.#socketOptions = { url, WebSocketClass, clock };
    this.#join = join;
    this.#secret = new ResumeSecret(storage);
    /** The page's. */
    this.clock = clock;
    this.#backoff = new Backoff(random);
    this.#relay = new Relay({
      instance,
      send: (message) => this.send(message),
      isJoined: () => this.#state === "joined",
    });
  }

  /** @returns {SignallingState} */
  get state() {
    return this.#leaving ? "closed" : this.#state;
  }

  /**
   * @param {string} seat
   * @returns {Peer | null} as last heard of
   */
  peer(seat) {
    return this.#relay.peer(seat);
  }

  /** Connect, from `closed` or `refused`; else nothing happens. */
  open() {
    this.#leaving = false;
    if (this.#state === "closed" || this.#state === "refused") this.#connect();
  }

  /** Let go of the socket; the seat stays ours and can be resumed. */
  close() {
    this.#leaving = false;
    this.#drop("closed");
  }

  /** Give the seat back and close. Without a socket the client first comes back for this alone, silently. */
  leave() {
    const isUnderWay = this.#state === "connecting" || this.#state === "lost";
    if (isUnderWay && this.#secret.value !== null) {
      this.#leaving = true;
    } else {
      this.send({ type: "leave" });
      this.#secret.forget();
      this.close();
    }
  }

  /**
   * Send a message that may be lost.
   *
   * @param {ClientMessage} message
   * @returns {boolean} False when it was dropped because nobody is joined
   */
  send(message) {
    if (this.#state !== "joined") return false;
    this.#socket?.send(message);
    return true;
  }

  /**
   * Send a message that arrives in order and once as soon as both sockets stand, unless another page takes that seat.
   *
   * @param {string} to a seat
   * @param {Negotiation} message
   * @returns {boolean} False when no page of that seat is known, or too much is unacknowledged (`signalling:overflowed`)
   */
  sendReliably(to, message) {
    const result = this.#relay.post(to, message);
    if (result === "full") this.#tell("signalling:overflowed", { to });
    return result === "kept";
  }

  /** Try at once: the network or the page is back. A joined socket must answer within 2 s or is replaced. */
  retryNow() {
    if (this.#state === "lost" || (this.#state === "connecting" && this.#socket?.isStuck)) {
      this.#connect();
    } else {
      this.probe(PROBE_MILLISECONDS);
    }
  }

  /**
   * Make the server prove that the socket is alive.
   *
   * @param {number} milliseconds until the socket is replaced
   */
  probe(milliseconds) {
    if (this.#state === "joined") this.#socket?.probe(milliseconds);
  }

  #connect() {
    this.#drop("connecting");
    this.#socket = new Socket({
      ...this.#socketOptions,
      patience: this.urgent ? URGENT_ATTEMPT_MILLISECONDS : ATTEMPT_MILLISECONDS,
      owner: {
        greet: () => this.#join(this.#secret.value),
        receive: (message) => this.#handle(message),
        misunderstand: (error) => this.#tell("signalling:misunderstood", { error }),
        end: (code) => this.#ended(code),
      },
    });
  }

  /** @param {ServerMessage} message */
  #handle(message) {
    switch (message.type) {
      case "welcome":
        this.#joined(message);
        break;
      case "presence":
        this.#tell("signalling:presence", this.#relay.learn(message.peer));
        break;
      case "ack":
        this.#relay.acknowledged(message);
        break;
      case "pong":
        break;
      case "error":
        this.#failed(message);
        break;
      default:
        this.#pass(message);
    }
  }

  /** @param {Exclude<ReceivedMessage, { type: "error" }>} message */
  #pass(message) {
    // Whoever claims a seat waits for people, not for the network.
    if (message.type === "claiming") this.#socket?.settle();
    if ("connection" in message && !this.#relay.receive(message)) return;
    this.#tell("signalling:received", { message });
  }

  /** @param {WelcomeMessage} welcome */
  #joined(welcome) {
    this.#socket?.settle();
    this.#state = "joined";
    this.#joinedAt = this.clock.now();
    if (this.#leaving) {
      this.leave();
      return;
    }
    if (welcome.resume !== null) this.#secret.keep(welcome.resume);
    const changes = this.#relay.welcome(welcome.peers);
    this.#tell("signalling:joined", { welcome });
    for (const change of changes) {
      if (this.#state === "joined") this.#tell("signalling:presence", change);
    }
  }

  /** @param {import("./messages.js").ErrorMessage} message */
  #failed(message) {
    const { error, retryAfter } = message;
    if (leavesSocketOpen(error)) {
      this.#tell("signalling:received", { message });
    } else if (isPassing(error)) {
      this.#lose(retryAfter);
    } else {
      if (voidsResume(error)) this.#secret.forget();
      this.#refuse(error, retryAfter);
    }
  }

  /** @param {number | null} code */
  #ended(code) {
    const error = code === null ? null : errorOfClose(code);
    if (error !== null && !isPassing(error)) this.#refuse(error, null);
    else this.#lose(null);
  }

  /**
   * @param {string} error
   * @param {number | null} retryAfter seconds
   */
  #refuse(error, retryAfter) {
    this.#drop("refused");
    this.#tell("signalling:refused", { error, retryAfter });
    this.#leaving = false;
  }

  /** @param {number | null} retryAfter seconds */
  #lose(retryAfter) {
    const lasted = this.#state === "joined" ? this.clock.now() - this.#joinedAt : 0;
    if (lasted >= STABLE_MILLISECONDS) this.#backoff.reset();
    this.#drop("lost");
    const retryIn = this.#backoff.next(this.urgent, retryAfter);
    this.#nextAttempt = this.clock.setTimeout(() => this.#connect(), retryIn);
    this.#tell("signalling:lost", { retryIn });
  }

  /** @param {SignallingState} state without a socket */
  #drop(state) {
    this.clock.clearTimeout(this.#nextAttempt);
    this.#socket?.close();
    this.#socket = null;
    this.#state = state;
  }

  /**
   * @template {keyof SignallingEvents} Name
   * @param {Name} type
   * @param {SignallingEvents[Name]} detail
   */
  #tell(type, detail) {
    if (!this.#leaving) this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
