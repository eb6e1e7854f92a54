import { TypedEventTarget } from "../events.js";
import { systemClock } from "../clock.js";

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

  /**
   * @param {object} [options]
   * @param {typeof AudioContext} [options.AudioContextClass]
   * @param {import("../clock.js").Clock} [options.clock]
   */
  constructor({ AudioContextClass, clock = systemClock } = {}) {
    super();
    void [AudioContextClass, clock];
  }

  /**
   * Measure this track in place of the one before; null measures nothing.
   * @param {MediaStreamTrack | null} track
   */
  watch(track) {
    void track;
  }

  /** Start after a click where the browser held it back; harmless otherwise. */
  async resume() {}

  /** Let go of the track and of the audio device. */
  async close() {}
}
