const RELEASE_MILLISECONDS = 2 * 60 * 1000;

/**
 * When the consulting room holds camera and microphone: from the first who waits until two minutes after the last left, so
 * that a click on "Admit" needs no browser dialog, and no camera light burns all day.
 */
export class CameraLease {
  #media;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<unknown> | null} */
  #opening = null;

  /** @param {import("../media/capture.js").LocalMedia} media */
  constructor(media) {
    this.#media = media;
  }

  /** Take them now; the browser may ask. Calls at the same time share one question. */
  async take() {
    clearTimeout(this.#timer);
    if (this.#media.active) return;
    this.#opening ??= this.#media.open().finally(() => {
      this.#opening = null;
    });
    await this.#opening;
  }

  /** Take them if the browser will not ask. */
  async takeIfGranted() {
    clearTimeout(this.#timer);
    if (await this.#media.isGranted()) await this.take();
  }

  /** Let them go in two minutes, unless somebody comes. */
  releaseLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#media.close(), RELEASE_MILLISECONDS);
  }

  /** Let them go now. */
  close() {
    clearTimeout(this.#timer);
    this.#media.close();
  }
}
