import { systemClock } from "../clock.js";
import { TypedEventTarget } from "../events.js";
import { measure } from "./measurement.js";
import { Policy } from "./policy.js";
import { rate, Score } from "./score.js";

const LOOK_MILLISECONDS = 1000;
/** What the other side told of our sound holds so long; it tells each second while there is something to tell. */
const HEARD_MILLISECONDS = 2500;
/** Less made-up sound than this nobody hears, and nobody is told of. */
const CONCEALED_TO_TELL = 0.02;

/**
 * @typedef {import("../webrtc/traffic.js").Snapshot} Snapshot
 * @typedef {import("./measurement.js").Measurement} Measurement
 * @typedef {import("./policy.js").Decision} Decision
 * @typedef {import("./score.js").Verdict} Verdict
 *
 * @typedef {object} Watched  As much of a conversation as is needed here
 * @property {string} id
 * @property {number} restarts
 * @property {import("../webrtc/stall-watch.js").Flow} flow
 * @property {import("../webrtc/control.js").StateMessage | null} state  Of the other side
 * @property {import("../webrtc/control.js").HeardMessage | null} heard  What it told last of our sound
 * @property {() => Promise<Snapshot>} traffic
 * @property {(shape: import("../webrtc/senders.js").Shape) => Promise<void>} shape
 * @property {(message: import("../webrtc/control.js").HeardMessage) => boolean} say
 *
 * @typedef {object} Camera  As much of our media
 * @property {"on" | "off" | "missing"} camera
 * @property {(kind: "video") => { getSettings(): MediaTrackSettings } | null} track
 *
 * @typedef {object} Observed  What the last second told
 * @property {Snapshot} snapshot
 * @property {Measurement} measurement
 * @property {Decision} decision
 * @property {Verdict} verdict
 * @property {boolean} paused  Whether our picture is held back for want of room
 * @property {number} restarts
 *
 * @typedef {{ "quality:changed": null }} MonitorEvents  `observed` reads differently
 */

/** What is watched of one conversation, and what is remembered of it. */
class Session {
  policy = new Policy();
  score = new Score();
  /** @type {Snapshot | null} */
  before = null;
  /** @type {import("../webrtc/control.js").HeardMessage | null} */
  heard = null;
  heardAt = -Infinity;
  hasTold = false;
  sent = "";

  /** @param {Watched} conversation */
  constructor(conversation) {
    this.conversation = conversation;
  }
}

/**
 * Looks once a second at the conversation in the call, sends as much as there is room for, and says how good it is. It never
 * ends a call.
 *
 * @augments {TypedEventTarget<MonitorEvents>}
 */
export class QualityMonitor extends TypedEventTarget {
  /** @type {Observed | null} Null while there is nothing to tell */
  observed = null;
  /** Whether a document or skin is shown, so that sharpness goes before movement. */
  detail = false;
  #camera;
  #onPaused;
  #clock;
  /** @type {Session | null} */
  #session = null;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} options
   * @param {Camera} options.media  Ours
   * @param {(paused: boolean) => void} options.onPaused  Told when our picture is held back, and when no longer
   * @param {import("../clock.js").Clock} [options.clock]
   */
  constructor({ media, onPaused, clock = systemClock }) {
    super();
    this.#camera = media;
    this.#onPaused = onPaused;
    this.#clock = clock;
  }

  /** @param {Watched | null} conversation  In which sound and picture flow; null: none */
  watch(conversation) {
    if (conversation === (this.#session?.conversation ?? null)) return;
    this.close();
    if (!conversation) return;
    this.#session = new Session(conversation);
    this.#schedule(this.#session);
  }

  /** Look no more. */
  close() {
    this.#clock.clearTimeout(this.#timer);
    this.#session = null;
    this.observed = null;
    this.#onPaused(false);
    this.#changed();
  }

  /** @param {Session} session */
  #schedule(session) {
    this.#timer = this.#clock.setTimeout(() => void this.#look(session), LOOK_MILLISECONDS);
  }

  /** @param {Session} session */
  async #look(session) {
    try {
      const snapshot = await session.conversation.traffic();
      if (session !== this.#session) return;
      const measurement = session.before && measure(session.before, snapshot);
      session.before = snapshot;
      // While nothing arrives the way itself is mended; how much it carries shows when it stands.
      if (measurement && session.conversation.flow === "flowing")
        this.#act(session, snapshot, measurement);
    } catch (error) {
      // A connection that is being closed tells nothing more.
      console.warn("the browser gave no statistics", error);
    }
    if (session === this.#session) this.#schedule(session);
  }

  /**
   * @param {Session} session
   * @param {Snapshot} snapshot
   * @param {Measurement} measurement
   */
  #act(session, snapshot, measurement) {
    const { conversation, policy, score } = session;
    const at = this.#clock.now();
    const decision = policy.next(this.#outlook(session, at, measurement));
    this.#send(session, decision);
    this.#tell(session, measurement);
    const rating = rate(measurement, decision, conversation.state?.camera === "paused");
    const verdict = score.next(at, rating);
    const { restarts } = conversation;
    const paused = this.#isPaused(decision);
    this.observed = { snapshot, measurement, decision, verdict, paused, restarts };
    this.#changed();
  }

  /**
   * @param {Session} session
   * @param {number} at
   * @param {Measurement} measurement
   * @returns {import("./policy.js").Outlook}
   */
  #outlook(session, at, { available, sent, roundTrip, limitation }) {
    const { heard } = session.conversation;
    if (heard !== session.heard) {
      session.heard = heard;
      session.heardAt = at;
    }
    const isFresh = at - session.heardAt < HEARD_MILLISECONDS;
    const { width = 0, height = 0 } = this.#camera.track("video")?.getSettings() ?? {};
    return {
      at,
      available,
      sending: sent.bitrate,
      lost: sent.lost,
      roundTrip,
      limitation,
      concealed: isFresh ? (heard?.concealed ?? null) : null,
      picture: this.#camera.camera === "on",
      captured: width * height,
      detail: this.detail,
    };
  }

  /**
   * @param {Session} session
   * @param {Decision} decision
   */
  #send(session, decision) {
    this.#onPaused(this.#isPaused(decision));
    const { width, height } = this.#camera.track("video")?.getSettings() ?? {};
    // Another camera, or one turned by a hand, needs another scale for the same step.
    const sent = JSON.stringify([decision.shape, width, height]);
    if (sent === session.sent) return;
    session.sent = sent;
    void session.conversation.shape(decision.shape);
  }

  /** @param {Decision} decision */
  #isPaused({ step }) {
    return step === "paused" && this.#camera.camera === "on";
  }

  /**
   * Tell the other side how its sound arrives: only we know, and it can do something about it.
   * @param {Session} session
   * @param {Measurement} measurement
   */
  #tell(session, { concealed }) {
    const isBad = concealed !== null && concealed >= CONCEALED_TO_TELL;
    if (isBad || session.hasTold) {
      session.conversation.say({ type: "heard", concealed: concealed ?? 0 });
    }
    session.hasTold = isBad;
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("quality:changed"));
  }
}
