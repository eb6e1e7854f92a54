import { TypedEventTarget } from "../events.js";
import { Connection } from "./connection.js";
import { ownCertificate, remoteCertificate } from "./fingerprints.js";
import { ExchangeBudget } from "./exchange-budget.js";
import { Pulse } from "./pulse.js";
import { Verification } from "./verification.js";

/**
 * @typedef {import("./control.js").ControlMessage} ControlMessage
 * @typedef {import("./connection.js").Tracks} Tracks
 * @typedef {import("../signalling/messages.js").Role} Role
 * @typedef {Extract<ControlMessage, { type: "hello" | "seen" | "admit" | "put-back" | "bye" }>} Said
 * @typedef {{
 *   "conversation:opened": null,
 *   "conversation:said": Said,
 *   "conversation:changed": null,
 *   "conversation:lost": null,
 *   "conversation:exhausted": null,
 * }} ConversationEvents
 * - conversation:opened: the other side can be spoken to
 * - conversation:said: something that the page must act on
 * - conversation:changed: how the connection is, `name`, `state`, `code` or `unverified` may read differently
 * - conversation:lost: this connection is of no use; another one is needed
 * - conversation:exhausted: restarts did not bring it back; another one is needed at once
 */

/** Shared by every conversation of the page: somebody in between gets no more tries by making new connections. */
const budget = new ExchangeBudget();

/**
 * One connection and what is said on its control channel: who the other side is, what it shows, and the exchange that proves
 * who holds the other end.
 *
 * @augments {TypedEventTarget<ConversationEvents>}
 */
export class Conversation extends TypedEventTarget {
  /** What the other side calls itself, "" until it has. */
  name = "";
  /** @type {import("./control.js").StateMessage | null} What the other side sends just now */
  state = null;
  /** @type {import("./control.js").HeardMessage | null} How our sound arrives there, as far as there is something to say */
  heard = null;
  /** ICE restarts so far. */
  restarts = 0;
  /** Six digits to compare, "" until they are known. */
  code = "";
  /** Whether the digits could not be agreed on, so that nobody can say who holds the other end. */
  unverified = false;

  #connection;
  #certificate;
  #verification;
  #pulse;
  #hasOpened = false;
  /** Whether sound and picture flow from here, so that the other side's are due as well. */
  #attached = false;
  #abort = new AbortController();

  /**
   * @param {object} options
   * @param {string} options.id  Of the connection
   * @param {RTCIceServer[]} options.iceServers
   * @param {RTCCertificate} options.certificate  Our own
   * @param {Role} options.role  Our own; the practitioner's side offers
   * @param {Role} options.otherRole
   * @param {string} options.seat  Of the other side
   * @param {string} options.consultation
   * @param {boolean} [options.relayOnly]  Whether everything goes through the relay
   * @param {import("../signalling/seat-link.js").SeatLink} options.link  To the other page
   */
  constructor({ id, iceServers, certificate, relayOnly = false, link, ...who }) {
    super();
    this.#certificate = certificate;
    const offerer = who.role === "practitioner";
    this.#connection = new Connection({
      id,
      offerer,
      iceServers,
      certificate,
      relayOnly,
      send: (message) => link.send(message),
    });
    this.#pulse = new Pulse({
      connection: this.#connection,
      offerer,
      link,
      expectsMedia: () => this.#expectsMedia,
    });
    this.#verification = this.#verify(who);
    this.#listen();
  }

  /** @returns {string} Id of the connection */
  get id() {
    return this.#connection.id;
  }

  /** @returns {boolean} Whether the other side can be spoken to */
  get open() {
    return this.#connection.open;
  }

  /** @returns {RTCPeerConnectionState} What the browser believes, which may be many seconds old */
  get connectionState() {
    return this.#connection.state;
  }

  /** @returns {boolean} Whether the connection stands and something arrives over it */
  get alive() {
    const { state } = this.#connection;
    return this.#hasOpened && this.flow !== "stalled" && state !== "failed" && state !== "closed";
  }

  /** @returns {import("./stall-watch.js").Flow} How well anything arrives just now */
  get flow() {
    return this.#pulse.flow;
  }

  /** @returns {Promise<import("./traffic.js").Snapshot>} What has flowed so far */
  traffic() {
    return this.#connection.traffic();
  }

  /** @returns {ReturnType<Connection["evidence"]>} What tells why there may be no way to the other side */
  evidence() {
    return this.#connection.evidence();
  }

  /**
   * Send sound and picture in another shape from now on.
   * @param {import("./senders.js").Shape} shape
   */
  async shape(shape) {
    if (!this.#ended) await this.#connection.shape(shape);
  }

  /** @returns {MediaStream} Sound and picture of the other side */
  get remote() {
    return this.#connection.remote;
  }

  /** @param {import("../signalling/messages.js").RelayedMessage} message  Of this connection */
  receive(message) {
    this.#connection.receive(message);
  }

  /**
   * @param {ControlMessage} message
   * @returns {boolean} False while the other side cannot be spoken to
   */
  say(message) {
    return !this.#ended && this.#connection.say(message);
  }

  /**
   * The page or its network is back: find out at once whether the other side is still there.
   * @param {boolean} networkChanged  Whether the way to it may be another one
   */
  comeBack(networkChanged) {
    if (networkChanged) this.#pulse.networkChanged();
    else this.#pulse.check();
  }

  /** @param {Tracks} tracks  To send from now on */
  async attach(tracks) {
    this.#attached = tracks.audio !== null || tracks.video !== null;
    if (!this.#ended) await this.#connection.attach(tracks);
  }

  /**
   * Say good-bye and close once it has arrived.
   * @param {"hung-up" | "ended" | "left"} reason
   */
  async finish(reason) {
    this.#letGo();
    await this.#connection.attach({ audio: null, video: null });
    await this.#connection.finish({ type: "bye", reason });
  }

  /** Close without a word. */
  close() {
    this.#letGo();
    this.#connection.close();
  }

  #letGo() {
    this.#abort.abort();
    this.#pulse.close();
    this.#verification?.close();
  }

  /** @returns {boolean} Whether the other side's sound or picture never pause: muted is silence that flows */
  get #expectsMedia() {
    const { microphone = "missing", camera = "missing", page = "hidden" } = this.state ?? {};
    // A phone may stop both in a hidden page.
    const sends = microphone !== "missing" || camera !== "missing";
    return this.#attached && sends && page === "visible";
  }

  /** @returns {boolean} Whether the last word is said or on its way: nothing may follow it */
  get #ended() {
    return this.#abort.signal.aborted;
  }

  #listen() {
    const { signal } = this.#abort;
    const connection = this.#connection;
    connection.addEventListener("connection:opened", () => this.#opened(), { signal });
    connection.addEventListener("connection:said", ({ detail }) => this.#hear(detail), { signal });
    connection.addEventListener("connection:changed", () => this.#changed(), { signal });
    connection.addEventListener("connection:negotiated", () => this.#negotiated(), { signal });
    connection.addEventListener("connection:asked", () => this.#pulse.asked(), { signal });
    connection.addEventListener("connection:failed", () => this.#emit("conversation:lost"), {
      signal,
    });
    const pulse = this.#pulse;
    pulse.addEventListener("pulse:changed", () => this.#changed(), { signal });
    pulse.addEventListener("pulse:stopped", () => this.#emit("conversation:exhausted"), { signal });
  }

  /**
   * @param {{ role: Role, otherRole: Role, seat: string, consultation: string }} who
   * @returns {Verification | null} Null where the browser does not show its own certificate
   */
  #verify(who) {
    let certificate;
    try {
      certificate = ownCertificate(this.#certificate);
    } catch {
      return null;
    }
    const verification = new Verification({
      ...who,
      certificate,
      connection: this.id,
      send: (message) => this.say(message),
      budget,
    });
    verification.addEventListener("verification:ready", ({ detail }) => {
      this.code = detail.code;
      this.#changed();
    });
    verification.addEventListener("verification:failed", () => this.#cannotVerify());
    return verification;
  }

  #negotiated() {
    if (this.#hasOpened) this.restarts += 1;
    this.#pulse.negotiated();
  }

  #opened() {
    this.#hasOpened = true;
    this.#emit("conversation:opened");
    void this.#prove();
  }

  async #prove() {
    const { transport, mediaTransports, remoteFingerprint: fingerprint } = this.#connection;
    if (!this.#verification || !transport) {
      this.#cannotVerify();
      return;
    }
    try {
      const ends = { transport: transport.transport, mediaTransports, fingerprint };
      this.#verification.start(await remoteCertificate(ends));
    } catch (error) {
      console.warn("the other end cannot be verified", error);
      this.#cannotVerify();
    }
  }

  /** @param {ControlMessage} message */
  #hear(message) {
    switch (message.type) {
      case "commit":
      case "reveal":
        this.#verification?.receive(message);
        return;
      case "ping":
        this.say({ type: "pong", id: message.id });
        return;
      case "pong":
        this.#pulse.answered();
        return;
      case "state":
        this.state = message;
        this.#changed();
        return;
      case "heard":
        this.heard = message;
        return;
      case "hello":
        // Whom we speak with does not change in the middle of it.
        if (this.name) return;
        this.name = message.name;
        this.#changed();
    }
    this.dispatchEvent(new CustomEvent("conversation:said", { detail: message }));
  }

  #cannotVerify() {
    this.unverified = true;
    this.#changed();
  }

  #changed() {
    this.#emit("conversation:changed");
  }

  /** @param {Exclude<keyof ConversationEvents, "conversation:said">} type */
  #emit(type) {
    this.dispatchEvent(new CustomEvent(type));
  }
}
