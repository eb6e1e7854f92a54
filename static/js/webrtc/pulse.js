import { TypedEventTarget } from "../events.js";
import { Recovery } from "./recovery.js";
import { StallWatch } from "./stall-watch.js";

const LOOK_MILLISECONDS = 250;

/** While no media flow, an answer on the control channel stands in for them. */
const PING_MILLISECONDS = 2000;

/** The server gets no longer to prove that our socket is alive while the connection is in doubt. */
const PROBE_MILLISECONDS = 1000;

/** A connection that has not come up by then needs another try, although the browser still hopes. */
const OPEN_MILLISECONDS = 10_000;

/** Nothing was looked at for this long: the device slept. */
const SLEPT_MILLISECONDS = 5000;

/** Connections that the browser itself believes to be lost. */
const LOST = new Set(["disconnected", "failed"]);

/**
 * @typedef {import("./stall-watch.js").Flow} Flow
 *
 * @typedef {object} Watched  As much of a connection as is needed here
 * @property {RTCPeerConnectionState} state
 * @property {boolean} open  Whether the control channel can carry a message
 * @property {boolean} unanswered  Whether an offer is on its way
 * @property {() => void} restartIce
 * @property {(message: import("./control.js").PingMessage) => boolean} say
 * @property {() => Promise<{ bytesReceived: number }>} traffic
 *
 * @typedef {object} Link  As much of signalling
 * @property {boolean} isUp
 * @property {import("../clock.js").Clock} clock
 * @property {(milliseconds: number) => void} probe
 *
 * @typedef {{ "pulse:changed": Flow, "pulse:stopped": null }} PulseEvents
 * - pulse:changed: `flow` reads differently
 * - pulse:stopped: this connection is given up; another one is needed
 */

/**
 * Feels four times a second whether a connection is alive, and brings it back if it is not. It never ends anything.
 *
 * @augments {TypedEventTarget<PulseEvents>}
 */
export class Pulse extends TypedEventTarget {
  /** @type {Flow} How well anything arrives just now */
  flow = "flowing";
  #connection;
  #link;
  #expectsMedia;
  #isOnline;
  #clock;
  #recovery;
  #watch = new StallWatch();
  #bytes = 0;
  #hasOpened = false;
  #isLooking = false;
  #isClosed = false;
  /** When the connection was made, or last heard of the other page. */
  #hopefulSince;
  #lookedAt;
  #pingAt = -Infinity;
  #pings = 0;
  /** @type {number | null} When the oldest ping without an answer was sent */
  #pingedAt = null;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} options
   * @param {Watched} options.connection
   * @param {boolean} options.offerer
   * @param {Link} options.link
   * @param {() => boolean} options.expectsMedia  Whether the other side sends sound or picture, which never pause
   * @param {() => number} [options.random]  From 0 to below 1
   * @param {() => boolean} [options.isOnline]  What the browser believes
   */
  constructor({
    connection,
    offerer,
    link,
    expectsMedia,
    random = Math.random,
    isOnline = () => globalThis.navigator?.onLine !== false,
  }) {
    super();
    this.#connection = connection;
    this.#link = link;
    this.#expectsMedia = expectsMedia;
    this.#isOnline = isOnline;
    this.#clock = link.clock;
    this.#recovery = new Recovery({ offerer, random });
    this.#hopefulSince = this.#clock.now();
    this.#lookedAt = this.#hopefulSince;
    this.#schedule();
  }

  /** The other side has answered a ping. */
  answered() {
    this.#pingedAt = null;
  }

  /** Our offer was answered, or we have answered one. */
  negotiated() {
    this.#hopefulSince = this.#clock.now();
    this.#recovery.negotiated(this.#clock.now());
  }

  /** The other side asks for a restart. */
  asked() {
    this.#recovery.asked(this.#clock.now());
  }

  /** Our network is back or another one. */
  networkChanged() {
    this.#recovery.networkChanged();
  }

  /** Look at once whether the other side is still there: the page has slept or was hidden. */
  check() {
    this.#pingAt = -Infinity;
  }

  /** Feel no more. */
  close() {
    this.#isClosed = true;
    this.#clock.clearTimeout(this.#timer);
  }

  #schedule() {
    this.#timer = this.#clock.setTimeout(() => {
      this.#schedule();
      if (!this.#isLooking) void this.#look();
    }, LOOK_MILLISECONDS);
  }

  async #look() {
    this.#isLooking = true;
    try {
      const now = this.#clock.now();
      this.#wakeUp(now);
      this.#ping(now);
      const flow = await this.#feel(now);
      if (this.#isClosed) return;
      this.#become(flow);
      this.#act(now);
    } finally {
      this.#isLooking = false;
    }
  }

  /** @param {number} now */
  #wakeUp(now) {
    if (now - this.#lookedAt > SLEPT_MILLISECONDS) {
      this.#pingedAt = null;
      this.check();
    }
    this.#lookedAt = now;
  }

  /** @param {number} now */
  #ping(now) {
    if (!this.#connection.open) return;
    this.#hasOpened = true;
    if (now < this.#pingAt) return;
    this.#pingAt = now + PING_MILLISECONDS;
    this.#pings += 1;
    this.#pingedAt ??= now;
    this.#connection.say({ type: "ping", id: this.#pings });
  }

  /**
   * @param {number} now
   * @returns {Promise<Flow>}
   */
  async #feel(now) {
    if (!this.#hasOpened) return "flowing";
    const owedSince = this.#expectsMedia() ? -Infinity : this.#pingedAt;
    if (owedSince !== null) {
      try {
        this.#bytes = (await this.#connection.traffic()).bytesReceived;
      } catch (error) {
        // Nothing is known to have arrived then, and that is what counts.
        console.warn("the browser gave no statistics", error);
      }
    }
    return this.#watch.feed(now, this.#bytes, owedSince);
  }

  /** @param {Flow} flow */
  #become(flow) {
    if (flow === this.flow) return;
    if (this.flow === "flowing") {
      // Is it the network or only the other side? Both are asked at once.
      this.#link.probe(PROBE_MILLISECONDS);
      this.check();
    }
    this.flow = flow;
    this.dispatchEvent(new CustomEvent("pulse:changed", { detail: flow }));
  }

  /** @param {number} now */
  #act(now) {
    const connection = this.#connection;
    const isLate = !this.#hasOpened && now - this.#hopefulSince >= OPEN_MILLISECONDS;
    const decision = this.#recovery.decide(now, {
      broken: isLate || this.flow === "stalled" || LOST.has(connection.state),
      reachable: this.#link.isUp,
      unanswered: connection.unanswered,
      online: this.#isOnline(),
    });
    if (decision === "restart") connection.restartIce();
    else if (decision === "renew") this.dispatchEvent(new CustomEvent("pulse:stopped"));
  }
}
