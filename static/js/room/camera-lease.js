const RELEASE_MILLISECONDS = 2 * 60 * 1000;

/**
 * When the consulting room holds camera and microphone: from the first who waits until two minutes after the last left, so
 * that a click on "Admit" needs no browser dialog, and no camera light burns all day.
 */
export class CameraLease {
  #media;
  /** Whether somebody waits for what takes its time. */
  #wanted = false;
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
    this.#want();
    if (this.#media.active) return;
    this.#opening ??= this.#open();
    await this.#opening;
  }

  /** Take them if the browser will not ask. */
  async takeIfGranted() {
    this.#want();
    const granted = await this.#media.isGranted();
    // The last one may have left while the browser was thinking.
    if (granted && this.#wanted) await this.take();
  }

  /** Let them go in two minutes, unless somebody comes. */
  releaseLater() {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), RELEASE_MILLISECONDS);
  }

  /** Let them go now. */
  close() {
    this.#wanted = false;
    clearTimeout(this.#timer);
    // What is being opened now will not be ours; whoever comes next opens anew.
    this.#opening = null;
    this.#media.close();
  }

  #want() {
    this.#wanted = true;
    clearTimeout(this.#timer);
  }

  #open() {
    const opening = this.#media.open().finally(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    return opening;
  }
}
