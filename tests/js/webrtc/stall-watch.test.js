import assert from "node:assert/strict";
import { test } from "node:test";
import { StallWatch } from "../../../static/js/webrtc/stall-watch.js";

const ALWAYS = -Infinity;

/**
 * Feed every 250 ms as the page does.
 * @param {StallWatch} watch
 * @param {number} from
 * @param {number} to
 * @param {(now: number) => number} bytes
 * @param {number | null} owedSince
 */
function feed(watch, from, to, bytes, owedSince) {
  /** @type {{ flow: string, now: number }[]} */
  const seen = [];
  for (let now = from; now <= to; now += 250) {
    const flow = watch.feed(now, bytes(now), owedSince);
    if (seen.at(-1)?.flow !== flow) seen.push({ flow, now });
  }
  return seen;
}

test("bytes that keep coming are a flow", () => {
  assert.deepEqual(
    feed(new StallWatch(), 0, 60_000, (now) => now, ALWAYS),
    [{ flow: "flowing", now: 0 }],
  );
});

test("silence is unstable after one second and stalled after two, and the next byte ends it", () => {
  const watch = new StallWatch();

  const silence = feed(watch, 0, 5000, () => 1000, ALWAYS);
  const sound = feed(watch, 5250, 6000, (now) => now, ALWAYS);

  assert.deepEqual(silence, [
    { flow: "flowing", now: 0 },
    { flow: "unstable", now: 1000 },
    { flow: "stalled", now: 2000 },
  ]);
  assert.deepEqual(sound, [{ flow: "flowing", now: 5250 }]);
});

test("silence is as good as sound while nothing is owed", () => {
  assert.deepEqual(
    feed(new StallWatch(), 0, 60_000, () => 1000, null),
    [{ flow: "flowing", now: 0 }],
  );
});

test("an answer is owed from the question on, however long it was quiet before", () => {
  const watch = new StallWatch();
  feed(watch, 0, 10_000, () => 1000, null);

  const seen = feed(watch, 10_250, 13_000, () => 1000, 10_000);

  assert.deepEqual(seen, [
    { flow: "flowing", now: 10_250 },
    { flow: "unstable", now: 11_000 },
    { flow: "stalled", now: 12_000 },
  ]);
});

test("the time that a device slept is not held against the other side", () => {
  const watch = new StallWatch();
  feed(watch, 0, 1000, (now) => now, ALWAYS);

  const seen = feed(watch, 91_000, 94_000, () => 1000, ALWAYS);

  assert.deepEqual(seen, [
    { flow: "flowing", now: 91_000 },
    { flow: "unstable", now: 92_000 },
    { flow: "stalled", now: 93_000 },
  ]);
});

test("a timer that a hidden page gets once a second loses nothing", () => {
  const watch = new StallWatch();

  const seen = [0, 1000, 2000, 3000].map((now) => watch.feed(now, now, ALWAYS));

  assert.deepEqual(seen, ["flowing", "flowing", "flowing", "flowing"]);
});
