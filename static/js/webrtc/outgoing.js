/**
 * @typedef {import("../media/capture.js").LocalMedia} LocalMedia
 * @typedef {import("./conversation.js").Conversation} Conversation
 */

const NOTHING = Object.freeze({ audio: null, video: null });

/**
 * Our own sound and picture: to which conversation they flow, and what the other side is told about them. They flow to one
 * conversation at most, and to none unless `flow` was called.
 */
export class Outgoing {
  #media;
  /** @type {"visible" | "hidden"} */
  #page = "visible";
  /** @type {Conversation | null} Who is told */
  #conversation = null;
  #flowing = false;
  #paused = false;

  /**
   * @param {LocalMedia} media
   * @param {AbortSignal} signal  Ends it
   */
  constructor(media, signal) {
    this.#media = media;
    media.addEventListener("media:changed", () => void this.#renew(), { signal });
  }

  /**
   * Tell what we would send, without sending it.
   * @param {Conversation} conversation
   */
  announce(conversation) {
    this.#conversation = conversation;
    this.#flowing = false;
    this.#say();
  }

  /**
   * Let sound and picture flow from now on, also those of a device that comes later.
   * @param {Conversation} conversation
   */
  async flow(conversation) {
    const former = this.#conversation;
    this.#conversation = conversation;
    this.#flowing = true;
    if (former !== conversation) await former?.attach(NOTHING);
    // Meanwhile it may have been stopped, or called for by somebody else.
    await this.#renew();
  }

  /** Let nothing flow any more. */
  async stop() {
    this.#flowing = false;
    await this.#conversation?.attach(NOTHING);
  }

  /** @param {boolean} on */
  setMicrophone(on) {
    this.#media.setMicrophone(on); // which tells of the change
  }

  /** @param {boolean} on */
  setCamera(on) {
    this.#media.setCamera(on);
  }

  /** @param {boolean} paused  Whether our picture is held back for want of room */
  setPaused(paused) {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#say();
  }

  /** @param {"visible" | "hidden"} page  Whether the person can see the page */
  setPage(page) {
    this.#page = page;
    this.#say();
  }

  /** Change to the other camera of this device. */
  async switchCamera() {
    await this.#media.switchCamera();
  }

  async #renew() {
    this.#say();
    if (!this.#flowing) return;
    await this.#conversation?.attach({
      audio: this.#media.track("audio"),
      video: this.#media.track("video"),
    });
  }

  #say() {
    const { microphone, camera } = this.#media;
    this.#conversation?.say({
      type: "state",
      microphone,
      camera: camera === "on" && this.#paused ? "paused" : camera,
      page: this.#page,
    });
  }
}
