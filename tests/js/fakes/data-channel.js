/**
 * @typedef {object} Path
 * @property {boolean} isUp Whether packets get through
 */

/** Let one turn of the event loop pass. A real one, also where timers are mocked. */
const turn = () => new Promise((resolve) => void setImmediate(() => resolve(null)));

/** A negotiated RTCDataChannel: ordered, reliable, and its messages take a while. */
export class FakeDataChannel extends EventTarget {
  /** @type {RTCDataChannelState} */
  readyState = "connecting";
  binaryType = "arraybuffer";
  /** @type {string[]} everything that was ever sent */
  sent = [];
  /** How many characters have arrived. */
  received = 0;
  /** @type {FakeDataChannel | null} the one of the same id at the other end */
  #other = null;
  /** @type {Path | null} */
  #path = null;
  /** @type {string[]} */
  #queue = [];
  #isPumping = false;

  /**
   * @param {string} label
   * @param {RTCDataChannelInit} init
   */
  constructor(label, { id, protocol = "", negotiated = false, ordered = true }) {
    super();
    this.label = label;
    this.id = id ?? null;
    this.protocol = protocol;
    this.negotiated = negotiated;
    this.ordered = ordered;
  }

  /** @returns {number} bytes of UTF-8 that have not reached the other end */
  get bufferedAmount() {
    return this.#queue.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);
  }

  /** @param {string} text */
  send(text) {
    if (this.readyState !== "open") throw new DOMException("not open", "InvalidStateError");
    this.sent.push(text);
    this.#queue.push(text);
    void this.pump();
  }

  /** What is queued still arrives; then both ends are closed (RFC 8831 Section 6.7). */
  close() {
    if (this.readyState !== "open") return;
    this.readyState = "closing";
    void this.pump();
  }

  /**
   * The transport below stands: both ends can be used.
   * @param {FakeDataChannel} other
   * @param {Path} path
   */
  connect(other, path) {
    this.#other = other;
    this.#path = path;
    if (this.readyState !== "connecting") return;
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }

  /** The transport below is gone: what is queued is lost. */
  end() {
    this.#queue = [];
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.dispatchEvent(new Event("close"));
  }

  /** Carry what is queued over the path, as long as it is up. */
  async pump() {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#isMoving) {
      await turn();
      if (this.#isMoving) this.#other?.deliver(this.#queue.shift());
    }
    this.#isPumping = false;
    await turn();
    if (this.readyState === "closing" && this.#queue.length === 0 && this.#path?.isUp) {
      this.#other?.end();
      this.end();
    }
  }

  get #isMoving() {
    return this.#queue.length > 0 && this.#path?.isUp;
  }

  /** @param {unknown} data From the other end */
  deliver(data) {
    if (this.readyState !== "open") return;
    this.received += String(data).length;
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}
