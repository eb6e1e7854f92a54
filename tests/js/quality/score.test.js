import assert from "node:assert/strict";
import { test } from "node:test";
import { rate, Score } from "../../../static/js/quality/score.js";
import { phraseKeys } from "../fakes/phrases.js";

/**
 * @typedef {import("../../../static/js/quality/score.js").Rating} Rating
 * @typedef {import("../../../static/js/quality/measurement.js").Measurement} Measurement
 * @typedef {{ sentLost?: number, receivedLost?: number, concealed?: number, frozen?: number, roundTrip?: number | null }} Seen
 */

const BEST = /** @type {const} */ ({ step: "full", best: true, cause: null });
const SMALL = /** @type {const} */ ({ step: "small", best: false, cause: "bandwidth" });
const PICTURE = { bitrate: 1_000_000, width: 1280, height: 720, framesPerSecond: 30 };

/**
 * @param {Seen} seen
 * @returns {Measurement}
 */
function measurement({
  sentLost = 0,
  receivedLost = 0,
  concealed = 0,
  frozen = 0,
  roundTrip = 0.03,
}) {
  return {
    at: 0,
    available: 3_000_000,
    roundTrip,
    limitation: "none",
    sent: { ...PICTURE, lost: sentLost },
    received: { ...PICTURE, lost: receivedLost },
    concealed,
    frozen,
  };
}

/** @type {[string, Seen, Parameters<typeof rate>[1], boolean, string][]} */
const RATINGS = [
  ["nothing", {}, BEST, false, "4 fine both"],
  ["no round trip yet", { roundTrip: null }, BEST, false, "4 fine both"],
  ["a little loss of ours", { sentLost: 0.02 }, BEST, false, "3 loss own"],
  ["more loss of ours", { sentLost: 0.06 }, BEST, false, "2 loss own"],
  ["much loss of ours", { sentLost: 0.12 }, BEST, false, "1 loss own"],
  ["loss of theirs", { receivedLost: 0.07 }, BEST, false, "2 loss other"],
  ["made-up sound", { concealed: 0.1 }, BEST, false, "1 sound other"],
  ["a picture that stands still", { frozen: 0.3 }, BEST, false, "2 picture other"],
  ["loss on both sides", { sentLost: 0.07, receivedLost: 0.07 }, BEST, false, "2 loss both"],
  ["worse loss of theirs", { sentLost: 0.07, receivedLost: 0.2 }, BEST, false, "1 loss other"],
  ["a narrow way here and loss there", { receivedLost: 0.07 }, SMALL, false, "2 narrow both"],
  ["a long way", { roundTrip: 0.5 }, BEST, false, "2 delay both"],
  [
    "a smaller picture",
    {},
    { step: "medium", best: false, cause: "bandwidth" },
    false,
    "3 narrow own",
  ],
  [
    "a small picture",
    {},
    { step: "small", best: false, cause: "bandwidth" },
    false,
    "2 narrow own",
  ],
  ["no picture", {}, { step: "paused", best: false, cause: "sound" }, false, "1 narrow own"],
  [
    "a busy device",
    {},
    { step: "medium", best: false, cause: "processor" },
    false,
    "3 processor own",
  ],
  ["a small camera", {}, { step: "medium", best: true, cause: null }, false, "4 fine both"],
  ["a picture that they paused", {}, BEST, true, "1 narrow other"],
];

for (const [what, seen, decision, otherPaused, expected] of RATINGS) {
  test(`${what} rates ${expected}`, () => {
    const { level, reason, side } = rate(measurement(seen), decision, otherPaused);

    assert.equal(`${level} ${reason} ${side}`, expected);
  });
}

test("a busy device is nobody else's matter", () => {
  const decision = /** @type {const} */ ({ step: "medium", best: false, cause: "processor" });
  const { level, reason, side } = rate(measurement({ receivedLost: 0.03 }), decision, false);

  assert.equal(`${level} ${reason} ${side}`, "3 processor own");
});

test("every rating has its words", async () => {
  const keys = await phraseKeys();
  const ratings = RATINGS.map(([, , , , expected]) => expected.split(" "));
  const needed = ratings.flatMap(([level, reason, side]) => [
    `quality.level.${level}`,
    `quality.${reason}.${side}`,
  ]);

  assert.deepEqual(
    needed.filter((key) => !keys.has(key)),
    [],
  );
});

/** A score fed with one rating a second. */
class Shown {
  at = 0;
  warnings = 0;
  #score = new Score();

  /**
   * @param {number} seconds
   * @param {Rating["level"]} level
   * @returns {string} Levels shown, equal neighbours once
   */
  go(seconds, level) {
    /** @type {number[]} */
    const levels = [];
    for (let second = 0; second < seconds; second += 1) {
      this.at += 1000;
      const verdict = this.#score.next(this.at, { level, reason: "loss", side: "own" });
      levels.push(verdict.level);
      if (verdict.warn) this.warnings += 1;
    }
    return levels.filter((each, index) => each !== levels[index - 1]).join(" ");
  }
}

test("a fresh call is not called bad", () => {
  const shown = new Shown();

  assert.equal(shown.go(10, 1), "4");
  assert.equal(shown.go(1, 4), "4");
  assert.equal(shown.warnings, 0);
});

test("a call that stays bad is called so", () => {
  const shown = new Shown();

  assert.equal(shown.go(20, 1), "4 1");
  assert.equal(shown.warnings, 1);
});

test("two bad seconds are a hiccup, four are not", () => {
  const shown = new Shown();
  shown.go(20, 4);

  assert.equal(shown.go(3, 1) + shown.go(5, 4), "44");
  assert.equal(shown.go(4, 1), "4 1");
});

test("getting better takes longer than getting worse", () => {
  const shown = new Shown();
  shown.go(20, 4);
  shown.go(10, 2);

  assert.equal(shown.go(8, 4), "2");
  assert.equal(shown.go(1, 4), "4");
});

test("what is shown is what all of the seconds have reached", () => {
  const shown = new Shown();
  shown.go(20, 4);

  shown.go(2, 1);
  assert.equal(shown.go(2, 3), "4 3");
});

test("a call that goes up and down around a bound keeps what is shown", () => {
  const shown = new Shown();
  shown.go(20, 4);
  shown.go(10, 2);

  for (let times = 0; times < 10; times += 1) {
    assert.equal(shown.go(3, 3) + shown.go(1, 2), "22");
  }
});

test("there is one warning a minute at most", () => {
  const shown = new Shown();
  shown.go(20, 4);

  for (let times = 0; times < 6; times += 1) {
    shown.go(10, 1);
    shown.go(10, 4);
  }

  assert.equal(shown.warnings, 2);
});
