import { FakeCertificate } from "./certificate.js";
import { FakeDataChannel } from "./data-channel.js";
import { CAMERA, FakeMediaStream, FakeTrack, MICROPHONE } from "./media.js";
import { FakeSender, FakeTransceiver } from "./rtp.js";

/**
 * @typedef {"offer" | "answer"} DescriptionType
 * @typedef {{ type: DescriptionType, sdp: string }} Description
 */

const turn = () => new Promise((resolve) => void setImmediate(() => resolve(null)));

/** Where connections find each other. Both ends need a candidate of the other, as behind most routers. */
export class FakeNetwork {
  /** @type {FakePeerConnection[]} every connection ever made, the newest last */
  peers = [];
  isUp = true;

  /** @returns {FakePeerConnection[]} those that stand */
  get connected() {
    return this.peers.filter(({ connectionState }) => connectionState === "connected");
  }

  /** @returns {FakePeerConnection} the newest */
  get last() {
    return /** @type {FakePeerConnection} */ (this.peers.at(-1));
  }

  /** No packet gets through; browsers notice after a while. */
  break() {
    this.isUp = false;
    for (const peer of this.connected) peer.become("disconnected");
  }

  /** It has lasted: browsers give up. Only new candidates on both sides help then. */
  fail() {
    for (const peer of this.peers)
      if (peer.connectionState === "disconnected") peer.become("failed");
  }

  /** Packets get through again. */
  mend() {
    this.isUp = true;
    for (const peer of this.peers) peer.mended();
  }

  /**
   * @param {FakePeerConnection} peer
   * @returns {FakePeerConnection | null} whose descriptions and candidates match
   */
  otherEnd(peer) {
    const isOther = (/** @type {FakePeerConnection} */ other) =>
      other.reaches(peer) && peer.reaches(other);
    return this.peers.find((other) => other !== peer && isOther(other)) ?? null;
  }

  /**
   * A class for `RTCPeerConnection`, whose objects live in this network.
   * @returns {typeof FakePeerConnection}
   */
  get PeerConnection() {
    return network(this);
  }
}

/** An RTCPeerConnection as Connection uses it; descriptions are text that looks like SDP. */
export class FakePeerConnection extends EventTarget {
  static async generateCertificate() {
    await turn();
    return new FakeCertificate();
  }

  /** @type {RTCSignalingState} */
  signalingState = "stable";
  /** @type {RTCPeerConnectionState} */
  connectionState = "new";
  /** @type {Description | null} */
  localDescription = null;
  /** @type {Description | null} */
  remoteDescription = null;
  /** @type {{ transport: object } | null} */
  sctp = null;
  /** @type {FakeDataChannel[]} */
  channels = [];
  /** @type {FakeTransceiver[]} */
  transceivers = [];
  /** @type {string[]} names of the candidates that were taken, ends of lists left out */
  remoteCandidates = [];
  /** How many offers were made or taken in. */
  negotiations = 0;
  #network;
  #certificate;
  #name = crypto.randomUUID().slice(0, 8);
  #generation = 0;
  #shallRestart = false;
  #mediaReceived = 0;
  /** @type {FakePeerConnection | null} */
  #other = null;

  /**
   * @param {FakeNetwork} network
   * @param {RTCConfiguration} configuration
   */
  constructor(network, configuration) {
    super();
    this.#network = network;
    this.configuration = configuration;
    const [certificate] = configuration.certificates ?? [];
    this.#certificate = /** @type {FakeCertificate} */ (
      /** @type {unknown} */ (certificate ?? new FakeCertificate())
    );
    network.peers.push(this);
  }

  get ufrag() {
    return `${this.#name}-${this.#generation}`;
  }

  /** @returns {string | null} what the description of the other side calls itself */
  get remoteUfrag() {
    return /^a=ice-ufrag:(\S+)/m.exec(this.remoteDescription?.sdp ?? "")?.[1] ?? null;
  }

  /**
   * @param {string} kind
   * @param {{ direction: RTCRtpTransceiverDirection, streams: unknown[] }} init
   */
  addTransceiver(kind, { direction, streams }) {
    const transceiver = this.#makeTransceiver(kind, direction);
    transceiver.sender.streams = streams;
    return transceiver;
  }

  getTransceivers() {
    return [...this.transceivers];
  }

  /**
   * @param {string} label
   * @param {RTCDataChannelInit} init
   */
  createDataChannel(label, init) {
    const channel = new FakeDataChannel(label, init);
    this.channels.push(channel);
    return channel;
  }

  restartIce() {
    this.#shallRestart = true;
  }

  async setLocalDescription() {
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    await turn();
    this.#mustBeOpen();
    if (this.#shallRestart && type === "offer") this.#restart();
    const isNew = this.localDescription === null || !this.localDescription.sdp.includes(this.ufrag);
    this.localDescription = { type, sdp: this.#describe() };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    if (type === "offer") this.negotiations += 1;
    this.#described();
    if (isNew) void this.#gather();
  }

  /** @param {Description} description */
  async setRemoteDescription(description) {
    await turn();
    this.#mustBeOpen();
    const { type, sdp } = description;
    const expected = type === "offer" ? "stable" : "have-local-offer";
    // An offer rolls our own back where there is one, as browsers do.
    if (this.signalingState !== expected && type === "answer") {
      throw new DOMException("no offer waits", "InvalidStateError");
    }
    if (!/^a=fingerprint:/m.test(sdp)) throw new DOMException("no keys", "InvalidAccessError");
    const before = this.remoteUfrag;
    this.remoteDescription = { type, sdp };
    this.signalingState = type === "offer" ? "have-remote-offer" : "stable";
    if (type === "offer") this.#adopt(sdp, before);
    this.#described();
  }

  /** As much as recovery needs: what has arrived. Media arrive as often as somebody looks. */
  async getStats() {
    await turn();
    if (this.#network.isUp && this.#other?.sends && this.connectionState !== "closed") {
      this.#mediaReceived += 1000;
    }
    const messages = this.channels.reduce((sum, { received }) => sum + received, 0);
    const bytesReceived = this.#mediaReceived + messages;
    return new Map([["T", { id: "T", type: "transport", timestamp: 0, bytesReceived }]]);
  }

  /** @returns {boolean} Whether sound or picture leave here */
  get sends() {
    return (
      this.connectionState !== "closed" &&
      this.transceivers.some(({ sender }) => sender.track?.readyState === "live")
    );
  }

  /** @param {RTCIceCandidateInit} candidate */
  async addIceCandidate({ candidate = "", usernameFragment = null }) {
    if (!this.remoteDescription) throw new DOMException("no description", "InvalidStateError");
    await turn();
    if (candidate === "" || this.connectionState === "closed") return;
    const name = /^candidate:(\S+)/.exec(candidate)?.[1];
    if (!name || usernameFragment !== this.remoteUfrag) {
      throw new DOMException("not usable", "OperationError");
    }
    this.remoteCandidates.push(name);
    this.#tryToConnect();
  }

  close() {
    if (this.connectionState === "closed") return;
    this.connectionState = "closed";
    this.signalingState = "closed";
    for (const channel of this.channels) channel.end();
    void this.#tellClosed();
  }

  /**
   * @param {FakePeerConnection} other
   * @returns {boolean} Whether what this end knows leads to the other
   */
  reaches(other) {
    return (
      this.signalingState === "stable" &&
      this.remoteUfrag === other.ufrag &&
      this.remoteCandidates.some((name) => name.startsWith(other.ufrag))
    );
  }

  /** @param {RTCPeerConnectionState} state */
  become(state) {
    if (this.connectionState === "closed" || this.connectionState === state) return;
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }

  /** The network is back. */
  mended() {
    if (this.connectionState === "disconnected") this.become("connected");
    else this.#tryToConnect();
    for (const channel of this.channels) void channel.pump();
  }

  /** @param {FakePeerConnection} other Both found a way to each other */
  link(other) {
    this.#other = other;
    if (!this.#trusts(other) || !other.#trusts(this)) {
      this.become("failed");
      return;
    }
    this.become("connected");
    for (const channel of this.channels) {
      const same = other.channels.find(({ id }) => id === channel.id);
      if (same) channel.connect(same, this.#network);
    }
  }

  /** @param {FakePeerConnection} other Whether DTLS finds the certificate that the description names */
  #trusts(other) {
    const { fingerprint } = other.#certificate;
    return this.remoteDescription?.sdp.toLowerCase().includes(fingerprint) ?? false;
  }

  #tryToConnect() {
    if (this.connectionState === "connected" || !this.#network.isUp) return;
    const other = this.#network.otherEnd(this);
    if (!other) return;
    this.link(other);
    other.link(this);
  }

  #described() {
    this.sctp ??= { transport: this.#makeTransport() };
    if (this.connectionState === "new" && this.remoteDescription) this.become("connecting");
    this.#tryToConnect();
  }

  /**
   * @param {string} sdp of an offer
   * @param {string | null} before ufrag of the description before
   */
  #adopt(sdp, before) {
    this.negotiations += 1;
    const kinds = Array.from(sdp.matchAll(/^m=(audio|video)/gm), ([, kind]) => String(kind));
    for (const kind of kinds.slice(this.transceivers.length)) {
      this.#makeTransceiver(kind, "recvonly");
    }
    if (before !== null && before !== this.remoteUfrag) this.#restart();
  }

  #restart() {
    this.#shallRestart = false;
    this.#generation += 1;
    this.remoteCandidates = [];
  }

  #describe() {
    return [
      "v=0",
      `a=ice-ufrag:${this.ufrag}`,
      `a=fingerprint:sha-256 ${this.#certificate.fingerprint}`,
      ...this.transceivers.map(({ kind, direction }) => `m=${kind} 9 UDP\r\na=${direction}`),
      ...(this.channels.length > 0 ? ["m=application 9 UDP"] : []),
      "",
    ].join("\r\n");
  }

  async #gather() {
    const { ufrag } = this;
    for (const kind of ["host", "srflx"]) {
      await turn();
      if (this.connectionState === "closed") return;
      this.#emitCandidate({
        candidate: `candidate:${ufrag}-${kind}`,
        sdpMid: "0",
        sdpMLineIndex: 0,
        usernameFragment: ufrag,
      });
    }
    await turn();
    if (this.connectionState !== "closed") this.#emitCandidate(null);
  }

  /** @param {object | null} candidate */
  #emitCandidate(candidate) {
    this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate }));
  }

  /**
   * @param {string} kind
   * @param {RTCRtpTransceiverDirection} direction
   */
  #makeTransceiver(kind, direction) {
    const sender = new FakeSender(
      () => this.connectionState === "closed",
      () => this.sctp?.transport ?? null,
    );
    const remote = new FakeTrack(kind === "audio" ? MICROPHONE : CAMERA);
    const transceiver = new FakeTransceiver(kind, direction, sender, remote);
    this.transceivers.push(transceiver);
    return transceiver;
  }

  #makeTransport() {
    const toBuffer = (/** @type {Buffer} */ bytes) => new Uint8Array(bytes).buffer;
    return {
      getRemoteCertificates: () => (this.#other ? [toBuffer(this.#other.#certificate.der)] : []),
    };
  }

  async #tellClosed() {
    const other = this.#other;
    await turn();
    if (!other || !this.#network.isUp) return;
    for (const channel of other.channels) channel.end();
  }

  #mustBeOpen() {
    if (this.connectionState === "closed") throw new DOMException("closed", "InvalidStateError");
  }
}

/**
 * @param {FakeNetwork} network
 * @returns {typeof FakePeerConnection}
 */
function network(network) {
  class Connected extends FakePeerConnection {
    /** @param {RTCConfiguration} configuration */
    constructor(configuration) {
      super(network, configuration);
    }
  }
  return /** @type {typeof FakePeerConnection} */ (/** @type {unknown} */ (Connected));
}

/**
 * Give the page WebRTC for one test.
 * @param {import("node:test").TestContext} t
 * @returns {FakeNetwork}
 */
export function installWebRtc(t) {
  const fake = new FakeNetwork();
  const names = /** @type {const} */ (["RTCPeerConnection", "MediaStream", "RTCRtpReceiver"]);
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  const values = [
    fake.PeerConnection,
    FakeMediaStream,
    { getCapabilities: () => ({ codecs: CODECS }) },
  ];
  names.forEach((name, index) => {
    const value = values[index];
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  });
  t.after(() => {
    names.forEach((name, index) => {
      const descriptor = before[index];
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    });
  });
  return fake;
}

export const OPUS = { mimeType: "audio/opus", clockRate: 48_000 };
export const RED = { mimeType: "audio/red", clockRate: 48_000 };
const CODECS = [OPUS, RED];
