import assert from "node:assert/strict";
import { test } from "node:test";
import { EVERYTHING, scale, send } from "../../../static/js/webrtc/senders.js";
import { FakeSender } from "../fakes/rtp.js";

function sender() {
  const fake = new FakeSender(
    () => false,
    () => null,
  );
  return { fake, real: /** @type {RTCRtpSender} */ (/** @type {unknown} */ (fake)) };
}

const SMALL = {
  sound: { maxBitrate: 16_000 },
  picture: { ...EVERYTHING.picture, active: false, maxBitrate: 300_000 },
};

/** @param {{ fake: FakeSender }} of */
const encoding = ({ fake }) => fake.parameters?.encodings[0];

test("sending two shapes at the same time ends with the later one", async () => {
  const [audio, camera] = [sender(), sender()];

  await Promise.all([
    send(audio.real, camera.real, EVERYTHING),
    send(audio.real, camera.real, SMALL),
  ]);

  assert.equal(audio.fake.refused, 0);
  assert.equal(camera.fake.refused, 0);
  assert.deepEqual(encoding(audio), {
    active: true,
    maxBitrate: 16_000,
    priority: "high",
    networkPriority: "high",
  });
  assert.deepEqual(encoding(camera), {
    active: false,
    maxBitrate: 300_000,
    maxFramerate: 30,
    scaleResolutionDownBy: 1,
  });
});

test("parameters read before the last change are refused", async () => {
  const { fake, real } = sender();
  const [first, second] = [real.getParameters(), real.getParameters()];

  await real.setParameters(second);

  await assert.rejects(() => real.setParameters(first), { name: "InvalidModificationError" });
  assert.equal(fake.refused, 1);
});

/** @type {[number, number, number, number][]} */
const SCALES = [
  [1280, 720, 426.67 * 240, 3],
  [640, 360, 426.67 * 240, 1.5],
  [360, 640, 426.67 * 240, 1.5],
  [640, 480, 640 * 360, 1.155],
  [320, 240, 640 * 360, 1],
  [0, 0, 640 * 360, 1],
];

for (const [width, height, pixels, expected] of SCALES) {
  test(`a picture of ${width}×${height} for ${Math.round(pixels)} pixels is ${expected} times smaller`, () => {
    const found = scale({ getSettings: () => ({ width, height }) }, pixels);

    assert.equal(Math.round(found * 1000) / 1000, expected);
  });
}
