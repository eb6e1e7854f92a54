import assert from "node:assert/strict";
import { test } from "node:test";
import { ladder } from "../../../static/js/quality/steps.js";
import { scale } from "../../../static/js/webrtc/senders.js";

/** @param {readonly import("../../../static/js/quality/steps.js").Step[]} steps */
const names = (steps) => steps.map(({ name }) => name).join(" ");

/** @type {[string, boolean, number, string][]} */
const LADDERS = [
  ["no camera", false, 0, "full medium small paused"],
  ["1920×1080", false, 1920 * 1080, "full medium small paused"],
  ["1280×720", false, 1280 * 720, "full medium small paused"],
  ["640×480", false, 640 * 480, "full medium small paused"],
  ["640×360", false, 640 * 360, "medium small paused"],
  ["320×240", false, 320 * 240, "small paused"],
  ["a close-up of 640×360", true, 640 * 360, "full medium small paused"],
];

for (const [what, detail, captured, expected] of LADDERS) {
  test(`steps for ${what} are ${expected}`, () => {
    assert.equal(names(ladder(detail, captured)), expected);
  });
}

test("every picture that is sent can be used, and the last step sends none", () => {
  const cameras = [
    [1280, 720],
    [720, 1280],
    [640, 480],
    [640, 360],
    [960, 540],
  ];
  for (const [width = 0, height = 0] of cameras) {
    for (const detail of [false, true]) {
      for (const { picture } of ladder(detail, width * height)) {
        const by = scale({ getSettings: () => ({ width, height }) }, picture.pixels);
        const pixels = Math.floor(width / by) * Math.floor(height / by);
        assert.ok(pixels >= 76_800, `${width}×${height} by ${by}`);
        assert.ok(detail || picture.maxFramerate >= 20);
      }
    }
  }
  assert.equal(ladder(false, 0).at(-1)?.picture.active, false);
});

test("each step down asks for less", () => {
  for (const detail of [false, true]) {
    const floors = ladder(detail, 0).map(({ floor }) => floor);
    assert.deepEqual(
      floors,
      floors.toSorted((one, other) => other - one),
    );
    for (const { floor, target } of ladder(detail, 0)) assert.ok(target >= floor);
  }
});
