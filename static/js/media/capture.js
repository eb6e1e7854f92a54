import { TypedEventTarget } from "../events.js";
import { systemClock } from "../clock.js";

/**
 * @typedef {"audio" | "video"} Kind
 * @typedef {"idle" | "on" | "off" | "missing" | "denied" | "busy" | "insecure" | "unsupported"} KindState
 *   `idle`: not asked for, or closed
 * @typedef {{ audio: KindState, video: KindState }} MediaState
 * @typedef {{
 *   "media:changed": { kind: Kind, state: KindState, muted: boolean },
 * }} MediaEvents
 * - media:changed: a track came, went, was switched, or was muted (muted: the system took the device away for a while)
 */

/**
 * Camera and microphone of this page: one stream for preview and call.
 *
 * @augments {TypedEventTarget<MediaEvents>}
 */
export class LocalMedia extends TypedEventTarget {
  /**
   * @param {object} [options]
   * @param {MediaDevices | undefined} [options.mediaDevices]
   * @param {boolean} [options.isSecureContext]
   * @param {import("../clock.js").Clock} [options.clock]
   */
  constructor({ mediaDevices, isSecureContext, clock = systemClock } = {}) {
    super();
    void [mediaDevices, isSecureContext, clock];
  }

  /** @returns {MediaStream | null} What the preview shows; null before anything was opened and after `close` */
  get stream() {
    return null;
  }

  /** @returns {MediaState} */
  get state() {
    return { audio: "idle", video: "idle" };
  }

  /** @returns {boolean} Whether a device is held */
  get active() {
    return false;
  }

  /** @returns {Promise<boolean>} Whether `open` would ask nobody; false where the browser does not tell */
  isGranted() {
    return Promise.resolve(false);
  }

  /** @returns {"on" | "off" | "missing"} What the other side should read */
  get microphone() {
    return "missing";
  }

  /** @returns {"on" | "off" | "missing"} What the other side should read */
  get camera() {
    return "missing";
  }

  /**
   * @param {Kind} kind
   * @returns {MediaStreamTrack | null} live, or null
   */
  track(kind) {
    void kind;
    return null;
  }

  /**
   * Ask for microphone and camera together; what one lacks does not take the other away.
   * @param {{ audio?: boolean, video?: boolean }} [wanted] both by default
   * @returns {Promise<MediaState>}
   */
  open(wanted) {
    void wanted;
    return Promise.resolve(this.state);
  }

  /**
   * Ask for one of them again, on a click of the person or when a device came back.
   * @param {Kind} kind
   * @returns {Promise<KindState>}
   */
  retry(kind) {
    return Promise.resolve(this.state[kind]);
  }

  /** @param {boolean} on Switched off is silence, not an end: the track stays */
  setMicrophone(on) {
    void on;
  }

  /** @param {boolean} on */
  setCamera(on) {
    void on;
  }

  /**
   * Change to the camera on the other side, or the next one. `track("video")` is another one then.
   * @returns {Promise<boolean>} False when there is no other that works; the old one is back then
   */
  switchCamera() {
    return Promise.resolve(false);
  }

  /** @returns {Promise<number>} How many cameras there are, as far as the browser tells */
  cameraCount() {
    return Promise.resolve(0);
  }

  /** Stop everything: the camera's light goes off. `open` may follow. */
  close() {}
}
