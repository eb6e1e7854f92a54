import assert from "node:assert/strict";
import { test } from "node:test";
import { Policy } from "../../../static/js/quality/policy.js";

/** @typedef {import("../../../static/js/quality/policy.js").Outlook} Outlook */

const HD = 1280 * 720;
const ROOM = 5_000_000;

/** A call, second by second, on a way that carries so much. */
class Call {
  at = 0;
  policy = new Policy();

  /**
   * @param {number} seconds
   * @param {Partial<Outlook>} [outlook]
   * @returns {string} Steps of the seconds, equal neighbours once: `full medium`
   */
  go(seconds, outlook = {}) {
    /** @type {string[]} */
    const names = [];
    for (let second = 0; second < seconds; second += 1) {
      this.at += 1000;
      this.last = this.policy.next({
        at: this.at,
        available: ROOM,
        sending: outlook.available ? outlook.available * 0.9 : 2_000_000,
        lost: 0,
        roundTrip: 0.05,
        limitation: "none",
        concealed: null,
        picture: true,
        captured: HD,
        detail: false,
        ...outlook,
      });
      names.push(this.last.step);
    }
    return names.filter((name, index) => name !== names[index - 1]).join(" ");
  }
}

test("a call on a good way gives up nothing", () => {
  const call = new Call();

  assert.equal(call.go(60), "full");
  assert.deepEqual(call.last, {
    step: "full",
    best: true,
    cause: null,
    shape: {
      sound: { maxBitrate: 32_000 },
      picture: {
        active: true,
        pixels: HD,
        maxFramerate: 30,
        maxBitrate: 2_500_000,
        preference: "maintain-framerate",
        hint: "motion",
      },
    },
  });
});

/** @type {[number, string, number][]} */
const LIMITS = [
  [1_000_000 * 0.9, "full medium", 32_000],
  [300_000 * 0.9, "full small", 32_000],
  [100_000 * 0.9, "full paused", 16_000],
  [64_000 * 0.9, "full paused", 16_000],
];

for (const [available, steps, sound] of LIMITS) {
  test(`a way of ${available / 1000} kbit/s is met within two seconds`, () => {
    const call = new Call();
    call.go(20);

    assert.equal(call.go(2, { available }), steps);
    assert.equal(call.last?.shape.sound.maxBitrate, sound);
    assert.equal(call.last?.cause, "bandwidth");
  });
}

test("one bad second changes nothing, two do", () => {
  const call = new Call();
  call.go(20);

  assert.equal(call.go(1, { available: 90_000 }), "full");
  assert.equal(call.go(5), "full");
  assert.equal(call.go(2, { available: 90_000 }), "full paused");
});

test("a fresh call is given time to find out what the way carries", () => {
  const call = new Call();

  assert.equal(call.go(1, { available: 300_000 }), "full");
  assert.equal(call.go(1, { available: 500_000 }), "full");
  assert.equal(call.go(1, { available: 900_000 }), "full");
  assert.equal(call.go(30, { available: 1_800_000 }), "full");
});

test("a fresh call on a narrow way is narrowed as soon as that shows", () => {
  const call = new Call();

  call.go(1, { available: 300_000 });
  assert.equal(call.go(2, { available: 90_000 }), "full paused");
});

test("a picture that needs less than the step allows is left alone", () => {
  const call = new Call();

  assert.equal(call.go(60, { available: 700_000, sending: 400_000 }), "full");
  assert.equal(call.go(10, { available: 700_000, sending: 650_000 }), "full medium");
});

test("when a limit is gone everything is back within a minute", () => {
  const call = new Call();
  call.go(20);
  call.go(120, { available: 60_000 });
  assert.equal(call.last?.step, "paused");

  assert.equal(call.go(60), "paused small medium full");
  assert.equal(call.last?.best, true);
});

test("a limit that is gone shows although the estimate follows what is sent", () => {
  const call = new Call();
  call.go(20);
  call.go(30, { available: 60_000 });

  const gone = call.at;
  for (const [step, available, sending] of /** @type {[string, number, number][]} */ ([
    ["paused", 88_000, 35_000],
    ["small", 480_000, 370_000],
    ["medium", 1_250_000, 980_000],
  ])) {
    while (call.last?.step === step) call.go(1, { available, sending });
  }

  assert.equal(call.last?.step, "full");
  assert.equal(call.at - gone <= 60_000, true);
});

test("each failed try doubles the patience, up to 24 seconds", () => {
  const call = new Call();
  call.go(20);
  call.go(10, { available: 60_000 });
  const pauses = [];
  for (let tries = 0; tries < 4; tries += 1) {
    let seconds = 0;
    while (call.go(1, { available: 60_000, sending: 20_000 }) === "paused") seconds += 1;
    pauses.push(seconds);
    call.go(2, { available: 40_000, sending: 60_000 });
    assert.equal(call.last?.step, "paused");
  }

  assert.deepEqual(pauses, [0, 8, 16, 24]);
});

/** @type {[string, Partial<Outlook>, string, string | null][]} */
const SIGNS = [
  ["packets that stand in a queue", { roundTrip: 0.6 }, "full medium", "delay"],
  ["sound that the other side makes up", { concealed: 0.1 }, "full medium", "sound"],
  [
    "a little such sound behind a queue",
    { concealed: 0.04, roundTrip: 0.6 },
    "full medium",
    "sound",
  ],
  ["a little such sound", { concealed: 0.04 }, "full", null],
  ["loss of a narrow way", { lost: 0.15, limitation: "bandwidth" }, "full medium", "sound"],
  ["loss in the air", { lost: 0.15 }, "full", null],
];

for (const [what, outlook, steps, cause] of SIGNS) {
  test(`${what}: ${steps}`, () => {
    const call = new Call();
    call.go(20);

    assert.equal(call.go(3, outlook), steps);
    assert.equal(call.last?.cause, cause);
  });
}

test("a distant call is not taken for a full one", () => {
  const call = new Call();

  assert.equal(call.go(60, { roundTrip: 0.6 }), "full");
});

test("a busy processor takes ten seconds to matter and never the whole picture", () => {
  const call = new Call();
  call.go(20);

  assert.equal(call.go(10, { limitation: "cpu" }), "full");
  assert.equal(call.go(60, { limitation: "cpu" }), "full medium small");
  assert.equal(call.last?.cause, "processor");
  assert.equal(call.go(23), "small");
  assert.equal(call.go(1), "medium");
});

test("with the camera off the estimate is no reason to give up anything", () => {
  const call = new Call();

  assert.equal(
    call.go(60, { picture: false, captured: 0, available: 300_000, sending: 290_000 }),
    "full",
  );
  assert.equal(call.last?.shape.sound.maxBitrate, 32_000);
  assert.equal(call.go(5, { available: 310_000 }), "full");
});

test("a browser without an estimate is judged by the sound", () => {
  const call = new Call();
  const outlook = { available: null };

  assert.equal(call.go(20, outlook), "full");
  assert.equal(call.go(12, { ...outlook, concealed: 0.2 }), "full medium small paused");
  assert.equal(call.last?.shape.sound.maxBitrate, 16_000);
  assert.equal(call.go(60, outlook), "paused small medium full");
});

test("a small camera's picture is full at 640×360", () => {
  const call = new Call();

  assert.equal(call.go(60, { captured: 640 * 360, available: 900_000 }), "medium");
  assert.equal(call.last?.best, true);
  assert.equal(call.go(5, { captured: 640 * 360, available: 270_000 }), "medium small");
  assert.equal(call.last?.best, false);
});

test("a close-up gives up movement before sharpness", () => {
  const call = new Call();
  call.go(20, { detail: true });

  call.go(3, { detail: true, available: 300_000 });

  assert.equal(call.last?.step, "medium");
  assert.deepEqual(call.last?.shape.picture, {
    active: true,
    pixels: HD,
    maxFramerate: 5,
    maxBitrate: 900_000,
    preference: "maintain-resolution",
    hint: "detail",
  });
});

test("a change between face and close-up keeps what was given up", () => {
  const call = new Call();
  call.go(20);
  call.go(3, { available: 270_000 });
  assert.equal(call.last?.step, "small");

  assert.equal(call.go(1, { detail: true, available: 270_000 }), "small");
  assert.equal(call.go(1, { detail: false, available: 270_000 }), "small");
});
