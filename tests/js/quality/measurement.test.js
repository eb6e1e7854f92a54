import assert from "node:assert/strict";
import { test } from "node:test";
import { measure } from "../../../static/js/quality/measurement.js";
import { received, sent, snapshot } from "../fakes/snapshot.js";

const BEFORE = snapshot({
  at: 1000,
  audio: {
    received: received({ packets: 100, lost: 5, bytes: 10_000, samples: 96_000, concealed: 960 }),
    sent: sent({ bytes: 20_000 }),
  },
  video: {
    received: received({ bytes: 100_000, frozen: 1 }),
    sent: sent({ bytes: 200_000 }),
  },
});

test("measurement holds what two seconds brought", () => {
  const now = snapshot({
    at: 3000,
    audio: {
      received: received({
        packets: 195,
        lost: 10,
        bytes: 20_000,
        samples: 192_000,
        concealed: 5760,
      }),
      sent: sent({ bytes: 30_000, fractionLost: 0.04 }),
    },
    video: {
      received: received({
        bytes: 340_000,
        frozen: 1.5,
        width: 640,
        height: 360,
        framesPerSecond: 29,
      }),
      sent: sent({
        bytes: 690_000,
        width: 1280,
        height: 720,
        framesPerSecond: 30,
        limitation: "cpu",
      }),
    },
  });

  assert.deepEqual(measure(BEFORE, now), {
    at: 3000,
    available: 3_000_000,
    roundTrip: 0.024,
    limitation: "cpu",
    sent: { bitrate: 2_000_000, lost: 0.04, width: 1280, height: 720, framesPerSecond: 30 },
    received: { bitrate: 1_000_000, lost: 0.05, width: 640, height: 360, framesPerSecond: 29 },
    concealed: 0.05,
    frozen: 0.25,
  });
});

test("measurement of a connection without media says nothing about them", () => {
  const none = { received: null, sent: null };
  const now = snapshot({ at: 2000, audio: none, video: none, pair: null });

  assert.deepEqual(measure(snapshot({ at: 1000, audio: none, video: none }), now), {
    at: 2000,
    available: null,
    roundTrip: null,
    limitation: null,
    sent: { bitrate: 0, lost: null, width: 0, height: 0, framesPerSecond: null },
    received: { bitrate: 0, lost: null, width: 0, height: 0, framesPerSecond: null },
    concealed: null,
    frozen: 0,
  });
});

test("measurement needs time between two readings", () => {
  assert.equal(measure(BEFORE, BEFORE), null);
  assert.equal(measure(BEFORE, snapshot({ at: 500 })), null);
});

test("counters that start again count from nothing", () => {
  const now = snapshot({ at: 2000 });

  assert.deepEqual(
    [measure(BEFORE, now)?.sent.bitrate, measure(BEFORE, now)?.received.lost],
    [0, null],
  );
});

test("a handful of packets says nothing about loss", () => {
  const { video } = BEFORE;
  const after = (/** @type {number} */ packets, /** @type {number} */ lost) =>
    snapshot({ at: 2000, audio: { received: received({ packets, lost }), sent: null }, video });

  assert.equal(measure(BEFORE, after(104, 10))?.received.lost, null);
  assert.equal(measure(BEFORE, after(105, 10))?.received.lost, 0.5);
});

test("where checks tell no round trip, reports about the sound do", () => {
  const audio = { received: null, sent: sent({ roundTrip: 0.09 }) };

  assert.equal(measure(BEFORE, snapshot({ at: 2000, audio, pair: null }))?.roundTrip, 0.09);
});
