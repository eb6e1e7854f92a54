import { TypedEventTarget } from "../events.js";
import { CandidateBundle, CandidateQueue } from "./candidates.js";
import { encodeControlMessage, parseControlMessage } from "./control.js";
import { Evidence } from "./evidence.js";
import { FingerprintError, soleFingerprint } from "./fingerprints.js";
import { adoptLines, createLines, expectLines, openChannels } from "./lines.js";
import { EVERYTHING, send } from "./senders.js";
import { readTraffic } from "./traffic.js";

const LAST_WORD_MILLISECONDS = 1000;

/** Whoever lets so much pile up does not read it. */
export const CONTROL_BUFFER_BYTES = 262_144;

/**
 * @typedef {import("./control.js").ControlMessage} ControlMessage
 * @typedef {import("../signalling/messages.js").RelayedMessage} RelayedMessage
 * @typedef {import("../signalling/messages.js").Negotiation} Negotiation
 * @typedef {{ audio: MediaStreamTrack | null, video: MediaStreamTrack | null }} Tracks
 * @typedef {{
 *   "connection:opened": null,
 *   "connection:said": ControlMessage,
 *   "connection:changed": RTCPeerConnectionState,
 *   "connection:negotiated": null,
 *   "connection:asked": null,
 *   "connection:failed": Error,
 * }} ConnectionEvents
 * - connection:opened: the control channel is open
 * - connection:negotiated: our offer was answered, or we have answered one
 * - connection:asked: the answering side wishes an ICE restart
 * - connection:failed: a description could not be worked off, or the control channel is gone; the connection is of no use
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
  #evidence;
  #send;
  #offerer;
  /** Offers of ours that have no answer yet. Each gets one, in order, so that counting tells which an answer belongs to. */
  #unanswered = 0;
  #closed = false;
  /** @type {import("./lines.js").Lines | null} */
  #lines = null;
  /** Everything received is worked off strictly in order. */
  #work = Promise.resolve();
  /** So are the tracks to send: a sender refuses parameters that were read before its last change. */
  #attaching = Promise.resolve();
  /** How they are sent, also those to come. */
  #shape = EVERYTHING;

  /**
   * @param {object} options
   * @param {string} options.id  Identifies the connection in signalling; minted by the offerer
   * @param {boolean} options.offerer
   * @param {RTCIceServer[]} options.iceServers
   * @param {RTCCertificate} options.certificate
   * @param {boolean} [options.relayOnly]  Whether everything goes through the relay, so that no address is shown
   * @param {(message: Negotiation) => void} options.send  Hands a message to signalling
   */
  constructor({ id, offerer, iceServers, certificate, relayOnly = false, send }) {
    super();
    this.id = id;
    this.#offerer = offerer;
    this.#send = send;
    this.#peer = new RTCPeerConnection({
      iceServers,
      certificates: [certificate],
      bundlePolicy: "max-bundle",
      iceTransportPolicy: relayOnly ? "relay" : "all",
    });
    this.#bundle = new CandidateBundle((candidates) =>
      send({ type: "candidates", connection: id, candidates }),
    );
    this.#queue = new CandidateQueue(this.#peer);
    this.#evidence = new Evidence(this.#peer);
    if (offerer) this.#take(createLines(this.#peer));
    this.#channels = openChannels(this.#peer);
    this.#listen();
    if (offerer) this.#offerSoon();
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

  /** @returns {boolean} Whether an offer is being made or waits for its answer */
  get unanswered() {
    return this.#unanswered > 0;
  }

  /** @returns {Promise<import("./traffic.js").Snapshot>} What has flowed so far */
  async traffic() {
    return readTraffic(await this.#peer.getStats());
  }

  /** @returns {Promise<ReturnType<Evidence["read"]>>} What tells why there may be no way to the other side */
  async evidence() {
    return this.#evidence.read(await this.traffic());
  }

  /**
   * Work off a message of this connection from signalling.
   * @param {RelayedMessage} message
   */
  receive(message) {
    if (message.type === "description") this.#enqueue(() => this.#describe(message.description));
    else if (message.type === "candidates")
      this.#enqueue(() => this.#addCandidates(message.candidates));
    else if (message.type === "restart-please" && this.#offerer) this.#emit("connection:asked");
  }

  /** Ask for new candidates on both sides, overtaking an offer on its way; the answerer can only ask the offerer. */
  restartIce() {
    if (this.#closed) return;
    if (!this.#offerer) {
      this.#send({ type: "restart-please", connection: this.id });
    } else {
      this.#peer.restartIce();
      this.#offerSoon();
    }
  }

  /**
   * Let tracks flow to the other side, or others in their place; null sends nothing.
   * @param {Tracks} tracks
   * @returns {Promise<void>} Never rejected
   */
  attach(tracks) {
    this.#attaching = this.#attaching.then(() => this.#attempt(() => this.#put(tracks)));
    return this.#attaching;
  }

  /**
   * Send sound and picture in another shape from now on.
   * @param {import("./senders.js").Shape} shape
   * @returns {Promise<void>} Never rejected
   */
  shape(shape) {
    this.#shape = shape;
    this.#attaching = this.#attaching.then(() => this.#attempt(() => this.#reshape()));
    return this.#attaching;
  }

  /**
   * Say something on the control channel.
   * @param {ControlMessage} message
   * @returns {boolean} False while the channel is not open, or when the other side has stopped reading
   */
  say(message) {
    const { control } = this.#channels;
    if (!this.open || control.bufferedAmount > CONTROL_BUFFER_BYTES) return false;
    control.send(encodeControlMessage(message));
    return true;
  }

  /**
   * Say the last word and close once it has arrived; closing at once would lose it.
   * @param {ControlMessage} message
   */
  async finish(message) {
    const said = this.say(message);
    this.#end();
    if (said) await delivered(this.#channels.control);
    this.#peer.close();
  }

  /** Close for good. */
  close() {
    this.#end();
    this.#peer.close();
  }

  /** Nothing is said, sent or worked off any more. */
  #end() {
    if (this.#closed) return;
    this.#closed = true;
    this.#bundle.close();
    this.#emit("connection:changed", "closed");
  }

  #listen() {
    const peer = this.#peer;
    peer.addEventListener("icecandidate", ({ candidate }) => {
      if (!this.#closed) this.#bundle.add(candidate);
    });
    peer.addEventListener("connectionstatechange", () => {
      if (this.#closed) return;
      this.#emit("connection:changed", peer.connectionState);
    });
    const { control } = this.#channels;
    control.addEventListener("open", () => {
      if (!this.#closed) this.#emit("connection:opened");
    });
    control.addEventListener("message", ({ data }) => {
      const message = this.#closed ? null : parseControlMessage(data);
      if (message) this.#emit("connection:said", message);
    });
    // A page that is closed takes its channels along, long before ICE notices.
    control.addEventListener("close", () => this.#fail(new Error("the control channel is gone")));
  }

  /** @param {import("./lines.js").Lines} lines */
  #take(lines) {
    this.#lines = lines;
    this.remote.addTrack(lines.audio.receiver.track);
    this.remote.addTrack(lines.camera.receiver.track);
  }

  /** @param {Tracks} tracks */
  async #put({ audio, video }) {
    if (!this.#lines) return;
    const { audio: sound, camera } = this.#lines;
    await Promise.all([sound.sender.replaceTrack(audio), camera.sender.replaceTrack(video)]);
    await this.#reshape();
  }

  async #reshape() {
    if (this.#lines) await send(this.#lines.audio.sender, this.#lines.camera.sender, this.#shape);
  }

  /** @param {() => Promise<void>} job */
  #enqueue(job) {
    this.#work = this.#work.then(() => this.#attempt(job));
  }

  /** @param {() => Promise<void>} job */
  async #attempt(job) {
    if (this.#closed) return;
    try {
      await job();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    if (!this.#closed) this.#emit("connection:failed", error);
  }

  #offerSoon() {
    this.#unanswered += 1;
    this.#enqueue(async () => {
      await this.#peer.setLocalDescription();
      this.#describeOurselves();
    });
  }

  /** @param {{ type: "offer" | "answer", sdp: string }} description */
  async #describe(description) {
    const { type, sdp } = description;
    // One side offers and the other answers.
    if (type !== (this.#offerer ? "answer" : "offer")) return;
    if (type === "answer" && !this.#isAnswerToLastOffer()) return;
    expectLines(sdp);
    const fingerprint = soleFingerprint(sdp);
    // A new fingerprint would make a new DTLS association (RFC 8842 Section 5.1), to whomever, behind a code that people have
    // compared already. Another certificate needs another connection, which has its own code.
    if (this.remoteFingerprint !== "" && this.remoteFingerprint !== fingerprint) {
      throw new FingerprintError("the certificate of a connection does not change");
    }
    this.remoteFingerprint = fingerprint;
    this.#evidence.describe(sdp);
    await this.#peer.setRemoteDescription(description);
    if (!this.#lines) this.#take(adoptLines(this.#peer));
    await this.#queue.release();
    if (type === "offer") {
      await this.#peer.setLocalDescription();
      this.#describeOurselves();
    }
    this.#emit("connection:negotiated");
  }

  /** @param {import("../signalling/messages.js").Candidate[]} candidates */
  async #addCandidates(candidates) {
    this.#evidence.add(candidates);
    await this.#queue.add(candidates);
  }

  /** Count an answer; one to an offer that a restart has overtaken, or that nobody waits for, is of no use. */
  #isAnswerToLastOffer() {
    if (this.#unanswered === 0) return false;
    this.#unanswered -= 1;
    return this.#unanswered === 0;
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

/**
 * Close a channel, which delivers what is queued first (RFC 8831 Section 6.7).
 * @param {RTCDataChannel} channel
 * @returns {Promise<void>} Resolved when the other side has it, or does not take it in time
 */
function delivered(channel) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LAST_WORD_MILLISECONDS);
    channel.addEventListener(
      "close",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
    channel.close();
  });
}
