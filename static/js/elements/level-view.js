import { setText } from "./parts.js";
import { words } from "./words.js";

/** Shows how loud the microphone is, and says in words whether it works at all. */
export class LevelView {
  #meter;
  #bar;
  #words;
  #heard = false;

  /**
   * @param {HTMLElement} bar  `role="meter"`
   * @param {HTMLElement} sentence
   * @param {import("../media/level.js").LevelMeter} meter
   */
  constructor(bar, sentence, meter) {
    this.#bar = bar;
    this.#words = sentence;
    this.#meter = meter;
    meter.addEventListener("level:changed", ({ detail }) => this.#show(detail.level));
    meter.addEventListener("level:silent", () => this.#say());
    meter.addEventListener("level:heard", () => this.#say());
  }

  /** @param {MediaStreamTrack | null} track */
  watch(track) {
    this.#meter.watch(track);
    this.#words.hidden = track === null;
    this.#say();
  }

  /** Let go of the audio device. */
  async close() {
    await this.#meter.close();
  }

  /** @param {number} level  0 to 10 */
  #show(level) {
    this.#bar.dataset["level"] = String(level);
    this.#bar.ariaValueNow = String(level);
    if (level > 1 && !this.#heard) {
      this.#heard = true;
      this.#say();
    }
  }

  #say() {
    const key = this.#meter.silent
      ? "preview.silent"
      : this.#heard
        ? "preview.moves"
        : "preview.speak";
    setText(this.#words, words.say(key));
  }
}
