import assert from "node:assert/strict";
import { test } from "node:test";
import { Pulse } from "../../../static/js/webrtc/pulse.js";
import { FakeClock, settled } from "../fakes/clock.js";

/** As much of a connection as a pulse feels. */
class FakeConnection {
  /** @type {RTCPeerConnectionState} */
  state = "connected";
  open = true;
  unanswered = false;
  restarts = 0;
  bytes = 0;
  /** Whether the other side's sound and picture get through. */
  isSending = true;
  /** Whether its answers get through. */
  isAnswering = true;
  /** @type {number[]} when a ping was sent */
  pings = [];
  /** @type {Pulse | null} */
  pulse = null;

  /** @param {FakeClock} clock */
  constructor(clock) {
    this.clock = clock;
  }

  restartIce() {
    this.restarts += 1;
  }

  say() {
    this.pings.push(this.clock.now());
    if (this.isAnswering) {
      this.bytes += 30;
      this.pulse?.answered();
    }
    return true;
  }

  async traffic() {
    if (this.isSending) this.bytes += 1000;
    return { bytesReceived: this.bytes };
  }
}

/** Signalling to the other page. */
class FakeLink {
  isUp = true;
  /** @type {number[]} */
  probes = [];

  /** @param {FakeClock} clock */
  constructor(clock) {
    this.clock = clock;
  }

  /** @param {number} milliseconds */
  probe(milliseconds) {
    this.probes.push(milliseconds);
  }
}

function makePulse({ offerer = true, media = true, open = true } = {}) {
  const clock = new FakeClock();
  const connection = new FakeConnection(clock);
  connection.open = open;
  const link = new FakeLink(clock);
  const pulse = new Pulse({
    connection,
    offerer,
    link,
    expectsMedia: () => media,
    random: () => 0.5,
    isOnline: () => true,
  });
  connection.pulse = pulse;
  /** @type {{ now: number, flow: string }[]} */
  const flows = [];
  let stopped = 0;
  pulse.addEventListener("pulse:changed", ({ detail }) =>
    flows.push({ now: clock.now(), flow: detail }),
  );
  pulse.addEventListener("pulse:stopped", () => (stopped += 1));
  const pass = async (/** @type {number} */ milliseconds) => {
    for (let left = milliseconds; left > 0; left -= 250) {
      clock.advance(Math.min(left, 250));
      await settled();
    }
  };
  return { clock, connection, link, pulse, flows, pass, stopped: () => stopped };
}

test("a call that flows is left alone", async () => {
  const { connection, link, flows, pass } = makePulse();

  await pass(60_000);

  assert.deepEqual(flows, []);
  assert.equal(connection.restarts, 0);
  assert.deepEqual(link.probes, []);
});

test("a call that falls silent is unstable after 1 s, restarted after 2 s, and well with the first byte", async () => {
  const { connection, link, flows, pass } = makePulse();
  await pass(1000);

  connection.isSending = false;
  connection.isAnswering = false;
  await pass(1750);
  assert.equal(connection.restarts, 0);
  assert.deepEqual(link.probes, [1000]);
  await pass(250);
  assert.equal(connection.restarts, 1);
  connection.isSending = true;
  await pass(250);

  assert.deepEqual(flows, [
    { now: 2000, flow: "unstable" },
    { now: 3000, flow: "stalled" },
    { now: 3250, flow: "flowing" },
  ]);
});

test("a side that sends nothing but answers has a path: nothing is restarted", async () => {
  const { connection, flows, pass } = makePulse();
  await pass(1000);

  connection.isSending = false;
  await pass(20_000);

  assert.equal(connection.restarts, 0);
  assert.ok(!flows.some(({ flow }) => flow === "stalled"));
});

test("whoever waits is asked every two seconds", async () => {
  const { connection, flows, pass } = makePulse({ media: false });
  connection.isSending = false;

  await pass(10_000);

  assert.deepEqual(connection.pings, [250, 2250, 4250, 6250, 8250]);
  assert.deepEqual(flows, []);
  assert.equal(connection.restarts, 0);
});

test("whoever waits and does not answer gets a restart two seconds later", async () => {
  const { connection, flows, pass } = makePulse({ media: false });
  connection.isSending = false;
  await pass(4000);

  connection.isAnswering = false;
  await pass(2000);
  assert.equal(connection.restarts, 0);
  await pass(250);

  assert.equal(connection.restarts, 1);
  assert.deepEqual(flows, [
    { now: 5250, flow: "unstable" },
    { now: 6250, flow: "stalled" },
  ]);
});

test("a restart waits for signalling", async () => {
  const { connection, link, pass } = makePulse();
  link.isUp = false;
  connection.isSending = false;
  connection.isAnswering = false;

  await pass(30_000);
  assert.equal(connection.restarts, 0);
  link.isUp = true;
  await pass(250);

  assert.equal(connection.restarts, 1);
});

for (const state of /** @type {const} */ (["disconnected", "failed"])) {
  test(`a connection that the browser calls ${state} is restarted although something arrives`, async () => {
    const { connection, pass } = makePulse();
    await pass(1000);

    connection.state = state;
    await pass(250);

    assert.equal(connection.restarts, 1);
  });
}

test("restarts in vain end in a new connection, once", async () => {
  const { connection, pass, stopped } = makePulse();
  connection.isSending = false;
  connection.isAnswering = false;

  await pass(60_000);

  assert.equal(connection.restarts, 3);
  assert.equal(stopped(), 1);
});

test("whoever answers asks for restarts and never stops", async () => {
  const { connection, pass, stopped } = makePulse({ offerer: false });
  connection.isSending = false;
  connection.isAnswering = false;

  await pass(60_000);

  assert.ok(connection.restarts > 10);
  assert.equal(stopped(), 0);
});

test("a connection that does not come up is tried again after ten seconds", async () => {
  const { connection, pass } = makePulse({ open: false });
  connection.state = "connecting";

  await pass(9750);
  assert.equal(connection.restarts, 0);
  await pass(250);

  assert.equal(connection.restarts, 1);
});

test("an answer gives a connection that comes up another ten seconds", async () => {
  const { connection, pulse, pass } = makePulse({ open: false });
  connection.state = "connecting";
  connection.unanswered = true;
  await pass(5000);

  connection.unanswered = false;
  pulse.negotiated();
  await pass(9750);
  assert.equal(connection.restarts, 0);
  await pass(250);

  assert.equal(connection.restarts, 1);
});

test("an offer that the other page never answers is replaced by a new connection", async () => {
  const { connection, pass, stopped } = makePulse({ open: false });
  connection.state = "new";
  connection.unanswered = true;

  await pass(10_000);

  assert.equal(stopped(), 1);
});

test("another network is a restart at once", async () => {
  const { connection, pulse, pass } = makePulse();
  await pass(1000);

  pulse.networkChanged();
  await pass(20_000);

  assert.equal(connection.restarts, 1);
});

test("the other side's wish is a restart at once", async () => {
  const { connection, pulse, pass } = makePulse();
  await pass(1000);

  pulse.asked();
  await pass(20_000);

  assert.equal(connection.restarts, 1);
});

test("a page that is back asks at once whether the other side is still there", async () => {
  const { connection, pulse, pass } = makePulse({ media: false });
  await pass(500);

  pulse.check();
  await pass(250);

  assert.deepEqual(connection.pings, [250, 750]);
});

test("a device that slept does not hold the time against the other side", async () => {
  const { clock, connection, flows, pass } = makePulse({ media: false });
  connection.isAnswering = false;
  await pass(500);

  const now = clock.now.bind(clock);
  clock.now = () => now() + 90_000;
  await pass(1000);

  assert.deepEqual(flows, []);
  assert.equal(connection.pings.length, 2);
});

test("statistics that fail count as silence", async (t) => {
  const { connection, flows, pass } = makePulse();
  const warn = t.mock.method(console, "warn", () => null);
  connection.traffic = async () => {
    throw new Error("none");
  };

  await pass(2500);

  assert.ok(warn.mock.callCount() > 0);
  assert.equal(flows.at(-1)?.flow, "stalled");
});

test("a pulse that is closed feels nothing, not even what it was waiting for", async () => {
  const { clock, connection, pulse, flows, pass } = makePulse();
  connection.isSending = false;
  connection.isAnswering = false;
  await pass(750);

  clock.advance(250);
  pulse.close();
  await pass(20_000);

  assert.deepEqual(flows, []);
  assert.equal(connection.restarts, 0);
  assert.equal(clock.pending, 0);
});
