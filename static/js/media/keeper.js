import { systemClock } from "../clock.js";

/**
 * @typedef {import("./device.js").Kind} Kind
 * @typedef {import("./capture.js").LocalMedia} LocalMedia
 */

/** Systems announce a headset in several pieces. */
const SETTLE_MILLISECONDS = 300;
/** How soon after one renewal the same device may be renewed again. */
const REST_MILLISECONDS = 5000;

/**
 * Gets camera and microphone back after what systems do to them, without asking the person anything.
 *
 * - A device that was unplugged is asked for again, once at once (another may be the default now) and whenever devices change.
 * - A device that a phone call took away for a while is asked for anew when it is given back, even if its track claims to be
 *   live: on iPhones such a track stays silent or dark.
 */
export class DeviceKeeper {
  #media;
  #clock;
  /** @type {Set<Kind>} Unplugged while in use */
  #lost = new Set();
  /** @type {Set<Kind>} Taken away by the system, and not renewed since */
  #interrupted = new Set();
  /** @type {Map<Kind, number>} */
  #renewedAt = new Map();
  /** @type {unknown} */
  #timer;

  /**
   * @param {LocalMedia} media
   * @param {import("../clock.js").Clock} [clock]
   */
  constructor(media, clock = systemClock) {
    this.#media = media;
    this.#clock = clock;
  }

  /**
   * @param {EventTarget | undefined} mediaDevices  Tells `devicechange`, where the browser does
   * @param {AbortSignal} signal  Ends it
   */
  listen(mediaDevices, signal) {
    this.#media.addEventListener("media:changed", ({ detail }) => this.#heard(detail), { signal });
    mediaDevices?.addEventListener("devicechange", () => this.#retryLater(), { signal });
    signal.addEventListener("abort", () => this.#clock.clearTimeout(this.#timer), { once: true });
  }

  /** The person looks at the page again: what the system took meanwhile can be had back. */
  pageShown() {
    for (const kind of [...this.#interrupted]) this.#renew(kind);
  }

  /** @param {{ kind: Kind, state: string, muted: boolean }} change */
  #heard({ kind, state, muted }) {
    const held = this.#media.track(kind) !== null;
    if (muted) this.#interrupted.add(kind);
    else if (held && this.#interrupted.has(kind)) this.#renew(kind);
    if (held || state === "idle") this.#lost.delete(kind);
    else if (state === "missing" && !this.#lost.has(kind)) {
      this.#lost.add(kind);
      this.#retryLater();
    }
  }

  #retryLater() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => {
      for (const kind of this.#lost) void this.#media.retry(kind); // never rejected
    }, SETTLE_MILLISECONDS);
  }

  /** @param {Kind} kind */
  #renew(kind) {
    this.#interrupted.delete(kind);
    const now = this.#clock.now();
    if (now - (this.#renewedAt.get(kind) ?? -Infinity) < REST_MILLISECONDS) return;
    this.#renewedAt.set(kind, now);
    void this.#media.renew(kind); // never rejected
  }
}
