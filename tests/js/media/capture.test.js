import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalMedia } from "../../../static/js/media/capture.js";
import { FakeClock, settled } from "../fakes/clock.js";
import {
  BACK,
  CAMERA,
  FakeMediaDevices,
  FakeMediaStream,
  FRONT,
  MICROPHONE,
} from "../fakes/media.js";

/**
 * @typedef {import("../../../static/js/media/capture.js").MediaState} MediaState
 * @typedef {import("../fakes/media.js").FakeDevice} FakeDevice
 */

/** @param {FakeDevice[]} devices */
function setUp(...devices) {
  const clock = new FakeClock();
  const mediaDevices = new FakeMediaDevices(...devices);
  const media = new LocalMedia({
    mediaDevices: /** @type {MediaDevices} */ (/** @type {unknown} */ (mediaDevices)),
    isSecureContext: true,
    MediaStreamClass: /** @type {typeof MediaStream} */ (/** @type {unknown} */ (FakeMediaStream)),
    clock,
  });
  /** @type {string[]} */
  const told = [];
  media.addEventListener("media:changed", ({ detail: { kind, state, muted } }) => {
    told.push(`${kind} ${state}${muted ? " muted" : ""}`);
  });
  const ask = () => mediaDevices.asked.map(({ audio, video }) => [Boolean(audio), Boolean(video)]);
  return { clock, mediaDevices, media, told, ask };
}

/**
 * The same with everything open.
 * @param {FakeDevice[]} devices
 */
async function setUpOpen(...devices) {
  const world = setUp(...devices);
  await world.media.open();
  world.told.splice(0);
  world.mediaDevices.asked.splice(0);
  return world;
}

const kinds = (/** @type {MediaStream | null} */ stream) =>
  stream?.getTracks().map(({ kind }) => kind);

test("media opened ask once for both and are on", async () => {
  const { media, mediaDevices, told } = setUp(MICROPHONE, CAMERA);
  assert.deepEqual(media.state, { audio: "idle", video: "idle" });
  assert.equal(media.active, false);

  const state = await media.open();

  assert.deepEqual(state, { audio: "on", video: "on" });
  assert.deepEqual(mediaDevices.asked, [
    {
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      video: {
        width: { ideal: 1280, min: 320 },
        height: { ideal: 720, min: 240 },
        frameRate: { ideal: 30, min: 20 },
        facingMode: "user",
      },
    },
  ]);
  assert.deepEqual(kinds(media.stream), ["audio", "video"]);
  assert.equal(media.track("audio")?.contentHint, "speech");
  assert.equal(media.track("video")?.contentHint, "motion");
  assert.equal(media.active, true);
  assert.deepEqual(told, ["audio on", "video on"]);
});

test("media opened for sound alone leave the camera alone", async () => {
  const { media, ask } = setUp(MICROPHONE, CAMERA);

  const state = await media.open({ audio: true, video: false });

  assert.deepEqual(state, { audio: "on", video: "idle" });
  assert.deepEqual(ask(), [[true, false]]);
  assert.equal(media.microphone, "on");
  assert.equal(media.camera, "off");
});

test("media opened twice ask once", async () => {
  const { media, mediaDevices } = setUp(MICROPHONE, CAMERA);

  await Promise.all([media.open(), media.open()]);

  assert.equal(mediaDevices.asked.length, 1);
});

test("media with a slow camera take it nevertheless", async () => {
  const { media, mediaDevices } = setUp(MICROPHONE, CAMERA);
  mediaDevices.isFast = false;

  const state = await media.open();

  assert.deepEqual(state, { audio: "on", video: "on" });
  assert.deepEqual(mediaDevices.asked[1]?.video, {
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30 },
    facingMode: "user",
  });
});

/** @type {[string, Record<string, string>, FakeDevice[], MediaState, boolean[][]][]} */
const FAILURES = [
  [
    "denied altogether",
    { microphone: "NotAllowedError", camera: "NotAllowedError" },
    [MICROPHONE, CAMERA],
    { audio: "denied", video: "denied" },
    [
      [true, true],
      [true, false],
      [false, true],
    ],
  ],
  [
    "with the camera denied",
    { camera: "NotAllowedError" },
    [MICROPHONE, CAMERA],
    { audio: "on", video: "denied" },
    [
      [true, true],
      [true, false],
    ],
  ],
  [
    "with the microphone denied",
    { microphone: "SecurityError" },
    [MICROPHONE, CAMERA],
    { audio: "denied", video: "on" },
    [
      [true, true],
      [true, false],
      [false, true],
    ],
  ],
  [
    "without a camera",
    {},
    [MICROPHONE],
    { audio: "on", video: "missing" },
    [
      [true, true],
      [true, false],
      [false, true],
    ],
  ],
  [
    "without any device",
    {},
    [],
    { audio: "missing", video: "missing" },
    [
      [true, true],
      [true, false],
      [false, true],
    ],
  ],
  [
    "with the camera in another program",
    { camera: "NotReadableError" },
    [MICROPHONE, CAMERA],
    { audio: "on", video: "busy" },
    [
      [true, true],
      [true, false],
      [false, true],
    ],
  ],
  [
    "with a microphone that fails",
    { microphone: "AbortError" },
    [MICROPHONE, CAMERA],
    { audio: "busy", video: "on" },
    [
      [true, true],
      [true, false],
      [false, true],
    ],
  ],
  [
    "with an error nobody knows",
    { camera: "WeatherError" },
    [MICROPHONE, CAMERA],
    { audio: "on", video: "busy" },
    [
      [true, true],
      [true, false],
      [false, true],
    ],
  ],
];

for (const [what, errors, devices, state, asked] of FAILURES) {
  test(`media ${what} are ${state.audio} and ${state.video}`, async () => {
    const { media, mediaDevices, ask, told } = setUp(...devices);
    mediaDevices.errors = new Map(Object.entries(errors));

    assert.deepEqual(await media.open(), state);

    assert.deepEqual(ask(), asked);
    assert.deepEqual(told, [`audio ${state.audio}`, `video ${state.video}`]);
    assert.equal(media.microphone, state.audio === "on" ? "on" : "missing");
    assert.equal(media.camera, state.video === "on" ? "on" : "missing");
    assert.equal(
      mediaDevices.live.length,
      Number(media.microphone === "on") + Number(media.camera === "on"),
    );
  });
}

test("media in an insecure page are insecure and ask nothing", async () => {
  const mediaDevices = new FakeMediaDevices(MICROPHONE, CAMERA);
  const media = new LocalMedia({
    mediaDevices: /** @type {MediaDevices} */ (/** @type {unknown} */ (mediaDevices)),
    isSecureContext: false,
  });

  assert.deepEqual(await media.open(), { audio: "insecure", video: "insecure" });
  assert.deepEqual(mediaDevices.asked, []);
});

test("media in a browser without devices are unsupported", async () => {
  const media = new LocalMedia({ mediaDevices: undefined, isSecureContext: true });

  assert.deepEqual(await media.open(), { audio: "unsupported", video: "unsupported" });
  assert.equal(await media.cameraCount(), 0);
});

test("media asked again for the camera keep the microphone as it is", async () => {
  const { media, mediaDevices, ask } = setUp(MICROPHONE, CAMERA);
  mediaDevices.errors.set("camera", "NotReadableError");
  await media.open();
  const microphone = media.track("audio");
  mediaDevices.errors.clear();
  mediaDevices.asked.splice(0);

  assert.equal(await media.retry("video"), "on");

  assert.deepEqual(ask(), [[false, true]]);
  assert.equal(media.track("audio"), microphone);
  assert.deepEqual(kinds(media.stream), ["audio", "video"]);
});

test("microphone switched off falls silent and keeps its track", async () => {
  const { media, told } = await setUpOpen(MICROPHONE, CAMERA);
  const track = media.track("audio");

  media.setMicrophone(false);
  assert.equal(track?.enabled, false);
  assert.equal(media.microphone, "off");
  media.setMicrophone(true);

  assert.equal(track?.enabled, true);
  assert.equal(media.track("audio"), track);
  assert.deepEqual(told, ["audio off", "audio on"]);
});

test("camera switched off before it is opened stays dark", async () => {
  const { media } = setUp(MICROPHONE, CAMERA);

  media.setCamera(false);
  const state = await media.open();

  assert.deepEqual(state, { audio: "on", video: "off" });
  assert.equal(media.track("video")?.enabled, false);
});

test("camera unplugged is missing and can be asked for again", async () => {
  const { media, mediaDevices, told } = await setUpOpen(MICROPHONE, CAMERA);

  mediaDevices.given.find(({ kind }) => kind === "video")?.end();
  assert.deepEqual(media.state, { audio: "on", video: "missing" });
  assert.equal(media.track("video"), null);
  assert.deepEqual(kinds(media.stream), ["audio"]);

  assert.equal(await media.retry("video"), "on");
  assert.deepEqual(told, ["video missing", "video on"]);
});

test("microphone taken away by a phone call and given back is told", async () => {
  const { mediaDevices, told } = await setUpOpen(MICROPHONE, CAMERA);
  const microphone = mediaDevices.given.find(({ kind }) => kind === "audio");

  microphone?.mute(true);
  microphone?.mute(false);

  assert.deepEqual(told, ["audio on muted", "audio on"]);
});

/**
 * Let a switch of cameras come to its end.
 * @param {Awaited<ReturnType<typeof setUpOpen>>} world
 */
async function switchCamera({ media, clock }) {
  const switched = media.switchCamera();
  await settled();
  clock.advance(200);
  return switched;
}

test("phone changes between front and back camera, one at a time", async () => {
  const world = await setUpOpen(MICROPHONE, FRONT, BACK);
  const { media, mediaDevices, told } = world;
  mediaDevices.atATime = 1;

  assert.equal(await switchCamera(world), true);
  assert.equal(media.track("video")?.getSettings().deviceId, "back");
  assert.equal(await switchCamera(world), true);

  assert.equal(media.track("video")?.getSettings().deviceId, "front");
  assert.deepEqual(kinds(media.stream), ["audio", "video"]);
  assert.equal(mediaDevices.live.length, 2);
  assert.deepEqual(told, ["video on", "video on"]);
});

test("computer changes to the next of its cameras, round and round", async () => {
  const second = /** @type {FakeDevice} */ ({ deviceId: "second", kind: "videoinput" });
  const world = await setUpOpen(MICROPHONE, CAMERA, second);

  assert.equal(await switchCamera(world), true);
  assert.equal(world.media.track("video")?.getSettings().deviceId, "second");
  assert.equal(await switchCamera(world), true);

  assert.equal(world.media.track("video")?.getSettings().deviceId, "camera");
});

test("front camera with no back camera changes to another one", async () => {
  const world = await setUpOpen(MICROPHONE, FRONT, CAMERA);

  assert.equal(await switchCamera(world), true);

  assert.equal(world.media.track("video")?.getSettings().deviceId, "camera");
});

test("camera that cannot be changed for the other one comes back", async () => {
  const world = await setUpOpen(MICROPHONE, FRONT, BACK);
  const { media, mediaDevices } = world;
  mediaDevices.errors.set("back", "NotReadableError");

  assert.equal(await switchCamera(world), false);

  assert.equal(media.track("video")?.getSettings().deviceId, "front");
  assert.equal(media.camera, "on");
  assert.deepEqual(
    mediaDevices.live.map(({ device }) => device.deviceId),
    ["microphone", "front"],
  );
});

test("camera lost while it is changed is named as what it is", async () => {
  const world = await setUpOpen(MICROPHONE, FRONT, BACK);
  for (const { deviceId } of [FRONT, BACK])
    world.mediaDevices.errors.set(deviceId, "NotReadableError");

  assert.equal(await switchCamera(world), false);

  assert.equal(world.media.state.video, "busy");
  assert.deepEqual(world.told, ["video busy"]);
});

test("camera switched off stays off when it is changed", async () => {
  const world = await setUpOpen(MICROPHONE, FRONT, BACK);
  world.media.setCamera(false);

  await switchCamera(world);

  assert.equal(world.media.track("video")?.enabled, false);
  assert.equal(world.media.camera, "off");
});

test("only camera is not changed", async () => {
  const { media, mediaDevices } = await setUpOpen(MICROPHONE, CAMERA);

  assert.equal(await media.switchCamera(), false);

  assert.deepEqual(mediaDevices.asked, []);
  assert.equal(media.camera, "on");
});

test("media closed hold no device and can be opened again", async () => {
  const { media, mediaDevices, told } = await setUpOpen(MICROPHONE, CAMERA);

  media.close();
  assert.deepEqual(mediaDevices.live, []);
  assert.deepEqual(media.state, { audio: "idle", video: "idle" });
  assert.equal(media.stream, null);
  assert.equal(media.active, false);

  assert.deepEqual(await media.open(), { audio: "on", video: "on" });
  assert.deepEqual(told, ["audio idle", "video idle", "audio on", "video on"]);
});

test("media closed while the browser asks hold nothing when the answer comes", async () => {
  const { media, mediaDevices } = setUp(MICROPHONE, CAMERA);

  const opened = media.open();
  await Promise.resolve();
  media.close();
  await opened;

  assert.equal(mediaDevices.given.length, 2);
  assert.deepEqual(mediaDevices.live, []);
  assert.deepEqual(media.state, { audio: "idle", video: "idle" });
});

test("media closed while a camera is changed hold nothing afterwards", async () => {
  const { media, mediaDevices, clock } = await setUpOpen(MICROPHONE, FRONT, BACK);

  const switched = media.switchCamera();
  await settled();
  clock.advance(200);
  media.close();

  assert.equal(await switched, false);
  assert.deepEqual(mediaDevices.live, []);
});

test("media opened after a close that came too early are on", async () => {
  const { media } = setUp(MICROPHONE, CAMERA);

  const first = media.open();
  media.close();
  const second = media.open();
  await first;

  assert.deepEqual(await second, { audio: "on", video: "on" });
});

test("cameras are counted without their names", async () => {
  const { media } = setUp(MICROPHONE, FRONT, BACK);

  assert.equal(await media.cameraCount(), 2);
});

for (const [camera, microphone, granted] of /** @type {const} */ ([
  ["granted", "granted", true],
  ["granted", "prompt", false],
  ["denied", "granted", false],
])) {
  test(`permissions ${camera} and ${microphone} make ${granted ? "no" : "a"} question`, async () => {
    const states = /** @type {Record<string, string>} */ ({ camera, microphone });
    const query = async (/** @type {{ name: string }} */ { name }) => ({ state: states[name] });
    const permissions = /** @type {Permissions} */ (/** @type {unknown} */ ({ query }));

    assert.equal(await new LocalMedia({ permissions }).isGranted(), granted);
  });
}

test("browser that does not know the permissions may ask", async () => {
  const query = () => Promise.reject(new TypeError("camera is no permission"));
  const permissions = /** @type {Permissions} */ (/** @type {unknown} */ ({ query }));

  assert.equal(await new LocalMedia({ permissions }).isGranted(), false);
  assert.equal(await new LocalMedia({ permissions: undefined }).isGranted(), false);
});
