import { TypedEventTarget } from "../events.js";
import { ServerClock } from "../server-clock.js";
import { Outgoing } from "../webrtc/outgoing.js";
import { CameraLease } from "./camera-lease.js";
import { Opening } from "./opening.js";
import { Orders } from "./orders.js";
import { Visitor } from "./visitor.js";

/**
 * @typedef {import("../signalling/messages.js").Peer} Peer
 * @typedef {import("../signalling/client.js").ReceivedMessage} ReceivedMessage
 * @typedef {import("../signalling/messages.js").WelcomeMessage} WelcomeMessage
 * @typedef {{ "room:changed": null }} RoomEvents  Every property may read differently then
 */

/**
 * The practitioner's consulting room: one connection for everybody who waits, and at most one of them called in.
 *
 * @augments {TypedEventTarget<RoomEvents>}
 */
export class ConsultingRoom extends TypedEventTarget {
  /** @type {Map<string, Visitor>} By seat, in the order of arrival */
  visitors = new Map();
  /** @type {Visitor | null} Who is called in */
  current = null;
  /** Whether the last call ended because the person left. */
  departed = false;
  /** @type {boolean | null} Whether the browser gives camera and microphone without asking; null until it has told */
  granted = null;
  /** @type {import("./visitor.js").Ways} Where connections made from now on may go; access to a relay expires */
  ways = { iceServers: [], relayOnly: false };
  /** Error id of PROTOCOL.md when the server refused this page for good; else empty. */
  reason = "";

  #signalling;
  #host;
  #media;
  #camera;
  #clock = new ServerClock();
  #orders;
  /** Seat that was called in by the page before this one. */
  #resumable = "";
  #abort = new AbortController();
  #opening = new Opening(this.visitors, this.#clock);

  /**
   * @param {object} options
   * @param {import("../signalling/client.js").SignallingClient} options.signalling
   * @param {import("../media/capture.js").LocalMedia} options.media
   * @param {import("./visitor.js").Host} options.host
   */
  constructor({ signalling, media, host }) {
    super();
    this.#signalling = signalling;
    this.#host = host;
    this.#media = media;
    this.#camera = new CameraLease(media);
    this.#orders = new Orders((order) => signalling.send(order));
    /** Our sound and picture, and the switches for them. */
    this.outgoing = new Outgoing(media, this.#abort.signal);
    this.#listen();
  }

  /** @returns {"idle" | "connected" | "reconnecting"} What the page shows */
  get state() {
    if (!this.current) return "idle";
    return this.current.conversation?.alive ? "connected" : "reconnecting";
  }

  /** @returns {boolean} Whether the server cannot be heard at the moment; the call goes on without it */
  get offline() {
    return this.#signalling.state === "lost";
  }

  /** Enter the room. */
  open() {
    this.reason = "";
    this.#signalling.open();
    void this.#askPermission();
  }

  /** Ask for camera and microphone, on the practitioner's click. */
  async allow() {
    await this.#camera.take();
    if (this.visitors.size === 0) this.#camera.releaseLater();
    await this.#askPermission();
  }

  /**
   * Call somebody in from the waiting room.
   * @param {string} seat
   */
  async admit(seat) {
    const visitor = this.visitors.get(seat);
    if (!visitor || this.current) return;
    this.current = visitor;
    this.departed = false;
    this.#changed();
    await this.#camera.take();
    if (this.current !== visitor) return; // hung up while the browser was asking
    this.#orders.give({ type: "admit", seat });
    await visitor.admit();
    this.#changed();
  }

  /** End the call; the patient's page closes, the consultation could be entered again. */
  async hangUp() {
    const visitor = this.current;
    if (!visitor) return;
    this.current = null;
    this.#orders.give({ type: "put-back", seat: visitor.peer.seat });
    this.#changed();
    await visitor.finish("hung-up");
    this.#changed();
  }

  /** End the consultation for good: its invitation and its resume secret die. */
  async end() {
    const visitor = this.current;
    if (!visitor) return;
    this.current = null;
    this.#changed();
    await visitor.finish("ended");
    this.#orders.give({ type: "end", consultation: visitor.peer.consultation });
    this.#remove(visitor.peer.seat);
  }

  /**
   * Answer a second device that asks for somebody's seat.
   * @param {string} seat
   * @param {boolean} accept
   */
  answerClaim(seat, accept) {
    const visitor = this.visitors.get(seat);
    if (!visitor?.claim) return;
    const sent = this.#signalling.send({ type: "hand-over", claim: visitor.claim, accept });
    if (sent) visitor.claim = null;
    this.#changed();
  }

  /**
   * The page or its network is back: nothing is waited for that can be tried now.
   * @param {boolean} networkChanged
   */
  comeBack(networkChanged) {
    this.#signalling.retryNow();
    for (const { conversation } of this.visitors.values()) conversation?.comeBack(networkChanged);
  }

  /** Let go of everything, when the page is taken down. */
  close() {
    this.#abort.abort();
    this.#opening.close();
    for (const visitor of this.visitors.values()) visitor.close();
    this.#camera.close();
    this.#signalling.close();
  }

  async #askPermission() {
    this.granted = await this.#media.isGranted();
    this.#changed();
  }

  #listen() {
    const from = this.#signalling;
    const until = { signal: this.#abort.signal };
    from.addEventListener("signalling:joined", ({ detail }) => this.#joined(detail.welcome), until);
    from.addEventListener("signalling:presence", ({ detail }) => this.#met(detail), until);
    from.addEventListener("signalling:received", ({ detail }) => this.#hear(detail.message), until);
    from.addEventListener("signalling:refused", ({ detail }) => this.#refused(detail.error), until);
    from.addEventListener("signalling:lost", () => this.#changed(), until);
    from.addEventListener(
      "signalling:overflowed",
      ({ detail }) => this.#overflowed(detail.to),
      until,
    );
  }

  /** @param {WelcomeMessage} welcome */
  #joined(welcome) {
    this.ways.iceServers = welcome.iceServers;
    this.#clock.set(welcome.serverTime);
    const present = new Set(welcome.peers.map(({ seat }) => seat));
    for (const [seat, visitor] of this.visitors) {
      // An invitation that has expired meanwhile takes a seat off the list, but ends no call.
      const talking = visitor.conversation?.connectionState === "connected";
      if (!present.has(seat) && !talking) this.#remove(seat);
      // Claims that are still open are told anew after this.
      visitor.claim = null;
    }
    this.#resumable = this.current ? "" : this.#lastAdmitted(welcome.peers);
    this.#orders.repeat();
    this.#changed();
  }

  /**
   * @param {Peer[]} peers
   * @returns {string} The seat called in last, as far as this page has not decided otherwise; may be empty
   */
  #lastAdmitted(peers) {
    const admitted = peers
      .filter(({ seat }) => !this.visitors.has(seat) && !this.#orders.putsBack(seat))
      .map(({ seat, admittedSince }) => ({ seat, since: Date.parse(admittedSince ?? "") }))
      .filter(({ since }) => !Number.isNaN(since))
      .sort((one, another) => another.since - one.since);
    return admitted[0]?.seat ?? "";
  }

  /** @param {{ peer: Peer, instanceChanged: boolean }} presence */
  #met({ peer, instanceChanged }) {
    if (peer.state === "left" || peer.state === "absent") {
      this.#remove(peer.seat);
      return;
    }
    const visitor = this.visitors.get(peer.seat) ?? this.#welcomeVisitor(peer);
    if (visitor.admitted && peer.state === "here" && !peer.admittedSince) this.#lapse(visitor);
    visitor.update(peer, instanceChanged);
    this.#opening.plan();
  }

  /**
   * The server has let an admission lapse, because it has not heard of the person for too long: whoever comes back waits
   * again. A call that went on without the server goes on.
   * @param {Visitor} visitor
   */
  #lapse(visitor) {
    const { seat } = visitor.peer;
    if (this.#orders.isOpen(seat)) return; // it does not know yet
    if (visitor.conversation?.alive) {
      this.#orders.give({ type: "admit", seat });
    } else {
      visitor.putBack();
      if (this.current === visitor) this.current = null;
    }
  }

  /** @param {string} seat */
  #overflowed(seat) {
    const visitor = this.visitors.get(seat);
    if (visitor) visitor.overflowed = true;
  }

  /** @param {Peer} peer */
  #welcomeVisitor(peer) {
    const visitor = new Visitor({
      peer,
      signalling: this.#signalling,
      host: this.#host,
      ways: this.ways,
      outgoing: this.outgoing,
      clock: this.#clock,
    });
    // Not until the room's end, whose signal would hold everybody who was here in the course of a day.
    visitor.addEventListener("visitor:changed", () => this.#changed());
    visitor.addEventListener("visitor:left", () => this.#left(visitor));
    this.visitors.set(peer.seat, visitor);
    void this.#prepare(visitor);
    return visitor;
  }

  /**
   * Take the camera for the first who waits; after a reload go on with whoever was called in.
   * @param {Visitor} visitor
   */
  async #prepare(visitor) {
    const { seat, admittedSince } = visitor.peer;
    const resumed = seat === this.#resumable && !this.current;
    if (resumed) {
      this.current = visitor;
      visitor.admitted = true;
    } else if (admittedSince !== null) {
      // Called in by a page that is gone, or has said good-bye without the server's hearing it.
      this.#orders.give({ type: "put-back", seat });
    }
    await this.#camera.takeIfGranted();
    if (resumed && this.current === visitor) await visitor.admit();
    this.#changed();
  }

  /** @param {ReceivedMessage} message */
  #hear(message) {
    switch (message.type) {
      case "description":
      case "candidates":
      case "restart-please":
        this.visitors.get(message.from)?.receive(message);
        break;
      case "admitted":
        this.#orders.confirm(message);
        break;
      case "claim":
      case "claim-closed":
        this.#claimed(message.seat, message.type === "claim" ? message.claim : null);
        break;
      case "ended":
        this.#orders.confirm(message);
        this.#ended(message.consultation);
        break;
      default:
        break;
    }
  }

  /**
   * @param {string} seat
   * @param {string | null} claim
   */
  #claimed(seat, claim) {
    const visitor = this.visitors.get(seat);
    if (visitor) visitor.claim = claim;
    this.#changed();
  }

  /** @param {string} consultation */
  #ended(consultation) {
    for (const { peer } of [...this.visitors.values()]) {
      if (peer.consultation === consultation) this.#remove(peer.seat);
    }
  }

  /** @param {string} error */
  #refused(error) {
    this.reason = error;
    for (const seat of [...this.visitors.keys()]) this.#remove(seat);
    this.#camera.close();
    this.#changed();
  }

  /** @param {Visitor} visitor  Who said good-bye */
  #left(visitor) {
    const { seat } = visitor.peer;
    const wasCalledIn = this.current === visitor;
    this.#remove(seat);
    // The server may not hear of it for a while; it must not call the person in again.
    if (wasCalledIn) this.#orders.give({ type: "put-back", seat });
  }

  /** @param {string} seat */
  #remove(seat) {
    const visitor = this.visitors.get(seat);
    if (!visitor) return;
    if (this.current === visitor) {
      this.current = null;
      this.departed = true;
    }
    visitor.close();
    this.visitors.delete(seat);
    this.#orders.forget(seat);
    if (this.visitors.size === 0) this.#camera.releaseLater();
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("room:changed"));
  }
}
