/** @typedef {import("./media.js").FakeTrack} FakeTrack */

/** An RTCRtpSender that remembers what it has sent. */
export class FakeSender {
  /** @type {FakeTrack | null} */
  track = null;
  /** @type {(FakeTrack | null)[]} whatever was put on it, in order */
  history = [];
  /** @type {unknown[]} the streams that the other side is told */
  streams = [];
  /** @type {RTCRtpSendParameters | null} as set last */
  parameters = null;
  /** How many times the browser refused parameters because they were read before the last change. */
  refused = 0;
  #isClosed;
  #transport;
  #transaction = 0;

  /**
   * @param {() => boolean} isClosed
   * @param {() => object | null} transport
   */
  constructor(isClosed, transport) {
    this.#isClosed = isClosed;
    this.#transport = transport;
  }

  get transport() {
    return this.#transport();
  }

  /** @param {FakeTrack | null} track */
  async replaceTrack(track) {
    if (this.#isClosed()) throw new DOMException("closed", "InvalidStateError");
    await new Promise((resolve) => void setImmediate(() => resolve(null)));
    if (this.#isClosed()) throw new DOMException("closed", "InvalidStateError");
    this.track = track;
    this.history.push(track);
  }

  /** @param {unknown[]} streams */
  setStreams(...streams) {
    this.streams = streams;
  }

  getParameters() {
    this.#transaction += 1;
    const encodings = this.parameters?.encodings ?? [{ active: true }];
    return { ...this.parameters, transactionId: String(this.#transaction), encodings };
  }

  /** @param {RTCRtpSendParameters} parameters */
  async setParameters(parameters) {
    if (parameters.transactionId !== String(this.#transaction)) {
      this.refused += 1;
      throw new DOMException("read before the last change", "InvalidModificationError");
    }
    this.#transaction += 1;
    await null;
    this.parameters = parameters;
  }
}

/** An RTCRtpTransceiver. */
export class FakeTransceiver {
  /** @type {RTCRtpCodec[] | null} */
  preferences = null;

  /**
   * @param {string} kind
   * @param {RTCRtpTransceiverDirection} direction
   * @param {FakeSender} sender
   * @param {FakeTrack} remoteTrack
   */
  constructor(kind, direction, sender, remoteTrack) {
    this.kind = kind;
    this.direction = direction;
    this.sender = sender;
    this.receiver = { track: remoteTrack };
  }

  /** @param {RTCRtpCodec[]} codecs */
  setCodecPreferences(codecs) {
    this.preferences = codecs;
  }
}
