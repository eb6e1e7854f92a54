import { systemClock } from "../clock.js";
import { TypedEventTarget } from "../events.js";
import { listCameras, openFirst, otherCameras, sameCamera } from "./cameras.js";
import { Device } from "./device.js";
import { obtain } from "./obtain.js";

/** Some phones need a moment between two cameras. */
const CAMERA_PAUSE_MILLISECONDS = 200;

/**
 * @typedef {import("./device.js").Kind} Kind
 * @typedef {import("./device.js").KindState} KindState
 * @typedef {{ audio: KindState, video: KindState }} MediaState
 * @typedef {{
 *   "media:changed": { kind: Kind, state: KindState, muted: boolean },
 * }} MediaEvents
 * - media:changed: a track came, went, was switched, or was muted (muted: the system took the device away for a while)
 */

/**
 * Camera and microphone of this page: one stream for preview and call.
 *
 * What takes time is done one after the other; after `close` nothing of it comes to life any more.
 *
 * @augments {TypedEventTarget<MediaEvents>}
 */
export class LocalMedia extends TypedEventTarget {
  #mediaDevices;
  #permissions;
  #isSecureContext;
  #MediaStreamClass;
  #clock;
  /** @type {MediaStream | null} */
  #stream = null;
  #devices = {
    audio: new Device("audio", (device) => this.#changed(device)),
    video: new Device("video", (device) => this.#changed(device)),
  };
  #turn = Promise.resolve();
  #session = new AbortController();

  /**
   * @param {object} [options]
   * @param {MediaDevices | undefined} [options.mediaDevices]
   * @param {Permissions | undefined} [options.permissions]
   * @param {boolean} [options.isSecureContext]
   * @param {typeof MediaStream} [options.MediaStreamClass]
   * @param {import("../clock.js").Clock} [options.clock]
   */
  constructor({
    mediaDevices = globalThis.navigator?.mediaDevices,
    permissions = globalThis.navigator?.permissions,
    isSecureContext = globalThis.isSecureContext,
    MediaStreamClass = globalThis.MediaStream,
    clock = systemClock,
  } = {}) {
    super();
    this.#mediaDevices = mediaDevices;
    this.#permissions = permissions;
    this.#isSecureContext = isSecureContext;
    this.#MediaStreamClass = MediaStreamClass;
    this.#clock = clock;
  }

  /** @returns {MediaStream | null} What the preview shows; null before anything was opened and after `close` */
  get stream() {
    return this.#stream;
  }

  /** @returns {MediaState} */
  get state() {
    return { audio: this.#devices.audio.state, video: this.#devices.video.state };
  }

  /** @returns {boolean} Whether a device is held */
  get active() {
    return this.track("audio") !== null || this.track("video") !== null;
  }

  /** @returns {"on" | "off" | "missing"} What the other side should read */
  get microphone() {
    return this.#devices.audio.showing;
  }

  /** @returns {"on" | "off" | "missing"} What the other side should read */
  get camera() {
    return this.#devices.video.showing;
  }

  /**
   * @param {Kind} kind
   * @returns {MediaStreamTrack | null} live, or null
   */
  track(kind) {
    return this.#devices[kind].track;
  }

  /** @returns {Promise<boolean>} Whether `open` would ask nobody; false where the browser does not tell */
  async isGranted() {
    const isGranted = async (/** @type {string} */ name) => {
      const permission = /** @type {PermissionName} */ (name);
      return (await this.#permissions?.query({ name: permission }))?.state === "granted";
    };
    try {
      return (await isGranted("camera")) && (await isGranted("microphone"));
    } catch {
      return false; // a browser that does not know these names
    }
  }

  /** @returns {Promise<number>} How many cameras there are, as far as the browser tells */
  async cameraCount() {
    return (await listCameras(this.#mediaDevices)).length;
  }

  /**
   * Ask for microphone and camera together; what one lacks does not take the other away. What is held already stays.
   *
   * @param {{ audio?: boolean, video?: boolean }} [wanted] both by default
   * @returns {Promise<MediaState>} never rejected
   */
  open({ audio = true, video = true } = {}) {
    return this.#inTurn(async (signal) => {
      await this.#obtain({ audio, video }, signal);
      return this.state;
    });
  }

  /**
   * Ask for one of them again, on a click of the person or when a device came back.
   *
   * @param {Kind} kind
   * @returns {Promise<KindState>} never rejected
   */
  async retry(kind) {
    return (await this.open({ audio: kind === "audio", video: kind === "video" }))[kind];
  }

  /**
   * Give one of them back and ask for it anew: its track looks alive and is not.
   *
   * @param {Kind} kind
   * @returns {Promise<KindState>} never rejected
   */
  renew(kind) {
    return this.#inTurn(async (signal) => {
      if (!signal.aborted && this.#devices[kind].track) {
        this.#devices[kind].release("idle");
        await this.#obtain({ audio: kind === "audio", video: kind === "video" }, signal);
      }
      return this.state[kind];
    });
  }

  /** @param {boolean} on Off is silence, not an end: the track stays */
  setMicrophone(on) {
    this.#devices.audio.switchOn(on);
    this.#changed(this.#devices.audio);
  }

  /** @param {boolean} on Off is darkness, not an end: the track stays */
  setCamera(on) {
    this.#devices.video.switchOn(on);
    this.#changed(this.#devices.video);
  }

  /**
   * Change to the camera on the other side, or the next one. `track("video")` is another one then.
   *
   * @returns {Promise<boolean>} False when there is no other that works; the old one is back then
   */
  switchCamera() {
    return this.#inTurn((signal) => this.#switchCamera(signal));
  }

  /** Stop everything: the camera's light goes off. `open` may follow. */
  close() {
    this.#session.abort();
    this.#session = new AbortController();
    this.#stream = null;
    const devices = Object.values(this.#devices);
    devices.forEach((device) => device.release("idle"));
    devices.forEach((device) => this.#changed(device));
  }

  /**
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} job The signal aborts when everything was closed meanwhile
   * @returns {Promise<T>}
   */
  #inTurn(job) {
    const { signal } = this.#session;
    const result = this.#turn.then(() => job(signal));
    const next = () => {};
    this.#turn = result.then(next, next);
    return result;
  }

  /**
   * @param {import("./obtain.js").Wanted} wanted
   * @param {AbortSignal} signal
   */
  async #obtain(wanted, signal) {
    const devices = Object.values(this.#devices).filter(
      ({ kind, track }) => wanted[kind] && !track,
    );
    if (devices.length === 0 || signal.aborted) return;
    const kinds = devices.map(({ kind }) => kind);
    const asked = { audio: kinds.includes("audio"), video: kinds.includes("video") };
    const results = await this.#ask(asked);
    for (const device of devices) {
      if (typeof results === "string") device.release(results);
      else if (signal.aborted) results[device.kind].track?.stop();
      else device.take(results[device.kind]);
    }
    if (!signal.aborted) devices.forEach((device) => this.#changed(device));
  }

  /** @param {import("./obtain.js").Wanted} wanted */
  async #ask(wanted) {
    if (!this.#isSecureContext) return "insecure";
    if (!this.#mediaDevices?.getUserMedia) return "unsupported";
    return obtain(this.#mediaDevices, wanted);
  }

  /** @param {AbortSignal} signal */
  async #switchCamera(signal) {
    const { video } = this.#devices;
    const current = video.track?.getSettings();
    const others = current ? otherCameras(current, await listCameras(this.#mediaDevices)) : [];
    if (!this.#mediaDevices || !current || others.length === 0 || signal.aborted) return false;
    // Most phones cannot open two cameras at once.
    video.release("idle");
    await new Promise((resolve) => {
      this.#clock.setTimeout(() => resolve(null), CAMERA_PAUSE_MILLISECONDS);
    });
    const cameras = [...others, sameCamera(current)];
    const result = await openFirst(this.#mediaDevices, cameras, signal);
    if (signal.aborted) {
      result.track?.stop();
      return false;
    }
    video.take(result);
    this.#changed(video);
    return result.track !== null && result.track.getSettings().deviceId !== current.deviceId;
  }

  /** @param {Device} device */
  #changed(device) {
    const { kind, track, state, muted } = device;
    if (track) this.#stream ??= new this.#MediaStreamClass();
    if (this.#stream) replaceTrack(this.#stream, kind, track);
    this.dispatchEvent(new CustomEvent("media:changed", { detail: { kind, state, muted } }));
  }
}

/**
 * @param {MediaStream} stream
 * @param {Kind} kind
 * @param {MediaStreamTrack | null} track the only one of its kind from now on
 */
function replaceTrack(stream, kind, track) {
  for (const each of stream.getTracks()) {
    if (each.kind === kind && each !== track) stream.removeTrack(each);
  }
  if (track) stream.addTrack(track);
}
