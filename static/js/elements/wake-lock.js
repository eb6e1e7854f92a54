/** Keeps the screen awake while somebody waits or talks; a browser without it, or a low battery, is no failure. */
export class WakeLock {
  /** @type {WakeLockSentinel | null} */
  #sentinel = null;
  #wanted = false;

  /** @param {boolean} wanted */
  async keep(wanted) {
    this.#wanted = wanted;
    if (!wanted) {
      await this.#sentinel?.release();
      this.#sentinel = null;
    } else if ((!this.#sentinel || this.#sentinel.released) && !document.hidden) {
      try {
        this.#sentinel = (await navigator.wakeLock?.request("screen")) ?? null;
      } catch {
        this.#sentinel = null;
      }
      if (!this.#wanted) await this.keep(false);
    }
  }
}
