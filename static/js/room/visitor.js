import { TypedEventTarget } from "../events.js";
import { Conversation } from "../webrtc/conversation.js";
import { makeCertificate } from "../webrtc/certificate.js";
import { SeatLink } from "../signalling/seat-link.js";
import { randomId } from "../ids.js";

/** Pause before another connection is tried where one came to nothing. */
const RETRY_MILLISECONDS = 2000;

/**
 * @typedef {import("../signalling/messages.js").Peer} Peer
 * @typedef {import("../webrtc/conversation.js").Said} Said
 * @typedef {{ name: string, language: import("../signalling/messages.js").Language }} Host
 * @typedef {{ iceServers: RTCIceServer[], relayOnly: boolean }} Ways  relayOnly: everything through the practice's relay
 * @typedef {{ "visitor:changed": null, "visitor:left": { reason: string } }} VisitorEvents
 * - visitor:changed: every property may read differently
 * - visitor:left: the person said good-bye
 */

/**
 * One seat that somebody sits in or was lost from, as the consulting room sees it: presence, connection, real name.
 *
 * @augments {TypedEventTarget<VisitorEvents>}
 */
export class Visitor extends TypedEventTarget {
  /** @type {string | null} A second device asks for this seat */
  claim = null;
  /** Whether messages of the connection were lost on the way, so that it cannot be mended. */
  overflowed = false;
  /** Whether the room has called this seat in; survives new connections. */
  admitted = false;

  #signalling;
  #host;
  #ways;
  #outgoing;
  #clock;
  #certificate = makeCertificate();
  #generation = 0;
  #closed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {Conversation | null} */
  #conversation = null;

  /**
   * @param {object} options
   * @param {Peer} options.peer
   * @param {import("../signalling/client.js").SignallingClient} options.signalling
   * @param {Host} options.host  Who the practitioner is, to tell the patient
   * @param {Ways} options.ways  As they are when a connection is made
   * @param {import("../webrtc/outgoing.js").Outgoing} options.outgoing
   * @param {import("../server-clock.js").ServerClock} options.clock
   */
  constructor({ peer, signalling, host, ways, outgoing, clock }) {
    super();
    this.peer = peer;
    this.#signalling = signalling;
    this.#host = host;
    this.#ways = ways;
    this.#outgoing = outgoing;
    this.#clock = clock;
  }

  /** @returns {Conversation | null} With this seat's page, while there is a connection */
  get conversation() {
    return this.#conversation;
  }

  /** @returns {boolean} Whether the person can be called in */
  get reachable() {
    return this.#conversation?.open ?? false;
  }

  /** @returns {boolean} Whether browsers may connect yet */
  get due() {
    return this.#clock.until(this.peer.opensAt) === 0;
  }

  /**
   * Take in what the server says of the seat; a new page of the other side needs a new connection.
   * @param {Peer} peer
   * @param {boolean} instanceChanged
   */
  update(peer, instanceChanged) {
    this.peer = peer;
    const broken = this.overflowed && !this.#conversation?.alive;
    if (instanceChanged || (peer.state === "here" && broken)) this.#drop();
    this.#connectIfDue();
    this.#changed();
  }

  /** @param {import("../signalling/messages.js").RelayedMessage} message */
  receive(message) {
    if (message.connection === this.#conversation?.id) this.#conversation.receive(message);
  }

  /** Call the person in: our tracks flow, and their page is told to let theirs flow. */
  async admit() {
    this.admitted = true;
    this.#conversation?.say({ type: "admit" });
    if (this.#conversation) await this.#outgoing.flow(this.#conversation);
    this.#changed();
  }

  /** Let somebody who was called in wait again, over another connection: no track of this one must ever flow again. */
  putBack() {
    this.admitted = false;
    this.#drop();
  }

  /**
   * Say good-bye and close once it has arrived. Whoever did not hear it is still there and waits again.
   * @param {"hung-up" | "ended"} reason
   */
  async finish(reason) {
    const conversation = this.#conversation;
    this.admitted = false;
    this.#conversation = null;
    await conversation?.finish(reason);
    this.#connectLater();
  }

  /** Let go of the connection without a word, for good. */
  close() {
    this.#closed = true;
    this.#drop();
  }

  #connectIfDue() {
    if (this.#closed || this.peer.state !== "here" || !this.due || this.#conversation) return;
    void this.#connect();
  }

  #connectLater() {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connectIfDue(), RETRY_MILLISECONDS);
  }

  async #connect() {
    const generation = ++this.#generation;
    const certificate = await this.#certificate;
    if (generation !== this.#generation) return;
    const { seat, consultation, role } = this.peer;
    const conversation = new Conversation({
      id: randomId(),
      ...this.#ways,
      certificate,
      role: "practitioner",
      otherRole: role,
      seat,
      consultation,
      link: new SeatLink(this.#signalling, seat),
    });
    this.#conversation = conversation;
    conversation.addEventListener("conversation:opened", () => this.#greet(conversation));
    conversation.addEventListener("conversation:said", ({ detail }) =>
      this.#said(detail, conversation),
    );
    conversation.addEventListener("conversation:changed", () => this.#changed());
    conversation.addEventListener("conversation:lost", () => {
      this.#drop();
      this.#connectLater();
      this.#changed();
    });
    conversation.addEventListener("conversation:exhausted", () => {
      this.#drop();
      this.#connectIfDue();
      this.#changed();
    });
  }

  /** @param {Conversation} conversation */
  #greet(conversation) {
    conversation.say({ type: "hello", version: 1, role: "practitioner", ...this.#host });
    if (this.admitted) void this.admit();
    this.#changed();
  }

  /**
   * @param {Said} message
   * @param {Conversation} conversation
   */
  #said(message, conversation) {
    if (message.type === "hello") {
      this.#changed();
      // Only now does the page show the person, so only now may the patient's page say so.
      conversation.say({ type: "seen", since: this.peer.arrivedAt ?? new Date().toISOString() });
    } else if (message.type === "bye") {
      this.#drop();
      this.admitted = false;
      this.dispatchEvent(new CustomEvent("visitor:left", { detail: { reason: message.reason } }));
    }
  }

  #drop() {
    this.#generation += 1;
    clearTimeout(this.#retry);
    this.#conversation?.close();
    this.#conversation = null;
    this.overflowed = false;
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("visitor:changed"));
  }
}
