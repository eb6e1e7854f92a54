import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalMedia } from "../../../static/js/media/capture.js";
import { CameraLease } from "../../../static/js/room/camera-lease.js";
import { CAMERA, FakeMediaDevices, FakeMediaStream, MICROPHONE } from "../fakes/media.js";
import { rest } from "../fakes/turns.js";

/** @param {import("node:test").TestContext} t */
function makeLease(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const devices = new FakeMediaDevices(MICROPHONE, CAMERA);
  /** @type {((state: { state: string }) => void)[]} */
  const questions = [];
  const media = new LocalMedia({
    mediaDevices: /** @type {MediaDevices} */ (/** @type {unknown} */ (devices)),
    permissions: /** @type {Permissions} */ (
      /** @type {unknown} */ ({
        query: () => new Promise((resolve) => questions.push(resolve)),
      })
    ),
    isSecureContext: true,
    MediaStreamClass: /** @type {typeof MediaStream} */ (/** @type {unknown} */ (FakeMediaStream)),
  });
  const answer = async (/** @type {string} */ state) => {
    // Camera and microphone are asked for one after the other.
    for (let count = 0; count < 4; count += 1) {
      for (const resolve of questions.splice(0)) resolve({ state });
      await rest(5);
    }
  };
  return { lease: new CameraLease(media), devices, answer };
}

test("lease takes both devices at once, and asks once for all who want them", async (t) => {
  const { lease, devices } = makeLease(t);

  await Promise.all([lease.take(), lease.take(), lease.take()]);
  await lease.take();

  assert.equal(devices.live.length, 2);
  assert.equal(devices.asked.length, 1);
});

test("lease takes nothing by itself without permission", async (t) => {
  const { lease, devices, answer } = makeLease(t);

  const taken = lease.takeIfGranted();
  await answer("prompt");
  await taken;

  assert.deepEqual(devices.asked, []);
});

test("lease takes nothing when the last one left while the browser was thinking", async (t) => {
  const { lease, devices, answer } = makeLease(t);

  const taken = lease.takeIfGranted();
  lease.releaseLater();
  await answer("granted");
  await taken;

  assert.deepEqual(devices.asked, []);
});

test("lease takes the devices when somebody else came while the browser was thinking", async (t) => {
  const { lease, devices, answer } = makeLease(t);

  const first = lease.takeIfGranted();
  lease.releaseLater();
  const second = lease.takeIfGranted();
  await answer("granted");
  await Promise.all([first, second]);
  t.mock.timers.tick(10 * 60_000);

  assert.equal(devices.live.length, 2);
});

test("lease lets go after two minutes, unless it is taken again", async (t) => {
  const { lease, devices } = makeLease(t);
  await lease.take();

  lease.releaseLater();
  t.mock.timers.tick(119_999);
  assert.equal(devices.live.length, 2);
  await lease.take();
  t.mock.timers.tick(10 * 60_000);
  assert.equal(devices.live.length, 2);
  lease.releaseLater();
  t.mock.timers.tick(120_000);

  assert.deepEqual(devices.live, []);
});

test("lease that is closed while the browser asks gives nothing, and the next one everything", async (t) => {
  const { lease, devices } = makeLease(t);

  const first = lease.take();
  lease.close();
  const second = lease.take();
  await Promise.all([first, second]);

  assert.equal(devices.live.length, 2);
});
