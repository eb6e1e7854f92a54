/** A WebSocket without a network: a test is its server. */
export class FakeWebSocket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  readyState = FakeWebSocket.CONNECTING;
  /** @type {unknown[]} what the page sent, parsed */
  sent = [];

  /** @param {string | URL} url */
  constructor(url) {
    super();
    this.url = String(url);
  }

  /** @param {string} data */
  send(data) {
    if (this.readyState === FakeWebSocket.CONNECTING) {
      throw new DOMException("still connecting", "InvalidStateError");
    }
    if (this.readyState === FakeWebSocket.OPEN) this.sent.push(JSON.parse(data));
  }

  close() {
    if (this.readyState < FakeWebSocket.CLOSING) this.readyState = FakeWebSocket.CLOSING;
  }

  /** The server accepts. */
  accept() {
    this.readyState = FakeWebSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  /**
   * The server says something.
   * @param {unknown} message
   */
  deliver(message) {
    if (this.readyState !== FakeWebSocket.OPEN) return;
    const data = typeof message === "string" ? message : JSON.stringify(message);
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  /**
   * The server or the network ends it.
   * @param {number} [code] 1006 is an end without a close frame
   */
  drop(code = 1006) {
    this.readyState = FakeWebSocket.CLOSED;
    if (code === 1006) this.dispatchEvent(new Event("error"));
    this.dispatchEvent(
      Object.assign(new Event("close"), { code, reason: "", wasClean: code !== 1006 }),
    );
  }

  /**
   * Take what was sent since the last time.
   * @returns {unknown[]}
   */
  take() {
    return this.sent.splice(0);
  }
}

/**
 * A WebSocket class whose sockets a test can get at.
 * @returns {{ WebSocketClass: typeof WebSocket, sockets: FakeWebSocket[], last: () => FakeWebSocket }}
 */
export function fakeWebSockets() {
  /** @type {FakeWebSocket[]} */
  const sockets = [];
  class Recorded extends FakeWebSocket {
    /** @param {string | URL} url */
    constructor(url) {
      super(url);
      sockets.push(this);
    }
  }
  return {
    WebSocketClass: /** @type {typeof WebSocket} */ (/** @type {unknown} */ (Recorded)),
    sockets,
    last: () => /** @type {FakeWebSocket} */ (sockets.at(-1)),
  };
}
