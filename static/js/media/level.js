import { systemClock } from "../clock.js";
import { TypedEventTarget } from "../events.js";

const MEASURE_MILLISECONDS = 100;
const SILENT_MILLISECONDS = 3000;
const SAMPLES = 2048;

/** Loudest and softest of what a voice reaches, in dB below full scale. */
const CEILING_DECIBEL = -10;
const FLOOR_DECIBEL = -60;
const LEVELS = 10;

/**
 * @typedef {{
 *   "level:changed": { level: number },
 *   "level:silent": null,
 *   "level:heard": null,
 * }} LevelEvents
 * - level:changed: 0 to 10, at most ten times a second
 * - level:silent: nothing but zeros for 3 s, although switched on: the microphone is dead
 * - level:heard: after `level:silent`: it is alive
 */

/**
 * How loud a track is.
 *
 * @augments {TypedEventTarget<LevelEvents>}
 */
export class LevelMeter extends TypedEventTarget {
  /** 0 to 10 */
  level = 0;
  /** Whether the microphone gives nothing but zeros. */
  silent = false;

  #AudioContextClass;
  #MediaStreamClass;
  #clock;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  /** @type {{ source: MediaStreamAudioSourceNode, analyser: AnalyserNode } | null} */
  #nodes = null;
  /** @type {unknown} */
  #timer = null;
  /** @type {number | null} */
  #zerosSince = null;
  #samples = new Float32Array(SAMPLES);

  /**
   * @param {object} [options]
   * @param {typeof AudioContext} [options.AudioContextClass]
   * @param {typeof MediaStream} [options.MediaStreamClass]
   * @param {import("../clock.js").Clock} [options.clock]
   */
  constructor({
    AudioContextClass = globalThis.AudioContext,
    MediaStreamClass = globalThis.MediaStream,
    clock = systemClock,
  } = {}) {
    super();
    this.#AudioContextClass = AudioContextClass;
    this.#MediaStreamClass = MediaStreamClass;
    this.#clock = clock;
  }

  /**
   * Measure this track in place of the one before; null measures nothing.
   *
   * @param {MediaStreamTrack | null} track
   */
  watch(track) {
    if (track === this.#track) return;
    this.#disconnect();
    this.#track = track;
    if (!track) {
      this.#show(0);
      return;
    }
    this.#context ??= new this.#AudioContextClass();
    const source = this.#context.createMediaStreamSource(new this.#MediaStreamClass([track]));
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = SAMPLES;
    source.connect(analyser);
    this.#nodes = { source, analyser };
    this.resume();
    this.#measureLater();
  }

  /** Start after a click where the browser held it back; harmless otherwise. */
  resume() {
    // Rejected when closed meanwhile; while it is held back nothing is measured, and nothing called silent.
    this.#context?.resume().catch(() => {});
  }

  /** Let go of the track and of the audio device. */
  async close() {
    this.watch(null);
    const context = this.#context;
    this.#context = null;
    await context?.close();
  }

  #disconnect() {
    this.#clock.clearTimeout(this.#timer);
    this.#nodes?.source.disconnect();
    this.#nodes = null;
    this.#zerosSince = null;
    this.silent = false;
  }

  #measureLater() {
    this.#timer = this.#clock.setTimeout(() => {
      this.#measure();
      this.#measureLater();
    }, MEASURE_MILLISECONDS);
  }

  #measure() {
    this.#nodes?.analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / SAMPLES;
    // It falls by one step at a time: what jumps cannot be read.
    this.#show(Math.max(levelOf(power), this.level - 1));
    this.#listenForSilence(power === 0);
  }

  /** @param {number} level */
  #show(level) {
    if (level === this.level) return;
    this.level = level;
    this.dispatchEvent(new CustomEvent("level:changed", { detail: { level } }));
  }

  /** @param {boolean} zeros */
  #listenForSilence(zeros) {
    if (!zeros) {
      this.#zerosSince = null;
      if (this.silent) this.#become(false);
    } else if (!this.#track?.enabled || this.#context?.state !== "running") {
      this.#zerosSince = null;
    } else {
      this.#zerosSince ??= this.#clock.now();
      const lasted = this.#clock.now() - this.#zerosSince;
      if (lasted >= SILENT_MILLISECONDS && !this.silent) this.#become(true);
    }
  }

  /** @param {boolean} silent */
  #become(silent) {
    this.silent = silent;
    this.dispatchEvent(new CustomEvent(silent ? "level:silent" : "level:heard"));
  }
}

/**
 * @param {number} power mean square of the samples, 0 to 1
 * @returns {number} 0 to LEVELS
 */
function levelOf(power) {
  const decibel = 10 * Math.log10(power);
  const share = (decibel - FLOOR_DECIBEL) / (CEILING_DECIBEL - FLOOR_DECIBEL);
  return Math.round(LEVELS * Math.min(1, Math.max(0, share)));
}
