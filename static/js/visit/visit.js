import { TypedEventTarget } from "../events.js";
import { Outgoing } from "../webrtc/outgoing.js";
import { answer, hello, isOffer } from "./answering.js";
import { Appointment } from "./appointment.js";

/**
 * @typedef {import("../signalling/messages.js").Peer} Peer
 * @typedef {import("../signalling/messages.js").WelcomeMessage} WelcomeMessage
 * @typedef {import("../signalling/messages.js").RelayedMessage} RelayedMessage
 * @typedef {import("../webrtc/conversation.js").Conversation} Conversation
 * @typedef {import("../webrtc/conversation.js").Said} Said
 * @typedef {"start" | "preview" | "waiting" | "connected" | "reconnecting" | "ended" | "failed"} VisitState
 * @typedef {{ "visit:changed": null }} VisitEvents  Every property may read differently then
 * @typedef {"arriving" | "early" | "alone" | "connecting" | "seen"} Waiting
 */

/** Refusals that leave a visit standing where the person could enter once more. */
const AGAIN = new Set(["taken-over", "claim-refused"]);

/**
 * A patient's visit: from the preview through the waiting room to the end of the call.
 *
 *     start → preview → waiting ⇄ connected → ended
 *                          ⇅          ⇅
 *                        reconnecting ┘        any → failed
 *
 * The practitioner's page admits over the control channel; a message of the server can never switch a camera on.
 *
 * @augments {TypedEventTarget<VisitEvents>}
 */
export class Visit extends TypedEventTarget {
  /** @type {VisitState} */
  state = "start";
  /** Whether connections go through the practice's relay alone. */
  relayOnly = false;
  /** Error id of PROTOCOL.md behind `failed`, or how the visit ended. */
  reason = "";
  /** @type {{ id: string, own: boolean } | null} A second device that asks for this seat; own: we are that device */
  claim = null;
  #signalling;
  #media;
  #memory;
  #certificate;
  #appointment = new Appointment(() => this.#changed());
  #admitted = false;
  /** @type {Date | null} */
  #seenSince = null;
  /** Whether the invitation has been shown already because the resume secret opened nothing. */
  #enteringAnew = false;
  /** @type {Peer | null} */
  #host = null;
  /** @type {Conversation | null} */
  #conversation = null;
  /** Id of the connection that was answered last. */
  #lastConnection = "";
  #abort = new AbortController();
  /** Descriptions and candidates are worked off strictly in order. */
  #work = Promise.resolve();

  /**
   * @param {object} options
   * @param {import("../signalling/client.js").SignallingClient} options.signalling
   * @param {import("../media/capture.js").LocalMedia} options.media
   * @param {import("./memory.js").VisitMemory} options.memory
   * @param {Promise<RTCCertificate>} options.certificate
   * @param {import("../signalling/messages.js").Language} options.language  Language to greet the practitioner's page in
   */
  constructor({ signalling, media, memory, certificate, language }) {
    super();
    this.#signalling = signalling;
    this.#media = media;
    this.#memory = memory;
    this.#certificate = certificate;
    this.language = language;
    /** Our sound and picture, and the switches for them. */
    this.outgoing = new Outgoing(media, this.#abort.signal);
    this.#listen();
  }

  /** @returns {Conversation | null} With the practitioner's page, while there is a connection */
  get conversation() {
    return this.#conversation;
  }

  /** @returns {boolean} Whether the practitioner has called the patient in */
  get admitted() {
    return this.#admitted;
  }

  /** @returns {WelcomeMessage | null} When it starts, opens, and since when the patient is here */
  get appointment() {
    return this.#appointment.welcome;
  }

  /** @returns {Date | null} Since when the practitioner's page shows the patient; null while it cannot be reached */
  get seenSince() {
    return this.#conversation?.alive ? this.#seenSince : null;
  }

  /** @returns {Waiting} What there is to say while waiting */
  get waiting() {
    if (!this.appointment) return "arriving";
    if (this.seenSince) return "seen";
    if (this.#appointment.early) return "early";
    return this.#host?.state === "here" ? "connecting" : "alone";
  }

  /** @returns {boolean} Whether the server cannot be heard at the moment; the call goes on without it */
  get offline() {
    const { state } = this.#signalling;
    return state === "lost" || (state === "connecting" && this.appointment !== null);
  }

  /** @returns {boolean} Whether a reload interrupted a visit that can be taken up again */
  get interrupted() {
    return this.#memory.read()?.resume != null;
  }

  /** Take up a visit after a reload: same seat, same name, no questions. */
  async resume() {
    this.#become("reconnecting");
    this.#signalling.open();
    await this.#media.open();
  }

  /**
   * Ask for camera and microphone; whatever comes of it, the way goes on.
   * @param {{ audio?: boolean, video?: boolean }} [wanted]
   */
  async allow(wanted) {
    await this.#media.open(wanted);
    // The answer may come late, when the person has gone on already.
    if (this.state === "start") this.#become("preview");
  }

  /**
   * Switch the camera; whoever went on without it is asked for it now.
   * @param {boolean} on
   */
  async setCamera(on) {
    this.outgoing.setCamera(on);
    if (on && !this.#media.track("video")) await this.#media.retry("video");
  }

  /**
   * Enter the waiting room.
   * @param {string} name  The real name; it goes to the practitioner's page alone
   * @param {string} consent  Version of the terms agreed to
   */
  enter(name, consent) {
    this.#memory.write({ name, consent });
    this.#become("waiting");
    this.#signalling.open();
  }

  /** Ask for the seat that another page of ours holds now. */
  async continueHere() {
    this.#become("waiting");
    this.#signalling.open();
    await this.#media.open();
  }

  /**
   * Answer a second device that asks for this seat.
   * @param {boolean} accept
   */
  answerClaim(accept) {
    if (!this.claim) return;
    const sent = this.#signalling.send({ type: "hand-over", claim: this.claim.id, accept });
    if (sent) this.claim = null;
    this.#changed();
  }

  /**
   * The page or its network is back: nothing is waited for that can be tried now.
   * @param {boolean} networkChanged
   */
  comeBack(networkChanged) {
    this.#signalling.retryNow();
    this.#conversation?.comeBack(networkChanged);
  }

  /** Leave: the camera goes off at once, the last word still reaches the other side. */
  async hangUp() {
    if (this.state === "ended") return;
    const conversation = this.#conversation;
    this.#conversation = null;
    this.#end("left");
    await conversation?.finish("hung-up");
    this.#signalling.leave();
  }

  /** Let go of everything without a word, when the page is taken down. */
  close() {
    this.#abort.abort();
    this.#appointment.close();
    this.#media.close();
    this.#drop();
    this.#signalling.close();
  }

  #listen() {
    const from = this.#signalling;
    const until = { signal: this.#abort.signal };
    from.addEventListener("signalling:joined", ({ detail }) => this.#joined(detail.welcome), until);
    from.addEventListener("signalling:presence", ({ detail }) => this.#met(detail), until);
    from.addEventListener("signalling:received", ({ detail }) => this.#hear(detail.message), until);
    from.addEventListener("signalling:refused", ({ detail }) => this.#refused(detail.error), until);
    from.addEventListener("signalling:lost", () => this.#changed(), until);
  }

  /** @param {WelcomeMessage} welcome */
  #joined(welcome) {
    this.#appointment.take(welcome);
    this.#enteringAnew = false;
    this.claim = null;
    this.#host = welcome.peers.find(({ role }) => role === "practitioner") ?? null;
    // Who was admitted before a reload is called in again over the new channel, a moment from now.
    const called = welcome.admittedSince !== null || this.#admitted;
    this.#become(this.state === "reconnecting" && !called ? "waiting" : this.state);
  }

  /** @param {{ peer: Peer, instanceChanged: boolean }} presence */
  #met({ peer, instanceChanged }) {
    if (peer.role !== "practitioner") return;
    this.#host = peer;
    // A server that was restarted knows of nobody in the consulting room; the call knows better.
    if (instanceChanged || peer.state === "left") this.#lose();
    this.#changed();
  }

  /** @param {import("../signalling/client.js").ReceivedMessage} message */
  #hear(message) {
    switch (message.type) {
      case "description":
      case "candidates":
        // Our own certificate may still be in the making when the offer and its candidates come.
        this.#work = this.#work.then(() => this.#negotiate(message));
        break;
      case "claiming":
      case "claim":
        this.claim = { id: message.claim, own: message.type === "claiming" };
        break;
      case "claim-closed":
        this.claim = null;
        break;
      case "ended":
        this.#end("ended");
        break;
      default: // `error` of the kinds that leave the socket open: nothing we said was wrong for long
        return;
    }
    this.#changed();
  }

  /** @param {Extract<RelayedMessage, { type: "description" | "candidates" }>} message */
  async #negotiate(message) {
    const certificate = await this.#certificate;
    const over = this.state === "ended" || this.state === "failed";
    if (over || message.from !== this.#host?.seat) return;
    if (message.connection !== this.#conversation?.id) {
      // What was dropped stays dropped: a restart needs both ends.
      if (!isOffer(message) || message.connection === this.#lastConnection) return;
      this.#answer(message.connection, certificate);
    }
    this.#conversation?.receive(message);
  }

  /**
   * @param {string} id
   * @param {RTCCertificate} certificate
   */
  #answer(id, certificate) {
    const { relayOnly, appointment: welcome } = this;
    const { seat } = /** @type {Peer} */ (this.#host);
    const signalling = this.#signalling;
    this.#lose();
    this.#lastConnection = id;
    // Our tracks wait until the practitioner's page says over this connection that we are called in.
    this.#admitted = false;
    const conversation = answer({ id, seat, welcome, certificate, signalling, relayOnly });
    this.#conversation = conversation;
    conversation.addEventListener("conversation:opened", () => this.#greet(conversation));
    conversation.addEventListener("conversation:said", ({ detail }) => this.#said(detail));
    conversation.addEventListener("conversation:changed", () => this.#connectionChanged());
    conversation.addEventListener("conversation:lost", () => this.#lose());
  }

  /** @param {Conversation} conversation */
  #greet(conversation) {
    conversation.say(hello(this.appointment, this.#memory.read()?.name ?? "", this.language));
    this.outgoing.announce(conversation);
  }

  #connectionChanged() {
    const alive = this.#conversation?.alive ?? false;
    if (alive && this.#admitted) this.#become("connected");
    else this.#become(!alive && this.state === "connected" ? "reconnecting" : this.state);
  }

  /** @param {Said} message */
  #said(message) {
    switch (message.type) {
      case "seen":
        this.#seenSince = new Date(message.since);
        // Who is still called in has heard so before: `admit` comes first.
        if (this.state === "reconnecting" && !this.#admitted) this.#become("waiting");
        break;
      case "admit":
        this.#admitted = true;
        if (this.#conversation) void this.outgoing.flow(this.#conversation);
        this.#become("connected");
        return;
      case "put-back":
        this.#admitted = false;
        void this.outgoing.stop();
        this.#become("waiting");
        return;
      case "bye":
        this.#drop();
        this.#end(message.reason);
        this.#signalling.leave();
        return;
      default:
        return;
    }
    this.#changed();
  }

  /** @param {string} error */
  #refused(error) {
    this.#lose();
    if (error === "unknown-seat" && !this.#enteringAnew) {
      // Another device has been handed the seat, or it was given back: the invitation may still open the door.
      this.#enteringAnew = true;
      this.#become("waiting");
      this.#signalling.open();
      return;
    }
    this.reason = error;
    if (!AGAIN.has(error)) this.#memory.clear();
    if (error === "ended") this.#end("ended");
    else {
      this.#media.close();
      this.#become("failed");
    }
  }

  /** The connection is gone, the visit is not: the practitioner's page will offer a new one. */
  #lose() {
    this.#drop();
    if (this.state === "connected") this.#become("reconnecting");
  }

  #drop() {
    this.#conversation?.close();
    this.#conversation = null;
    this.#seenSince = null;
  }

  /** @param {string} reason */
  #end(reason) {
    this.#admitted = false;
    this.#media.close();
    this.#memory.clear();
    this.reason = reason;
    this.#become("ended");
  }

  /** @param {VisitState} state */
  #become(state) {
    if (this.state !== "ended") this.state = state;
    this.#changed();
  }

  #changed() {
    this.#signalling.urgent = this.state === "connected" || this.state === "reconnecting";
    this.dispatchEvent(new CustomEvent("visit:changed"));
  }
}
