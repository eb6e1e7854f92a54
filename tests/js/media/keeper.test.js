import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalMedia } from "../../../static/js/media/capture.js";
import { DeviceKeeper } from "../../../static/js/media/keeper.js";
import { FakeClock, settled } from "../fakes/clock.js";
import { CAMERA, FakeMediaDevices, FakeMediaStream, MICROPHONE } from "../fakes/media.js";

/** @typedef {import("../fakes/media.js").FakeTrack} FakeTrack */

/** Camera and microphone in use, and somebody who keeps them. */
async function setUp() {
  const clock = new FakeClock();
  const mediaDevices = new FakeMediaDevices(MICROPHONE, CAMERA);
  const media = new LocalMedia({
    mediaDevices: /** @type {MediaDevices} */ (/** @type {unknown} */ (mediaDevices)),
    isSecureContext: true,
    MediaStreamClass: /** @type {typeof MediaStream} */ (/** @type {unknown} */ (FakeMediaStream)),
    clock,
  });
  await media.open();
  const keeper = new DeviceKeeper(media, clock);
  const changes = new EventTarget();
  const abort = new AbortController();
  keeper.listen(changes, abort.signal);
  mediaDevices.asked.splice(0);
  const track = (/** @type {"audio" | "video"} */ kind) =>
    /** @type {FakeTrack} */ (/** @type {unknown} */ (media.track(kind)));
  const plug = () => changes.dispatchEvent(new Event("devicechange"));
  return { abort, clock, keeper, media, mediaDevices, plug, track };
}

test("keeper asks once for another microphone when one is unplugged", async () => {
  const { clock, media, mediaDevices, track } = await setUp();

  track("audio").end();
  clock.advance(300);
  await settled();

  assert.equal(mediaDevices.asked.length, 1);
  assert.deepEqual(media.state, { audio: "on", video: "on" });
});

test("keeper takes a camera back when it is plugged in again", async () => {
  const { clock, media, mediaDevices, plug, track } = await setUp();
  mediaDevices.devices = [MICROPHONE];
  track("video").end();
  clock.advance(300);
  await settled();
  assert.deepEqual(media.state, { audio: "on", video: "missing" });

  mediaDevices.devices = [MICROPHONE, CAMERA];
  plug();
  plug();
  clock.advance(300);
  await settled();

  assert.deepEqual(media.state, { audio: "on", video: "on" });
});

test("keeper leaves devices alone that were never in use", async () => {
  const { clock, media, mediaDevices, plug } = await setUp();
  media.close();

  plug();
  clock.advance(300);
  await settled();

  assert.deepEqual(mediaDevices.asked, []);
  assert.equal(media.active, false);
});

test("keeper renews a microphone that a phone call gave back, although it claims to be live", async () => {
  const { media, mediaDevices, track } = await setUp();
  const before = track("audio");

  before.mute(true);
  await settled();
  assert.equal(mediaDevices.asked.length, 0);
  before.mute(false);
  await settled();

  assert.equal(before.readyState, "ended");
  assert.notEqual(track("audio"), before);
  assert.deepEqual(media.state, { audio: "on", video: "on" });
});

test("keeper renews what is still muted when the person comes back to the page", async () => {
  const { keeper, track } = await setUp();
  const before = track("video");
  before.mute(true);

  keeper.pageShown();
  await settled();

  assert.notEqual(track("video"), before);
  assert.equal(track("video").muted, false);
});

test("keeper renews a device that flickers once in five seconds at most", async () => {
  const { clock, mediaDevices, track } = await setUp();
  for (let flicker = 0; flicker < 4; flicker += 1) {
    track("audio").mute(true);
    track("audio").mute(false);
    await settled();
  }
  assert.equal(mediaDevices.asked.length, 1);

  clock.advance(5000);
  track("audio").mute(true);
  track("audio").mute(false);
  await settled();

  assert.equal(mediaDevices.asked.length, 2);
});

test("keeper that is told to stop does nothing more", async () => {
  const { abort, clock, mediaDevices, track } = await setUp();
  track("audio").end();

  abort.abort();
  clock.advance(1000);
  await settled();

  assert.deepEqual(mediaDevices.asked, []);
});
