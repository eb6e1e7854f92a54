import { TypedEventTarget } from "../events.js";
import { CandidateBundle, CandidateQueue } from "./candidates.js";
import { encodeControlMessage, parseControlMessage } from "./control.js";
import { soleFingerprint } from "./fingerprints.js";
import { adoptLines, createLines, openChannels } from "./lines.js";
import { protectAudio } from "./senders.js";

const LAST_WORD_MILLISECONDS = 1000;

/**
 * @typedef {import("./control.js").ControlMessage} ControlMessage
 * @typedef {import("../signalling/messages.js").RelayedMessage} RelayedMessage
 * @typedef {import("../signalling/messages.js").Negotiation} Negotiation
 * @typedef {{ audio: MediaStreamTrack | null, video: MediaStreamTrack | null }} Tracks
 * @typedef {{
 *   "connection:opened": null,
 *   "connection:said": ControlMessage,
 *   "connection:changed": RTCPeerConnectionState,
 *   "connection:failed": Error,
 * }} ConnectionEvents
 * - connection:opened: the control channel is open
 * - connection:failed: an offer or an answer could not be worked off; the connection is of no use
 */

/**
 * One RTCPeerConnection with the holder of one other seat.
 *
 * The practitioner's page offers, other pages answer, so there is no glare. All m-lines and channels exist from the first
 * offer on; `attach` puts tracks on them without negotiation, which leaves ICE restarts as the only later offers.
 *
 * @augments {TypedEventTarget<ConnectionEvents>}
 */
export class Connection extends TypedEventTarget {
  /** What the other side sends: sound and camera; empty until its tracks flow. */
  remote = new MediaStream();
  /** SHA-256 fingerprint of the other side as its description named it. */
  remoteFingerprint = "";

  #peer;
  #channels;
  #bundle;
  #queue;
  #send;
  #offerer;
  #makingOffer = false;
  #closed = false;
  /** @type {import("./lines.js").Lines | null} */
  #lines = null;
  /** Everything received is worked off strictly in order. */
  #work = Promise.resolve();

  /**
   * @param {object} options
   * @param {string} options.id  Identifies the connection in signalling; minted by the offerer
   * @param {boolean} options.offerer
   * @param {RTCIceServer[]} options.iceServers
   * @param {RTCCertificate} options.certificate
   * @param {(message: Negotiation) => void} options.send  Hands a message to signalling
   */
  constructor({ id, offerer, iceServers, certificate, send }) {
    super();
    this.id = id;
    this.#offerer = offerer;
    this.#send = send;
    this.#peer = new RTCPeerConnection({
      iceServers,
      certificates: [certificate],
      bundlePolicy: "max-bundle",
    });
    this.#bundle = new CandidateBundle((candidates) =>
      send({ type: "candidates", connection: id, candidates }),
    );
    this.#queue = new CandidateQueue(this.#peer);
    if (offerer) this.#take(createLines(this.#peer));
    this.#channels = openChannels(this.#peer);
    this.#listen();
    if (offerer) this.#enqueue(() => this.#offer());
  }

  /** @returns {RTCPeerConnectionState} As W3C names it */
  get state() {
    return this.#closed ? "closed" : this.#peer.connectionState;
  }

  /** @returns {boolean} Whether the control channel can carry a message */
  get open() {
    return !this.#closed && this.#channels.control.readyState === "open";
  }

  /** @returns {RTCSctpTransport | null} The one transport of everything, once there is one */
  get transport() {
    return this.#peer.sctp;
  }

  /** @returns {RTCDtlsTransport[]} The transport of every m-line; more than one distinct means a stripped BUNDLE */
  get mediaTransports() {
    return this.#peer
      .getTransceivers()
      .flatMap(({ sender }) => (sender.transport ? [sender.transport] : []));
  }

  /**
   * Work off a message of this connection from signalling.
   * @param {RelayedMessage} message
   */
  receive(message) {
    if (message.type === "description") this.#enqueue(() => this.#describe(message.description));
    else if (message.type === "candidates")
      this.#enqueue(() => this.#queue.add(message.candidates));
    else if (message.type === "restart-please" && this.#offerer) this.restartIce();
  }

  /** Ask for new candidates on both sides; the answerer can only ask the offerer. */
  restartIce() {
    if (!this.#offerer) {
      this.#send({ type: "restart-please", connection: this.id });
    } else if (!this.#makingOffer && this.#peer.signalingState === "stable") {
      this.#peer.restartIce();
      this.#enqueue(() => this.#offer());
    }
  }

  /**
   * Let tracks flow to the other side, or others in their place; null sends nothing.
   * @param {Tracks} tracks
   */
  async attach({ audio, video }) {
    if (!this.#lines || this.#closed) return;
    const { audio: sound, camera } = this.#lines;
    await Promise.all([sound.sender.replaceTrack(audio), camera.sender.replaceTrack(video)]);
    await protectAudio(sound.sender, camera.sender);
  }

  /**
   * Say something on the control channel.
   * @param {ControlMessage} message
   * @returns {boolean} False while the channel is not open
   */
  say(message) {
    if (!this.open) return false;
    this.#channels.control.send(encodeControlMessage(message));
    return true;
  }

  /**
   * Say the last word and close once it has arrived; closing at once would lose it.
   * @param {ControlMessage} message
   */
  async finish(message) {
    const { control } = this.#channels;
    if (this.say(message)) {
      // Closing a channel delivers what is queued first (RFC 8831 Section 6.7).
      await new Promise((resolve) => {
        const signal = AbortSignal.timeout(LAST_WORD_MILLISECONDS);
        signal.addEventListener("abort", resolve, { once: true });
        control.addEventListener("close", resolve, { once: true });
        control.close();
      });
    }
    this.close();
  }

  /** Close for good. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#bundle.close();
    this.#peer.close();
    this.#emit("connection:changed", "closed");
  }

  #listen() {
    const peer = this.#peer;
    peer.addEventListener("icecandidate", ({ candidate }) => this.#bundle.add(candidate));
    peer.addEventListener("connectionstatechange", () => {
      if (this.#closed) return;
      this.#emit("connection:changed", peer.connectionState);
      if (peer.connectionState === "failed") this.restartIce();
    });
    const { control } = this.#channels;
    control.addEventListener("open", () => this.#emit("connection:opened"));
    control.addEventListener("message", ({ data }) => {
      const message = parseControlMessage(data);
      if (message) this.#emit("connection:said", message);
    });
  }

  /** @param {import("./lines.js").Lines} lines */
  #take(lines) {
    this.#lines = lines;
    this.remote.addTrack(lines.audio.receiver.track);
    this.remote.addTrack(lines.camera.receiver.track);
  }

  /** @param {() => Promise<void>} job */
  #enqueue(job) {
    this.#work = this.#work.then(async () => {
      if (this.#closed) return;
      try {
        await job();
      } catch (error) {
        if (!this.#closed) this.#emit("connection:failed", error);
      }
    });
  }

  async #offer() {
    this.#makingOffer = true;
    try {
      await this.#peer.setLocalDescription();
      this.#describeOurselves();
    } finally {
      this.#makingOffer = false;
    }
  }

  /** @param {{ type: "offer" | "answer", sdp: string }} description */
  async #describe(description) {
    // An answer that nobody waits for is one to an offer that a restart has overtaken.
    if (description.type === "answer" && this.#peer.signalingState !== "have-local-offer") return;
    this.remoteFingerprint = soleFingerprint(description.sdp);
    await this.#peer.setRemoteDescription(description);
    if (!this.#lines) this.#take(adoptLines(this.#peer));
    await this.#queue.release();
    if (description.type === "offer") {
      await this.#peer.setLocalDescription();
      this.#describeOurselves();
    }
  }

  #describeOurselves() {
    const description = /** @type {RTCSessionDescription} */ (this.#peer.localDescription);
    this.#send({
      type: "description",
      connection: this.id,
      description: {
        type: /** @type {"offer" | "answer"} */ (description.type),
        sdp: description.sdp,
      },
    });
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
