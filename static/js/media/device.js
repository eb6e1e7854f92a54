const HINTS = { audio: "speech", video: "motion" };

/**
 * @typedef {"audio" | "video"} Kind
 * @typedef {"idle" | "on" | "off" | "missing" | "denied" | "busy" | "insecure" | "unsupported"} KindState
 *   `idle`: not asked for, or closed
 */

/** The microphone or the camera: its track, or why there is none. */
export class Device {
  /** @type {MediaStreamTrack | null} live, or null */
  track = null;
  /** @type {KindState} */
  #absence = "idle";
  #on = true;
  #changed;
  #listening = new AbortController();

  /**
   * @param {Kind} kind
   * @param {(device: Device) => void} changed is called when the system mutes, unmutes or ends the track
   */
  constructor(kind, changed) {
    this.kind = kind;
    this.#changed = changed;
  }

  /** @returns {KindState} */
  get state() {
    if (!this.track) return this.#absence;
    return this.#on ? "on" : "off";
  }

  /** @returns {boolean} Whether the system has taken the device away for a while */
  get muted() {
    return this.track?.muted ?? false;
  }

  /** @returns {"on" | "off" | "missing"} What the other side should read */
  get showing() {
    const { state } = this;
    if (state === "on") return "on";
    return state === "off" || state === "idle" ? "off" : "missing";
  }

  /**
   * Switched off is silence or darkness, not an end: the track stays. It also holds for tracks to come.
   *
   * @param {boolean} on
   */
  switchOn(on) {
    this.#on = on;
    if (this.track) this.track.enabled = on;
  }

  /**
   * Take what was obtained in place of what there was.
   *
   * @param {import("./obtain.js").Result} result
   */
  take({ track, problem }) {
    this.release(problem ?? "idle");
    if (!track) return;
    this.track = track;
    track.enabled = this.#on;
    track.contentHint = HINTS[this.kind];
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    track.addEventListener("mute", () => this.#changed(this), { signal });
    track.addEventListener("unmute", () => this.#changed(this), { signal });
    track.addEventListener("ended", () => this.#end(), { signal });
  }

  /**
   * Stop the track: the light goes off.
   *
   * @param {KindState} absence what `state` says from now on
   */
  release(absence) {
    this.#listening.abort();
    this.track?.stop();
    this.track = null;
    this.#absence = absence;
  }

  #end() {
    this.release("missing");
    this.#changed(this);
  }
}
