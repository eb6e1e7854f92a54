import { TypedEventTarget } from "../events.js";
import { ServerClock } from "../server-clock.js";
import { Outgoing } from "../webrtc/outgoing.js";
import { CameraLease } from "./camera-lease.js";
import { Visitor } from "./visitor.js";

/**
 * @typedef {import("../signalling/messages.js").Peer} Peer
 * @typedef {import("../signalling/client.js").ReceivedMessage} ReceivedMessage
 * @typedef {import("../signalling/messages.js").WelcomeMessage} WelcomeMessage
 * @typedef {{ "room:changed": null }} RoomEvents  Every property may read differently then
 */

/** So that the server, too, finds the waiting room open when the first offer comes. */
const OPENING_GRACE_MILLISECONDS = 500;

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
  /** Error id of PROTOCOL.md when the server refused this page for good; else empty. */
  reason = "";

  #signalling;
  #host;
  #media;
  #camera;
  #clock = new ServerClock();
  /** @type {RTCIceServer[]} */
  #iceServers = [];
  /** Seats whose admission the server has not confirmed; said again after every reconnect. */
  /** @type {Map<string, "admit" | "put-back">} */
  #unconfirmed = new Map();
  #abort = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #opening;

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
    /** Our sound and picture, and the switches for them. */
    this.outgoing = new Outgoing(media, this.#abort.signal);
    this.#listen();
  }

  /** @returns {"idle" | "connected" | "reconnecting"} What the page shows */
  get state() {
    if (!this.current) return "idle";
    return this.current.conversation?.connectionState === "connected" && this.current.reachable
      ? "connected"
      : "reconnecting";
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
    await visitor.admit();
    this.#tell(seat, "admit");
    this.#changed();
  }

  /** End the call; the patient's page closes, the consultation could be entered again. */
  async hangUp() {
    const visitor = this.current;
    if (!visitor) return;
    this.current = null;
    this.#tell(visitor.peer.seat, "put-back");
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
    this.#signalling.send({ type: "end", consultation: visitor.peer.consultation });
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
    this.#signalling.send({ type: "hand-over", claim: visitor.claim, accept });
    visitor.claim = null;
    this.#changed();
  }

  /** Let go of everything, when the page is taken down. */
  close() {
    this.#abort.abort();
    clearTimeout(this.#opening);
    for (const visitor of this.visitors.values()) visitor.close();
    this.#camera.close();
    this.#signalling.close();
  }

  async #askPermission() {
    this.granted = await this.#media.isGranted();
    this.#changed();
  }

  #listen() {
    const { signal } = this.#abort;
    const signalling = this.#signalling;
    signalling.addEventListener("signalling:joined", ({ detail }) => this.#joined(detail.welcome), {
      signal,
    });
    signalling.addEventListener("signalling:presence", ({ detail }) => this.#met(detail), {
      signal,
    });
    signalling.addEventListener(
      "signalling:received",
      ({ detail }) => this.#received(detail.message),
      { signal },
    );
    signalling.addEventListener(
      "signalling:overflowed",
      ({ detail }) => this.#overflowed(detail.to),
      { signal },
    );
    signalling.addEventListener("signalling:lost", () => this.#changed(), { signal });
    signalling.addEventListener("signalling:refused", ({ detail }) => this.#refused(detail.error), {
      signal,
    });
  }

  /** @param {WelcomeMessage} welcome */
  #joined(welcome) {
    this.#iceServers = welcome.iceServers;
    this.#clock.set(welcome.serverTime);
    const present = new Set(welcome.peers.map(({ seat }) => seat));
    for (const [seat, visitor] of this.visitors) {
      // An invitation that has expired meanwhile takes a seat off the list, but ends no call.
      const talking = visitor.conversation?.connectionState === "connected";
      if (!present.has(seat) && !talking) this.#remove(seat);
    }
    for (const [seat, type] of this.#unconfirmed) this.#signalling.send({ type, seat });
    this.#changed();
  }

  /** @param {{ peer: Peer, instanceChanged: boolean }} presence */
  #met({ peer, instanceChanged }) {
    if (peer.state === "left" || peer.state === "absent") {
      this.#remove(peer.seat);
      return;
    }
    const visitor = this.visitors.get(peer.seat) ?? this.#welcomeVisitor(peer);
    visitor.update(peer, instanceChanged);
    this.#openLater();
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
      iceServers: this.#iceServers,
      outgoing: this.outgoing,
      clock: this.#clock,
    });
    const { signal } = this.#abort;
    visitor.addEventListener("visitor:changed", () => this.#changed(), { signal });
    visitor.addEventListener("visitor:left", () => this.#remove(peer.seat), { signal });
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
    const resumed = admittedSince !== null && !this.current;
    if (resumed) {
      this.current = visitor;
      visitor.admitted = true;
    } else if (admittedSince !== null) {
      // Called in by a page that is gone; meanwhile somebody else is.
      this.#tell(seat, "put-back");
    }
    await this.#camera.takeIfGranted();
    if (resumed && this.current === visitor) await visitor.admit();
    this.#changed();
  }

  /** @param {ReceivedMessage} message */
  #received(message) {
    switch (message.type) {
      case "description":
      case "candidates":
      case "restart-please":
        this.visitors.get(message.from)?.receive(message);
        break;
      case "admitted":
        this.#unconfirmed.delete(message.seat);
        break;
      case "claim":
      case "claim-closed":
        this.#claimed(message.seat, message.type === "claim" ? message.claim : null);
        break;
      case "ended":
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

  /**
   * Let the server know, so that a reloaded room knows; said again until it confirms.
   * @param {string} seat
   * @param {"admit" | "put-back"} type
   */
  #tell(seat, type) {
    this.#unconfirmed.set(seat, type);
    this.#signalling.send({ type, seat });
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
    this.#unconfirmed.delete(seat);
    if (this.visitors.size === 0) this.#camera.releaseLater();
    this.#changed();
  }

  /** Connect with those who came early as soon as their waiting room opens. */
  #openLater() {
    clearTimeout(this.#opening);
    const early = [...this.visitors.values()].filter(({ due }) => !due);
    if (early.length === 0) return;
    const next = Math.min(...early.map(({ peer }) => this.#clock.until(peer.opensAt)));
    // A timer that is late by sleep is no harm; one that is too far ahead would fire at once.
    const wait = Math.min(next + OPENING_GRACE_MILLISECONDS, 2 ** 31 - 1);
    this.#opening = setTimeout(() => {
      for (const visitor of early) visitor.update(visitor.peer, false);
      this.#openLater();
    }, wait);
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("room:changed"));
  }
}
