/**
 * @typedef {"audio" | "video"} Kind
 * @typedef {{ deviceId: string, kind: "audioinput" | "videoinput", facingMode?: string }} FakeDevice
 */

/** A track of a device that a test can take away. */
export class FakeTrack extends EventTarget {
  enabled = true;
  muted = false;
  contentHint = "";
  /** @type {"live" | "ended"} */
  readyState = "live";

  /** @param {FakeDevice} device */
  constructor(device) {
    super();
    this.device = device;
    /** @type {Kind} */
    this.kind = device.kind === "audioinput" ? "audio" : "video";
    this.label = `label of ${device.deviceId}`;
  }

  stop() {
    this.readyState = "ended";
  }

  getSettings() {
    const { deviceId, facingMode } = this.device;
    return { deviceId, ...(facingMode === undefined ? {} : { facingMode }) };
  }

  /** @param {boolean} muted The system takes the device away or gives it back */
  mute(muted) {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }

  /** The device is unplugged. */
  end() {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

/** A set of tracks. */
export class FakeMediaStream {
  /** @type {Set<FakeTrack>} */
  #tracks;

  /** @param {FakeTrack[]} [tracks] */
  constructor(tracks = []) {
    this.#tracks = new Set(tracks);
  }

  getTracks() {
    return [...this.#tracks];
  }

  getAudioTracks() {
    return this.getTracks().filter(({ kind }) => kind === "audio");
  }

  getVideoTracks() {
    return this.getTracks().filter(({ kind }) => kind === "video");
  }

  /** @param {FakeTrack} track */
  addTrack(track) {
    this.#tracks.add(track);
  }

  /** @param {FakeTrack} track */
  removeTrack(track) {
    this.#tracks.delete(track);
  }
}

export const MICROPHONE = /** @type {FakeDevice} */ ({
  deviceId: "microphone",
  kind: "audioinput",
});
export const CAMERA = /** @type {FakeDevice} */ ({ deviceId: "camera", kind: "videoinput" });
export const FRONT = /** @type {FakeDevice} */ ({
  deviceId: "front",
  kind: "videoinput",
  facingMode: "user",
});
export const BACK = /** @type {FakeDevice} */ ({
  deviceId: "back",
  kind: "videoinput",
  facingMode: "environment",
});

/** Devices, and what stands in the way of each. */
export class FakeMediaDevices extends EventTarget {
  /** @type {MediaStreamConstraints[]} */
  asked = [];
  /** @type {FakeTrack[]} every track ever given */
  given = [];
  /** @type {Map<string, string>} by device id: the name of the error that asking for it gives */
  errors = new Map();
  /** Whether cameras reach 20 frames a second. */
  isFast = true;
  /** How many devices of one kind work at a time; a phone's cameras only one. */
  atATime = Infinity;

  /** @param {FakeDevice[]} devices */
  constructor(...devices) {
    super();
    this.devices = devices;
  }

  /** @param {MediaStreamConstraints} constraints */
  async getUserMedia(constraints) {
    this.asked.push(constraints);
    const devices = [
      ...(constraints.audio ? [this.#choose("audioinput", constraints.audio)] : []),
      ...(constraints.video ? [this.#choose("videoinput", constraints.video)] : []),
    ];
    const tracks = devices.map((device) => new FakeTrack(device));
    this.given.push(...tracks);
    return new FakeMediaStream(tracks);
  }

  async enumerateDevices() {
    return this.devices.map(({ deviceId, kind }) => ({
      deviceId,
      kind,
      label: `label of ${deviceId}`,
    }));
  }

  /** @returns {FakeTrack[]} whose devices are held: their lights burn */
  get live() {
    return this.given.filter(({ readyState }) => readyState === "live");
  }

  /**
   * @param {FakeDevice["kind"]} kind
   * @param {true | MediaTrackConstraints} wanted
   * @returns {FakeDevice}
   */
  #choose(kind, wanted) {
    const constraints = wanted === true ? {} : wanted;
    const ofKind = this.devices.filter((device) => device.kind === kind);
    if (ofKind.length === 0) throw named("NotFoundError");
    const exact = (/** @type {ConstrainDOMString | undefined} */ constraint) =>
      /** @type {{ exact?: string } | undefined} */ (constraint)?.exact;
    const device = ofKind.find(
      ({ deviceId, facingMode }) =>
        (exact(constraints.deviceId) ?? deviceId) === deviceId &&
        (exact(constraints.facingMode) ?? facingMode) === facingMode,
    );
    const minimum = /** @type {ConstrainDoubleRange | undefined} */ (constraints.frameRate)?.min;
    if (!device || (minimum && !this.isFast)) throw named("OverconstrainedError");
    const error = this.errors.get(device.deviceId);
    if (error !== undefined) throw named(error);
    const held = this.live.filter((track) => track.device.kind === kind);
    if (held.length >= this.atATime) throw named("NotReadableError");
    return device;
  }
}

/** @param {string} name */
const named = (name) => Object.assign(new Error(`no device: ${name}`), { name });
