import assert from "node:assert/strict";
import { test } from "node:test";
import { Heartbeat } from "../../../static/js/signalling/heartbeat.js";
import { FakeClock } from "../fakes/clock.js";

function setUp() {
  const clock = new FakeClock();
  /** @type {string[]} */
  const log = [];
  /** @type {Heartbeat} */
  const heartbeat = new Heartbeat({
    clock,
    ping: () => {
      log.push(`ping ${clock.now()}`);
      heartbeat.sent();
    },
    die: () => log.push(`dead ${clock.now()}`),
  });
  return { clock, log, heartbeat };
}

test("heartbeat pings 15 s after the last message that was sent", () => {
  const { clock, log, heartbeat } = setUp();
  heartbeat.sent();
  clock.advance(10_000);
  heartbeat.sent();

  clock.advance(14_999);
  assert.deepEqual(log, []);
  clock.advance(1);

  assert.deepEqual(log, ["ping 25000"]);
});

test("heartbeat answered within 5 s goes on", () => {
  const { clock, log, heartbeat } = setUp();
  heartbeat.sent();
  clock.advance(19_999);

  heartbeat.heard();
  clock.advance(10_001);

  assert.deepEqual(log, ["ping 15000", "ping 30000"]);
});

test("heartbeat not answered within 5 s dies once and falls silent", () => {
  const { clock, log, heartbeat } = setUp();
  heartbeat.sent();

  clock.advance(60_000);

  assert.deepEqual(log, ["ping 15000", "dead 20000"]);
  assert.equal(clock.pending, 0);
});

test("heartbeat probed gives no more time than asked", () => {
  const { clock, log, heartbeat } = setUp();
  heartbeat.sent();

  heartbeat.probe(1000);
  clock.advance(1000);

  assert.deepEqual(log, ["ping 0", "dead 1000"]);
});

test("heartbeat probed while it waits keeps the nearer deadline", () => {
  const { clock, log, heartbeat } = setUp();
  heartbeat.sent();
  clock.advance(15_000);

  heartbeat.probe(1000);
  heartbeat.probe(2000);
  clock.advance(5000);

  assert.deepEqual(log, ["ping 15000", "ping 15000", "ping 15000", "dead 16000"]);
});

test("heartbeat stopped does nothing more", () => {
  const { clock, log, heartbeat } = setUp();
  heartbeat.sent();
  clock.advance(15_000);

  heartbeat.stop();
  clock.advance(60_000);

  assert.deepEqual(log, ["ping 15000"]);
});
