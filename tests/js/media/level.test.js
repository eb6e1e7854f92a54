import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { LevelMeter } from "../../../static/js/media/level.js";
import { FakeAudioContext } from "../fakes/audio-context.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeMediaStream, FakeTrack, MICROPHONE } from "../fakes/media.js";

beforeEach(() => {
  FakeAudioContext.made = [];
  FakeAudioContext.firstState = "running";
});

/** A meter that watches a microphone. */
function setUp() {
  const clock = new FakeClock();
  const meter = new LevelMeter({
    AudioContextClass: /** @type {typeof AudioContext} */ (
      /** @type {unknown} */ (FakeAudioContext)
    ),
    MediaStreamClass: /** @type {typeof MediaStream} */ (/** @type {unknown} */ (FakeMediaStream)),
    clock,
  });
  const microphone = new FakeTrack(MICROPHONE);
  const track = /** @type {MediaStreamTrack} */ (/** @type {unknown} */ (microphone));
  meter.watch(track);
  const [context] = FakeAudioContext.made;
  assert.ok(context);
  /** @type {(string | number)[]} */
  const told = [];
  meter.addEventListener("level:changed", ({ detail }) => told.push(detail.level));
  meter.addEventListener("level:silent", () => told.push("silent"));
  meter.addEventListener("level:heard", () => told.push("heard"));
  return { clock, meter, microphone, track, context, told };
}

for (const [decibel, level] of /** @type {const} */ ([
  [0, 10],
  [-10, 10],
  [-20, 8],
  [-35, 5],
  [-55, 1],
  [-60, 0],
  [-90, 0],
])) {
  test(`sound at ${decibel} dB has level ${level}`, () => {
    const { clock, meter, context } = setUp();

    context.sample = 10 ** (decibel / 20);
    clock.advance(100);

    assert.equal(meter.level, level);
  });
}

test("level is told when it changes, at most every 100 ms, and falls step by step", () => {
  const { clock, context, told } = setUp();
  context.sample = 10 ** (-35 / 20);

  clock.advance(99);
  assert.deepEqual(told, []);
  clock.advance(301);
  assert.deepEqual(told, [5]);
  context.sample = 10 ** (-90 / 20);
  clock.advance(1000);

  assert.deepEqual(told, [5, 4, 3, 2, 1, 0]);
});

test("microphone that gives zeros for 3 s is silent, and heard when it gives anything", () => {
  const { clock, meter, context, told } = setUp();

  clock.advance(3000);
  assert.equal(meter.silent, false);
  clock.advance(100);
  assert.equal(meter.silent, true);
  clock.advance(10_000);
  context.sample = 0.00001;
  clock.advance(100);

  assert.equal(meter.silent, false);
  assert.deepEqual(told, ["silent", "heard"]);
});

test("microphone in a quiet room is not silent", () => {
  const { clock, meter, context } = setUp();
  context.sample = 0.00001;

  clock.advance(60_000);

  assert.equal(meter.silent, false);
  assert.equal(meter.level, 0);
});

test("microphone switched off is not silent, and its zeros count from when it is on", () => {
  const { clock, meter, microphone } = setUp();
  microphone.enabled = false;
  clock.advance(60_000);
  assert.equal(meter.silent, false);

  microphone.enabled = true;
  clock.advance(3000);
  assert.equal(meter.silent, false);
  clock.advance(100);

  assert.equal(meter.silent, true);
});

test("meter that the browser holds back calls nothing silent", () => {
  FakeAudioContext.firstState = "suspended";
  const { clock, meter, context } = setUp();
  clock.advance(60_000);
  assert.equal(meter.silent, false);

  context.state = "running";
  clock.advance(3100);

  assert.equal(meter.silent, true);
});

test("meter told of the same track again goes on", () => {
  const { meter, track, context } = setUp();

  meter.watch(track);

  assert.equal(context.connected, 1);
});

test("meter told of another track measures that one alone", () => {
  const { clock, meter, context } = setUp();
  clock.advance(3100);
  assert.equal(meter.silent, true);

  const another = /** @type {unknown} */ (new FakeTrack(MICROPHONE));
  meter.watch(/** @type {MediaStreamTrack} */ (another));

  assert.equal(context.connected, 1);
  assert.equal(FakeAudioContext.made.length, 1);
  assert.equal(meter.silent, false);
});

test("meter without a track is at 0 and has no timer", () => {
  const { clock, meter, context, told } = setUp();
  context.sample = 1;
  clock.advance(100);

  meter.watch(null);

  assert.deepEqual(told, [10, 0]);
  assert.equal(context.connected, 0);
  assert.equal(clock.pending, 0);
});

test("meter closed lets go of the audio device and can start again", async () => {
  const { clock, meter, track, context } = setUp();

  await meter.close();
  assert.equal(context.state, "closed");
  assert.equal(clock.pending, 0);
  meter.watch(track);

  assert.equal(FakeAudioContext.made.length, 2);
  assert.equal(clock.pending, 1);
});
