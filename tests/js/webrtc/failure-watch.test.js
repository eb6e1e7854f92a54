import assert from "node:assert/strict";
import { test } from "node:test";
import { FailureWatch } from "../../../static/js/webrtc/failure-watch.js";
import { FakeClock, settled } from "../fakes/clock.js";

const HOST = "candidate:1 1 udp 2113937151 198.18.1.2 50000 typ host";
const SRFLX =
  "candidate:3 1 udp 1677729535 203.0.113.2 50000 typ srflx raddr 198.18.1.2 rport 50000";

/** @param {string} id */
const attempt = (id) => ({
  id,
  open: false,
  evidence: async () => ({
    local: [HOST],
    remote: [HOST, SRFLX],
    described: true,
    relayOnly: false,
    heard: false,
    failed: false,
  }),
});

function watched() {
  const clock = new FakeClock();
  const seen = {
    due: true,
    joining: false,
    attempt: /** @type {ReturnType<typeof attempt> | null} */ (null),
  };
  const watch = new FailureWatch(() => seen, clock);
  /** @type {(string | undefined)[]} */
  const told = [];
  watch.addEventListener("failure:changed", ({ detail }) => told.push(detail?.cause));
  const go = async (/** @type {number} */ seconds) => {
    for (let half = 0; half < seconds * 2; half += 1) {
      clock.advance(500);
      await settled();
    }
  };
  return { clock, seen, watch, told, go };
}

test("a failure is explained ten seconds after the first attempt was begun", async () => {
  const { seen, told, go } = watched();
  seen.attempt = attempt("one");

  await go(10);
  assert.deepEqual(told, []);
  await go(1);
  assert.deepEqual(told, ["udp-blocked"]);
});

test("a connection that stands explains nothing, and takes the explanation away", async () => {
  const { seen, told, go } = watched();
  seen.attempt = { ...attempt("one"), open: true };
  await go(30);
  assert.deepEqual(told, []);

  seen.attempt = attempt("two");
  await go(11);
  seen.attempt.open = true;
  await go(1);
  assert.deepEqual(told, ["udp-blocked", undefined]);
});

test("a new attempt keeps the cause that the one before has shown, and the time that was waited", async () => {
  const { seen, told, go, watch } = watched();
  seen.attempt = attempt("one");
  await go(8);
  seen.attempt = attempt("two");
  await go(6);
  assert.deepEqual(told, ["udp-blocked"]);

  seen.attempt = attempt("three");
  await go(3);
  seen.attempt = null;
  await go(3);
  assert.equal(watch.diagnosis?.cause, "udp-blocked");
});

test("a line that does not come up is explained without an attempt", async () => {
  const { seen, told, go } = watched();
  seen.joining = true;
  seen.due = false;
  await go(9);
  assert.deepEqual(told, ["signalling-blocked"]);

  seen.joining = false;
  await go(1);
  assert.deepEqual(told, ["signalling-blocked", undefined]);
});

test("nobody there is no failure", async () => {
  const { seen, told, go } = watched();
  seen.due = false;
  await go(60);
  assert.deepEqual(told, []);
});

test("a watch that is closed says nothing more", async () => {
  const { seen, told, go, watch, clock } = watched();
  seen.attempt = attempt("one");
  await go(9);

  watch.close();
  await go(20);

  assert.deepEqual(told, []);
  assert.equal(clock.pending, 0);
});

test("a browser that gives no statistics stays without an explanation", async (context) => {
  const warn = context.mock.method(console, "warn", () => {});
  const { seen, told, go } = watched();
  seen.attempt = {
    ...attempt("one"),
    evidence: async () => {
      throw new DOMException("closed", "InvalidStateError");
    },
  };

  await go(12);

  assert.deepEqual(told, []);
  assert.equal(warn.mock.callCount() > 0, true);
});
