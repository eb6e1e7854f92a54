import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { everSent, FakePractice, sending } from "../fakes/practice.js";
import { rest, until } from "../fakes/turns.js";

/** @typedef {import("../fakes/peer-connection.js").FakePeerConnection} FakePeerConnection */

/** Others for each test: a page counts changed certificates by seat. */
let jo = "";
let kim = "";
let count = 0;
beforeEach(() => {
  count += 1;
  jo = `seat-of-jo-${count}`;
  kim = `seat-of-kim-${count}`;
});

/**
 * Somebody who comes and is seen to wait.
 * @param {FakePractice} practice
 * @param {string} seat
 * @param {string} name
 */
async function arrive(practice, seat, name) {
  const token = practice.hub.invite(seat);
  const guest = practice.openVisit(token);
  await guest.visit.allow();
  guest.visit.enter(name, "1");
  await until(() => guest.visit.waiting === "seen");
  return { ...guest, token };
}

/** @param {import("node:test").TestContext} t */
async function oneWaits(t) {
  const practice = new FakePractice(t);
  const host = practice.openRoom();
  const guest = await arrive(practice, jo, "Jo Beispiel");
  const [hostPeer, guestPeer] = /** @type {[FakePeerConnection, FakePeerConnection]} */ (
    practice.network.peers
  );
  return { practice, host, room: host.room, guest, hostPeer, guestPeer };
}

/** @param {import("node:test").TestContext} t */
async function inCall(t) {
  const all = await oneWaits(t);
  await all.room.admit(jo);
  await until(() => all.guest.visit.state === "connected");
  await until(() => practiceKnows(all.practice));
  await rest();
  return all;
}

/** @param {FakePractice} practice */
const practiceKnows = (practice) => practice.hub.place(jo).admittedSince !== null;

/** @param {FakePractice} practice */
const orders = (practice) => practice.hub.orders.map(({ type, seat }) => `${type} ${seat ?? ""}`);

test("room connects with everybody who waits and sends to nobody", async (t) => {
  const { practice, room } = await oneWaits(t);
  await arrive(practice, kim, "Kim Muster");

  assert.deepEqual(
    [...room.visitors.values()].map(({ conversation, reachable }) => [
      conversation?.name,
      reachable,
    ]),
    [
      ["Jo Beispiel", true],
      ["Kim Muster", true],
    ],
  );
  assert.equal(room.state, "idle");
  assert.deepEqual(practice.network.peers.map(everSent), [[], [], [], []]);
});

test("room sends to exactly one, and to the next after the first", async (t) => {
  const { practice, room, guest } = await inCall(t);
  const next = await arrive(practice, kim, "Kim Muster");
  const toKim = /** @type {FakePeerConnection} */ (practice.network.peers.at(-2));

  await room.admit(kim);
  assert.equal(room.current?.peer.seat, jo);
  assert.deepEqual(everSent(toKim), []);
  await room.hangUp();
  await until(() => guest.visit.state === "ended");
  await until(() => room.visitors.size === 1);
  await room.admit(kim);
  await until(() => next.visit.state === "connected");
  await rest();

  assert.equal(room.current?.peer.seat, kim);
  assert.deepEqual(practice.network.connected.map(sending), [
    ["audio", "video"],
    ["audio", "video"],
  ]);
});

test("room that hangs up says so, is idle at once and frees nothing that another needs", async (t) => {
  const { practice, host, room, guest, hostPeer } = await inCall(t);

  const gone = room.hangUp();
  assert.equal(room.state, "idle");
  await gone;
  await until(() => guest.visit.state === "ended");
  await until(() => room.visitors.size === 0);

  assert.equal(guest.visit.reason, "hung-up");
  assert.equal(room.departed, false);
  assert.equal(hostPeer.connectionState, "closed");
  assert.deepEqual(orders(practice), [`admit ${jo}`, `put-back ${jo}`]);
  assert.deepEqual(host.media.state, { audio: "on", video: "on" });
});

test("room that hangs up while the browser asks for the camera has not admitted", async (t) => {
  const practice = new FakePractice(t);
  const host = practice.openRoom({ granted: false });
  const guest = await arrive(practice, jo, "Jo Beispiel");
  const ask = host.devices.getUserMedia.bind(host.devices);
  /** @type {(answer: null) => void} */
  let answer = () => {};
  const question = new Promise((resolve) => {
    answer = resolve;
  });
  host.devices.getUserMedia = async (constraints) => {
    await question;
    return ask(constraints);
  };

  const admitted = host.room.admit(jo);
  await rest();
  void host.room.hangUp();
  answer(null);
  await admitted;
  await until(() => guest.visit.state === "ended");

  assert.deepEqual(orders(practice), [`put-back ${jo}`]);
  assert.deepEqual(practice.network.peers.map(everSent), [[], []]);
});

test("room that hangs up in the moment of admitting leaves nobody admitted", async (t) => {
  const { practice, room, hostPeer } = await oneWaits(t);

  const admitted = room.admit(jo);
  await until(() => hostPeer.channels[0]?.sent.includes('{"type":"admit"}'));
  assert.deepEqual(everSent(hostPeer), []);
  await Promise.all([room.hangUp(), admitted]);
  await rest();

  assert.equal(orders(practice).at(-1), `put-back ${jo}`);
  assert.equal(practice.hub.place(jo).admittedSince, null);
});

test("room admits while the server is gone, and tells it afterwards until it confirms", async (t) => {
  const { practice, room, guest } = await oneWaits(t);
  practice.hub.stop();
  await rest();
  assert.equal(room.offline, true);

  await room.admit(jo);
  await until(() => guest.visit.state === "connected");
  assert.deepEqual(orders(practice), []);
  practice.hub.isSilent = true;
  practice.hub.start();
  await practice.pass(20_000);
  assert.deepEqual(orders(practice), [`admit ${jo}`]);
  practice.hub.isSilent = false;
  practice.hub.cut("room");
  await practice.pass(20_000);
  assert.equal(practiceKnows(practice), true);
  practice.hub.cut("room");
  await practice.pass(20_000);

  assert.deepEqual(orders(practice), [`admit ${jo}`, `admit ${jo}`]);
  assert.equal(room.state, "connected");
});

test("room ends a consultation although the server was gone", async (t) => {
  const { practice, room, guest } = await inCall(t);
  practice.hub.cut("room");
  await rest();

  await room.end();
  await until(() => guest.visit.state === "ended");
  assert.equal(practice.hub.place(jo).isEnded, false);
  await practice.pass(20_000);

  assert.equal(practice.hub.place(jo).isEnded, true);
  assert.equal(guest.visit.reason, "ended");
  assert.equal(room.visitors.size, 0);
});

test("room that is reloaded calls in again whom it had called in", async (t) => {
  const { practice, host, guest } = await inCall(t);
  const waiting = await arrive(practice, kim, "Kim Muster");
  host.room.close();
  await until(() => guest.visit.state === "reconnecting");

  const { room } = practice.openRoom();
  await until(() => room.state === "connected");
  await until(() => guest.visit.state === "connected");
  await until(() => waiting.visit.waiting === "seen");
  await rest();

  assert.equal(room.current?.peer.seat, jo);
  assert.equal(waiting.visit.state, "waiting");
  assert.deepEqual(sending(practice.network.last), []);
  const flowing = practice.network.connected.map(sending).filter(({ length }) => length > 0);
  assert.deepEqual(flowing, [
    ["audio", "video"],
    ["audio", "video"],
  ]);
});

test("room goes on with the one called in last where the server knows of two", async (t) => {
  const { practice, host } = await inCall(t);
  const other = await arrive(practice, kim, "Kim Muster");
  practice.hub.place(kim).admittedSince = practice.hub.time(60_000);
  host.room.close();

  const { room } = practice.openRoom();
  await until(() => other.visit.state === "connected");
  await until(() => room.visitors.get(jo)?.reachable);
  await rest();

  assert.equal(room.current?.peer.seat, kim);
  assert.equal(room.visitors.get(jo)?.admitted, false);
  assert.equal(practice.hub.place(jo).admittedSince, null);
});

test("room does not call in again who said good-bye while the server could not hear it", async (t) => {
  const { practice, room, guest } = await inCall(t);
  practice.hub.stop();
  await rest();

  await guest.visit.hangUp();
  await until(() => room.visitors.size === 0);
  assert.equal(room.departed, true);
  practice.hub.start();
  room.open();
  await practice.pass(20_000);

  assert.equal(room.current, null);
  assert.equal(practice.hub.place(jo).admittedSince, null);
});

test("room keeps who lost their socket, and says since when they are away", async (t) => {
  const { practice, room, guest } = await oneWaits(t);
  guest.visit.close();
  await until(() => room.visitors.get(jo)?.peer.state === "away");
  await rest();

  const visitor = room.visitors.get(jo);
  assert.equal(visitor?.peer.since, practice.hub.time());
  assert.equal(visitor?.reachable, false);
  const peers = practice.network.peers.length;
  await practice.pass(10_000);
  assert.equal(practice.network.peers.length, peers);
});

test("room lets whoever was away for too long wait again, over another connection", async (t) => {
  const { practice, room, guest, hostPeer } = await inCall(t);

  practice.network.break();
  practice.hub.cut(jo);
  practice.hub.place(jo).admittedSince = null; // as the server does after the grace period
  practice.hub.isUp = false;
  await practice.pass(5000);
  assert.equal(room.current?.peer.seat, jo);
  practice.hub.isUp = true;
  await practice.pass(3000);
  practice.network.mend();
  await until(() => guest.visit.state === "waiting" && guest.visit.waiting === "seen");

  assert.equal(room.state, "idle");
  assert.equal(room.visitors.get(jo)?.admitted, false);
  assert.equal(hostPeer.connectionState, "closed");
  assert.deepEqual(practice.network.connected.map(sending), [[], []]);
});

test("room goes on with a call that outlived its admission, and tells the server again", async (t) => {
  const { practice, room, guest } = await inCall(t);

  practice.hub.cut(jo);
  practice.hub.place(jo).admittedSince = null;
  await practice.pass(3000);
  await until(() => guest.signalling.state === "joined" && practiceKnows(practice));

  assert.equal(room.state, "connected");
  assert.equal(guest.visit.state, "connected");
  assert.equal(practice.network.peers.length, 2);
  assert.deepEqual(orders(practice), [`admit ${jo}`, `admit ${jo}`]);
});

test("room forgets who left", async (t) => {
  const { room, guest } = await oneWaits(t);

  await guest.visit.hangUp();
  await until(() => room.visitors.size === 0);

  assert.equal(room.departed, false);
});

test("room makes a new connection where the last one came to nothing", async (t) => {
  const { practice, room, guest, guestPeer } = await oneWaits(t);

  guestPeer.close();
  await rest();
  assert.equal(room.visitors.get(jo)?.reachable, false);
  assert.equal(practice.network.peers.length, 2);
  await practice.pass(2000);
  await until(() => guest.visit.waiting === "seen" && room.visitors.get(jo)?.reachable);

  assert.equal(practice.network.peers.length, 4);
});

test("room goes on with a visitor whose path was lost when it hung up", async (t) => {
  const { practice, room, guest } = await inCall(t);
  practice.network.isUp = false;

  const gone = room.hangUp();
  await practice.pass(1500);
  await gone;
  practice.network.mend();
  await practice.pass(4000);
  await until(() => guest.visit.waiting === "seen");

  assert.equal(guest.visit.state, "waiting");
  assert.equal(room.visitors.get(jo)?.reachable, true);
  assert.deepEqual(practice.network.connected.map(everSent), [[], []]);
});

test("room takes no order from the other side", async (t) => {
  const { practice, room, guestPeer } = await oneWaits(t);
  const control = guestPeer.channels[0];

  control?.send('{"type":"admit"}');
  control?.send('{"type":"seen","since":"2026-11-24T10:02:00Z"}');
  control?.send('{"type":"put-back"}');
  await rest();

  assert.equal(room.current, null);
  assert.equal(room.state, "idle");
  assert.deepEqual(orders(practice), []);
  assert.deepEqual(practice.network.peers.map(everSent), [[], []]);
});

test("room shows one name for a connection and answers the greeting once", async (t) => {
  const { room, hostPeer, guestPeer } = await oneWaits(t);

  guestPeer.channels[0]?.send(
    '{"type":"hello","version":1,"role":"patient","name":"Somebody else","language":"de"}',
  );
  await rest();

  assert.equal(room.visitors.get(jo)?.conversation?.name, "Jo Beispiel");
  const seen = hostPeer.channels[0]?.sent.filter((text) => text.includes('"seen"'));
  assert.equal(seen?.length, 1);
});

test("room drops a guest after the last word, whatever else they say", async (t) => {
  const { practice, room, guestPeer } = await inCall(t);
  const control = guestPeer.channels[0];

  control?.send('{"type":"bye","reason":"hung-up"}');
  control?.send('{"type":"state","microphone":"on","camera":"on","page":"visible"}');
  await until(() => room.visitors.size === 0);
  await rest();

  assert.equal(room.departed, true);
  assert.equal(practiceKnows(practice), false);
});

test("room ignores answers and candidates of a connection that it does not hold", async (t) => {
  const { practice, room, hostPeer } = await oneWaits(t);
  const before = hostPeer.remoteDescription;
  const answer = /** @type {string} */ (
    practice.hub.transcript.find((text) => text.includes('"answer"'))
  );

  const visitor = room.visitors.get(jo);
  visitor?.receive({ ...JSON.parse(answer), connection: "connection-of-yesterday" });
  await rest();

  assert.equal(hostPeer.remoteDescription, before);
  assert.equal(visitor?.reachable, true);
});

test("room takes the camera for the first who waits and frees it two minutes after the last", async (t) => {
  const practice = new FakePractice(t);
  const host = practice.openRoom();
  await rest();
  assert.deepEqual(host.devices.live, []);
  const first = await arrive(practice, jo, "Jo Beispiel");
  await until(() => host.devices.live.length === 2);

  await first.visit.hangUp();
  await until(() => host.room.visitors.size === 0);
  await practice.pass(119_000);
  assert.equal(host.devices.live.length, 2);
  const second = await arrive(practice, kim, "Kim Muster");
  await practice.pass(5000);
  assert.equal(host.devices.live.length, 2);
  await second.visit.hangUp();
  await until(() => host.room.visitors.size === 0);
  await practice.pass(121_000);

  assert.deepEqual(host.devices.live, []);
  assert.equal(host.devices.asked.length, 1);
});

test("room asks for nothing by itself where the browser would ask the person", async (t) => {
  const practice = new FakePractice(t);
  const host = practice.openRoom({ granted: false });
  await arrive(practice, jo, "Jo Beispiel");
  await rest();
  assert.equal(host.room.granted, false);
  assert.deepEqual(host.devices.asked, []);

  await host.room.allow();

  assert.equal(host.devices.live.length, 2);
});

test("room that is given the camera with nobody there does not keep it", async (t) => {
  const practice = new FakePractice(t);
  const host = practice.openRoom({ granted: false });

  await host.room.allow();
  assert.equal(host.devices.live.length, 2);
  await practice.pass(121_000);

  assert.deepEqual(host.devices.live, []);
});

test("room that a newer page replaced lets go of everybody, and can be entered again", async (t) => {
  const { practice, host, room, guest } = await inCall(t);

  const newer = practice.openRoom();
  await until(() => room.reason === "taken-over");
  assert.equal(room.visitors.size, 0);
  assert.deepEqual(host.devices.live, []);
  await until(() => newer.room.state === "connected");
  newer.room.close();
  await rest();
  room.open();
  await until(() => room.state === "connected");
  await until(() => guest.visit.state === "connected");

  assert.equal(room.reason, "");
  assert.equal(room.current?.peer.seat, jo);
});

test("room hands a seat over on one click, and the call goes on with the second device", async (t) => {
  const { practice, room, guest } = await inCall(t);
  const second = practice.openVisit(guest.token);
  second.visit.enter("Jo Beispiel", "1");
  await until(() => room.visitors.get(jo)?.claim);

  room.answerClaim(jo, true);
  await until(() => second.visit.state === "connected");
  await until(() => room.state === "connected");

  assert.equal(room.visitors.get(jo)?.claim, null);
  assert.equal(guest.visit.reason, "taken-over");
});

test("room turns a second device away, and the call is not touched", async (t) => {
  const { practice, room, guest } = await inCall(t);
  const second = practice.openVisit(guest.token);
  second.visit.enter("Somebody", "1");
  await until(() => room.visitors.get(jo)?.claim);

  room.answerClaim(jo, false);
  await until(() => second.visit.state === "failed");

  assert.equal(second.visit.reason, "claim-refused");
  assert.equal(guest.visit.state, "connected");
  assert.equal(practice.network.peers.length, 2);
});

test("room connects in time with each of those who came early", async (t) => {
  const practice = new FakePractice(t);
  const { room } = practice.openRoom();
  for (const [seat, minutes] of /** @type {[string, number][]} */ ([
    [jo, 1],
    [kim, 3],
  ])) {
    const token = practice.hub.invite(seat, { opensAt: practice.hub.time(minutes * 60_000) });
    practice.openVisit(token).visit.enter("Somebody", "1");
  }
  await until(() => room.visitors.size === 2);
  assert.equal(practice.network.peers.length, 0);

  await practice.pass(61_000);
  await until(() => room.visitors.get(jo)?.reachable);
  assert.equal(practice.network.peers.length, 2);
  await practice.pass(120_000);
  await until(() => room.visitors.get(kim)?.reachable);

  assert.equal(practice.network.peers.length, 4);
});

test("room offers nobody a connection before the server lets it through", async (t) => {
  const practice = new FakePractice(t);
  // The practice's own clock is an hour ahead of the server's.
  practice.hub.ahead = -3_600_000;
  const { room } = practice.openRoom();
  const token = practice.hub.invite(jo, { opensAt: practice.hub.time(60_000) });
  const guest = practice.openVisit(token);
  guest.visit.enter("Jo Beispiel", "1");
  await until(() => room.visitors.size === 1);
  await practice.pass(59_000);
  assert.equal(practice.network.peers.length, 0);

  await practice.pass(3000);
  await until(() => guest.visit.waiting === "seen");
});
