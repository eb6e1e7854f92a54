import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaProblem, retryMedia } from "../../../static/js/elements/media-problem.js";

/**
 * @typedef {import("../../../static/js/media/capture.js").KindState} KindState
 * @typedef {import("../../../static/js/media/capture.js").LocalMedia} LocalMedia
 */

/** @type {[KindState, KindState, string | null][]} microphone, camera, problem */
const PROBLEMS = [
  ["on", "on", null],
  ["off", "off", null],
  ["idle", "idle", null],
  ["idle", "on", null],
  ["on", "denied", "camera-denied"],
  ["on", "busy", "camera-busy"],
  ["off", "missing", "camera-missing"],
  ["denied", "on", "microphone-denied"],
  ["busy", "off", "microphone-busy"],
  ["missing", "on", "microphone-missing"],
  ["denied", "denied", "denied"],
  ["busy", "busy", "busy"],
  ["missing", "missing", "missing"],
  // The one that the person can do something about comes first.
  ["missing", "denied", "denied"],
  ["denied", "busy", "denied"],
  ["busy", "missing", "busy"],
  ["missing", "busy", "busy"],
];
for (const [audio, video, problem] of PROBLEMS) {
  test(`media problem of microphone ${audio} and camera ${video} is ${problem ?? "none"}`, () => {
    assert.equal(mediaProblem({ audio, video }), problem);
  });
}

/** @type {[KindState, KindState, string[]][]} */
const RETRIES = [
  ["denied", "denied", ["both"]],
  ["on", "busy", ["video"]],
  ["missing", "off", ["audio"]],
  ["on", "on", []],
];
for (const [audio, video, expected] of RETRIES) {
  test(`media retry with microphone ${audio} and camera ${video} asks for ${expected.join() || "nothing"}`, async () => {
    /** @type {string[]} */
    const asked = [];
    const media = {
      state: { audio, video },
      open: async () => asked.push("both"),
      retry: async (/** @type {string} */ kind) => asked.push(kind),
    };

    await retryMedia(/** @type {LocalMedia} */ (/** @type {unknown} */ (media)));

    assert.deepEqual(asked, expected);
  });
}
