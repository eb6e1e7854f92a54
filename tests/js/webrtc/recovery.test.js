import assert from "node:assert/strict";
import { test } from "node:test";
import { Recovery } from "../../../static/js/webrtc/recovery.js";

/** @typedef {import("../../../static/js/webrtc/recovery.js").Circumstances} Circumstances */

const SOUND = { broken: false, reachable: true, unanswered: false, online: true };
const BROKEN = { ...SOUND, broken: true };

/**
 * Ask every 250 ms, and say what was decided when.
 * @param {Recovery} recovery
 * @param {number} from
 * @param {number} to
 * @param {Circumstances | ((now: number) => Circumstances)} circumstances
 */
function watch(recovery, from, to, circumstances) {
  const decisions = [];
  for (let now = from; now <= to; now += 250) {
    const given = typeof circumstances === "function" ? circumstances(now) : circumstances;
    const decision = recovery.decide(now, given);
    if (decision) decisions.push({ now, decision });
  }
  return decisions;
}

const offerer = (random = 0.5) => new Recovery({ offerer: true, random: () => random });
const answerer = (random = 0.5) => new Recovery({ offerer: false, random: () => random });

test("a sound connection is left alone", () => {
  assert.deepEqual(watch(offerer(), 0, 600_000, SOUND), []);
});

test("a broken one is restarted at once, then after growing pauses, and given up after three", () => {
  // Two seconds each, and half of 1, 2 and 4 s.
  assert.deepEqual(watch(offerer(), 0, 60_000, BROKEN), [
    { now: 0, decision: "restart" },
    { now: 2500, decision: "restart" },
    { now: 5500, decision: "restart" },
    { now: 9500, decision: "renew" },
  ]);
});

test("whoever answers goes on asking, and never makes a new connection", () => {
  assert.deepEqual(
    watch(answerer(), 0, 15_000, BROKEN).map(({ decision }) => decision),
    ["restart", "restart", "restart", "restart", "restart"],
  );
});

test("a restart gets its two seconds from the answer on", () => {
  const recovery = offerer(0);
  recovery.decide(0, BROKEN);
  watch(recovery, 250, 1500, { ...BROKEN, unanswered: true });
  recovery.negotiated(1500);

  assert.deepEqual(watch(recovery, 1750, 4000, BROKEN), [{ now: 3500, decision: "restart" }]);
});

test("an offer on its way is waited for while the other page is away, and given up when it is there and silent", () => {
  const recovery = offerer();
  recovery.decide(0, BROKEN);
  const waiting = { ...BROKEN, unanswered: true };

  assert.deepEqual(watch(recovery, 250, 4750, waiting), []);
  assert.deepEqual(watch(recovery, 5000, 5000, waiting), [{ now: 5000, decision: "renew" }]);
});

test("an unanswered offer does not end a connection that works", () => {
  const recovery = offerer();
  recovery.networkChanged();
  recovery.decide(0, SOUND);

  assert.deepEqual(watch(recovery, 250, 60_000, { ...SOUND, unanswered: true }), []);
});

test("a restart that finds signalling down waits for it and goes out as soon as it is back", () => {
  const recovery = offerer();
  const down = { ...BROKEN, reachable: false };

  assert.deepEqual(watch(recovery, 0, 20_000, down), []);
  assert.deepEqual(watch(recovery, 20_250, 21_000, BROKEN), [{ now: 20_250, decision: "restart" }]);
});

test("an offer from before signalling was lost is made anew: it names a network that may be gone", () => {
  const recovery = offerer();
  recovery.decide(0, BROKEN);
  const waiting = { ...BROKEN, unanswered: true };
  watch(recovery, 250, 10_000, { ...waiting, reachable: false });

  assert.deepEqual(watch(recovery, 10_250, 12_000, waiting), [
    { now: 10_250, decision: "restart" },
  ]);
});

test("a change of networks restarts a connection that still works, once", () => {
  const recovery = offerer();
  recovery.networkChanged();

  assert.deepEqual(watch(recovery, 0, 60_000, SOUND), [{ now: 0, decision: "restart" }]);
});

test("a change of networks overtakes the pause and starts at the first step", () => {
  const recovery = offerer(0.99);
  watch(recovery, 0, 3500, BROKEN);
  recovery.networkChanged();

  assert.deepEqual(watch(recovery, 3750, 4000, BROKEN), [{ now: 4000, decision: "restart" }]);
});

test("networks that change all the time make one restart a second", () => {
  const recovery = offerer();
  const decisions = watch(recovery, 0, 10_000, () => {
    recovery.networkChanged();
    return BROKEN;
  });

  assert.equal(decisions.length, 11);
});

test("the other side's wish is a restart", () => {
  const recovery = offerer();
  recovery.asked(0);

  assert.deepEqual(watch(recovery, 0, 20_000, SOUND), [{ now: 0, decision: "restart" }]);
});

test("the other side's wish while a restart is under way is that restart", () => {
  const recovery = offerer();
  recovery.decide(0, BROKEN);
  recovery.asked(100);
  recovery.negotiated(200);

  assert.deepEqual(watch(recovery, 250, 60_000, SOUND), []);
});

test("a side that hears us but goes on asking gets a new connection in the end", () => {
  const recovery = offerer(0);
  const decisions = watch(recovery, 0, 30_000, (now) => {
    if (now % 3000 === 0) recovery.asked(now);
    return SOUND;
  });

  assert.deepEqual(
    decisions.map(({ decision }) => decision),
    ["restart", "restart", "restart", "renew"],
  );
});

test("whoever answers does not ask while the other side restarts", () => {
  const recovery = answerer(0);
  recovery.negotiated(0);

  assert.deepEqual(watch(recovery, 0, 2000, BROKEN), [{ now: 2000, decision: "restart" }]);
});

test("trouble long after the last one starts at the first step", () => {
  const recovery = offerer();
  watch(recovery, 0, 6000, BROKEN);
  watch(recovery, 6250, 20_000, SOUND);

  assert.deepEqual(
    watch(recovery, 20_250, 28_000, BROKEN).map(({ decision }) => decision),
    ["restart", "restart", "restart"],
  );
});

test("trouble soon after the last one goes on where it was", () => {
  const recovery = offerer();
  watch(recovery, 0, 6000, BROKEN);
  watch(recovery, 6250, 9500, SOUND);

  assert.deepEqual(watch(recovery, 9750, 12_000, BROKEN), [{ now: 9750, decision: "renew" }]);
});

test("a browser that believes to be offline is slower, not still", () => {
  assert.deepEqual(
    watch(offerer(0), 0, 13_000, { ...BROKEN, online: false }).map(({ now }) => now),
    [0, 6000, 12_000],
  );
});

/**
 * A small generator of random numbers that can be repeated (Mulberry32).
 * @param {number} seed
 */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * One evening of bad luck: links, signalling and the other page come and go, and everything happens at any time.
 * @param {number} seed
 */
function badEvening(seed) {
  const random = generator(seed);
  const isOfferer = seed % 3 > 0;
  const recovery = new Recovery({ offerer: isOfferer, random });
  let circumstances = SOUND;
  let now = 0;
  let changedAt = -Infinity;
  const turn = (/** @type {keyof Circumstances} */ name) => {
    circumstances = { ...circumstances, [name]: !circumstances[name] };
    if (name === "reachable" && circumstances.reachable) changedAt = now;
  };
  const happenings = /** @type {[number, () => void][]} */ ([
    [0.05, () => turn("broken")],
    [0.05, () => turn("reachable")],
    [0.02, () => turn("online")],
    [0.05, () => recovery.asked(now)],
    [
      0.01,
      () => {
        recovery.networkChanged();
        changedAt = now;
      },
    ],
    [
      0.3,
      () => {
        if (!circumstances.unanswered) return;
        turn("unanswered");
        recovery.negotiated(now);
      },
    ],
  ]);
  const decisions = [];
  for (; now < 120_000; now += 250) {
    for (const [chance, happen] of happenings) if (random() < chance) happen();
    const before = circumstances;
    const decision = recovery.decide(now, before);
    if (decision) decisions.push({ now, decision, changedAt, ...before });
    if (decision === "restart" && isOfferer && !before.unanswered) turn("unanswered");
  }
  return decisions;
}

test("whatever happens, two restarts never run at once, and none without signalling", () => {
  let restarts = 0;
  let renewals = 0;
  for (let seed = 1; seed <= 600; seed += 1) {
    let last = { now: -Infinity };
    let inARow = 0;
    for (const each of badEvening(seed)) {
      const story = `seed ${seed} at ${each.now} ms`;
      assert.equal(each.reachable, true, story);
      if (each.decision === "renew") {
        assert.notEqual(seed % 3, 0, `${story}: only the offerer makes connections`);
        renewals += 1;
        break;
      }
      const overtaken = each.changedAt > last.now;
      assert.ok(each.now - last.now >= (overtaken ? 1000 : 2000), `${story}: too close`);
      assert.ok(!each.unanswered || overtaken, `${story}: the one before is not answered`);
      inARow = overtaken || each.now - last.now > 10_000 ? 1 : inARow + 1;
      if (seed % 3 > 0) assert.ok(inARow <= 3, `${story}: more than three`);
      last = each;
      restarts += 1;
    }
  }

  assert.ok(restarts > 1000, `${restarts} restarts are too few to prove anything`);
  assert.ok(renewals > 50, `${renewals} new connections are too few to prove anything`);
});
