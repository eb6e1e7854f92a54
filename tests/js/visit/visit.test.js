import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeCertificate } from "../fakes/certificate.js";
import { CAMERA, FakeMediaDevices, MICROPHONE } from "../fakes/media.js";
import { everSent, FakePractice, sending } from "../fakes/practice.js";
import { FakeStorage } from "../fakes/storage.js";
import { rest, until } from "../fakes/turns.js";

/** @typedef {import("../fakes/peer-connection.js").FakePeerConnection} FakePeerConnection */

const NAME = "Jo Beispiel";
/** Another one for each test: a page counts changed certificates by seat. */
let seat = "";
let count = 0;
beforeEach(() => {
  count += 1;
  seat = `seat-of-jo-${count}`;
});

/**
 * A patient who waits and a practitioner whose page shows so.
 * @param {import("node:test").TestContext} t
 */
async function waiting(t) {
  const practice = new FakePractice(t);
  const token = practice.hub.invite(seat);
  const host = practice.openRoom();
  const guest = practice.openVisit(token);
  await guest.visit.allow();
  guest.visit.enter(NAME, "1");
  await until(() => guest.visit.waiting === "seen");
  await until(() => guest.visit.conversation?.code);
  const [hostPeer, guestPeer] = /** @type {[FakePeerConnection, FakePeerConnection]} */ (
    practice.network.peers
  );
  return { practice, token, host, guest, hostPeer, guestPeer };
}

/** @param {import("node:test").TestContext} t */
async function inCall(t) {
  const all = await waiting(t);
  await all.host.room.admit(seat);
  await until(() => sending(all.guestPeer).length === 2 && sending(all.hostPeer).length === 2);
  await rest();
  return all;
}

test("visit leads from the first click through the waiting room into the call", async (t) => {
  const practice = new FakePractice(t);
  const host = practice.openRoom();
  const { visit, media } = practice.openVisit(practice.hub.invite(seat));
  /** @type {string[]} */
  const states = [];
  visit.addEventListener("visit:changed", () => {
    if (states.at(-1) !== visit.state) states.push(visit.state);
  });

  assert.equal(visit.state, "start");
  await visit.allow();
  assert.deepEqual(media.state, { audio: "on", video: "on" });
  visit.enter(NAME, "1");
  assert.equal(visit.waiting, "arriving");
  await until(() => visit.waiting === "seen");
  await host.room.admit(seat);
  await until(() => visit.state === "connected");
  await host.room.hangUp();
  await until(() => visit.state === "ended");

  assert.deepEqual(states, ["preview", "waiting", "connected", "ended"]);
  assert.equal(visit.reason, "hung-up");
});

test("visit sends nothing before the practitioner admits, and then sound and picture at once", async (t) => {
  const { host, guest, hostPeer, guestPeer } = await waiting(t);
  const negotiations = guestPeer.negotiations;
  assert.deepEqual([everSent(hostPeer), everSent(guestPeer)], [[], []]);
  assert.equal(guest.visit.admitted, false);

  await host.room.admit(seat);
  await until(() => guest.visit.state === "connected");
  await rest();

  assert.deepEqual(sending(guestPeer), ["audio", "video"]);
  assert.deepEqual(sending(hostPeer), ["audio", "video"]);
  assert.equal(guestPeer.negotiations, negotiations);
  assert.equal(host.room.state, "connected");
});

test("visit tells the real name over the connection and nowhere else", async (t) => {
  const { practice, host, guest } = await inCall(t);

  assert.equal(host.room.visitors.get(seat)?.conversation?.name, NAME);
  assert.equal(guest.visit.conversation?.name, "Dr. Weber");
  await guest.visit.hangUp();
  await rest();
  assert.ok(practice.hub.transcript.length > 10);
  assert.deepEqual(
    practice.hub.transcript.filter((text) => text.includes(NAME) || text.includes("Weber")),
    [],
  );
});

test("visit says that it is seen only after the practitioner's page has shown the person", async (t) => {
  const practice = new FakePractice(t);
  const { room } = practice.openRoom();
  const { visit } = practice.openVisit(practice.hub.invite(seat));
  /** @type {string[]} */
  const order = [];
  room.addEventListener("room:changed", () => {
    const name = room.visitors.get(seat)?.conversation?.name;
    if (name && !order.includes("shown")) order.push("shown");
  });
  visit.addEventListener("visit:changed", () => {
    if (visit.waiting === "seen" && !order.includes("seen")) order.push("seen");
  });

  visit.enter(NAME, "1");
  await until(() => visit.waiting === "seen");

  assert.deepEqual(order, ["shown", "seen"]);
  assert.equal(visit.seenSince?.toISOString(), practice.hub.place(seat).arrivedAt);
});

test("visit and room compute the same six digits", async (t) => {
  const { host, guest } = await waiting(t);

  const visitor = host.room.visitors.get(seat);
  await until(() => visitor?.conversation?.code);

  assert.match(guest.visit.conversation?.code ?? "", /^\d{6}$/);
  assert.equal(visitor?.conversation?.code, guest.visit.conversation?.code);
});

test("visit of a companion computes the same digits too", async (t) => {
  const practice = new FakePractice(t);
  const { room } = practice.openRoom();
  const { visit } = practice.openVisit(practice.hub.invite(seat, { role: "companion" }));

  visit.enter(NAME, "1");
  await until(() => room.visitors.get(seat)?.conversation?.code);
  await until(() => visit.conversation?.code);

  assert.equal(room.visitors.get(seat)?.conversation?.code, visit.conversation?.code);
});

test("visit that hangs up stops everything at once and says good-bye", async (t) => {
  const { practice, host, guest, guestPeer } = await inCall(t);

  const gone = guest.visit.hangUp();
  assert.equal(guest.visit.state, "ended");
  assert.equal(guest.visit.reason, "left");
  assert.deepEqual(guest.devices.live, []);
  assert.equal(guest.memory.read(), null);
  await gone;
  await until(() => host.room.visitors.size === 0);

  assert.equal(guestPeer.connectionState, "closed");
  assert.equal(host.room.state, "idle");
  assert.equal(host.room.departed, true);
  await until(() => practice.hub.place(seat).resume === null);
});

test("visit that hangs up twice ends once", async (t) => {
  const { practice, guest } = await inCall(t);

  const leaves = () => practice.hub.transcript.filter((text) => text.includes('"leave"')).length;
  const gone = guest.visit.hangUp();
  await guest.visit.hangUp();
  assert.equal(leaves(), 0);
  await gone;

  assert.equal(leaves(), 1);
});

test("visit answers no offer after it has ended", async (t) => {
  const { practice, host, guest } = await inCall(t);
  practice.network.isUp = false;

  const gone = guest.visit.hangUp();
  host.room.visitors.get(seat)?.update(practicePeer(host), true);
  await rest();

  assert.equal(guest.visit.conversation, null);
  assert.equal(guest.visit.state, "ended");
  await practice.pass(1000);
  await gone;
});

/** @param {{ room: import("../../../static/js/room/consulting-room.js").ConsultingRoom }} host */
const practicePeer = ({ room }) =>
  /** @type {import("../../../static/js/room/visitor.js").Visitor} */ (room.visitors.get(seat))
    .peer;

test("visit hears nothing after the last word", async (t) => {
  const { guest, hostPeer } = await inCall(t);
  const control = hostPeer.channels[0];

  control?.send('{"type":"bye","reason":"hung-up"}');
  control?.send('{"type":"admit"}');
  control?.send('{"type":"hello","version":1,"role":"practitioner","name":"X","language":"de"}');
  await rest();

  assert.equal(guest.visit.state, "ended");
  assert.equal(guest.visit.admitted, false);
  assert.deepEqual(guest.devices.live, []);
});

test("visit waits again when it is put back, and sends nothing", async (t) => {
  const { guest, hostPeer, guestPeer } = await inCall(t);

  hostPeer.channels[0]?.send('{"type":"put-back"}');
  await rest();

  assert.equal(guest.visit.state, "waiting");
  assert.equal(guest.visit.waiting, "seen");
  assert.deepEqual(sending(guestPeer), []);
  guest.visit.outgoing.setCamera(false);
  guest.visit.outgoing.setCamera(true);
  await rest();
  assert.deepEqual(sending(guestPeer), []);
});

test("visit takes the name of the other side once for a connection", async (t) => {
  const { guest, hostPeer } = await waiting(t);

  hostPeer.channels[0]?.send(
    '{"type":"hello","version":1,"role":"practitioner","name":"Somebody else","language":"de"}',
  );
  await rest();

  assert.equal(guest.visit.conversation?.name, "Dr. Weber");
});

test("visit tells what it shows: switched off, missing, page hidden", async (t) => {
  const { host, guest } = await inCall(t);
  const state = () => host.room.current?.conversation?.state;
  assert.deepEqual(state(), { type: "state", microphone: "on", camera: "on", page: "visible" });

  guest.visit.outgoing.setMicrophone(false);
  guest.visit.outgoing.setPage("hidden");
  guest.devices.live.find(({ kind }) => kind === "video")?.end();
  await rest();

  assert.deepEqual(state(), {
    type: "state",
    microphone: "off",
    camera: "missing",
    page: "hidden",
  });
});

test("visit sends a camera that comes later as soon as it comes", async (t) => {
  const { practice, host, guest, guestPeer } = await waiting(t);
  guest.devices.live.find(({ kind }) => kind === "video")?.end();
  await host.room.admit(seat);
  await until(() => guest.visit.state === "connected");
  await rest();
  assert.deepEqual(sending(guestPeer), ["audio"]);

  await guest.visit.setCamera(true);
  await rest();

  assert.deepEqual(sending(guestPeer), ["audio", "video"]);
  assert.equal(practice.network.peers.length, 2);
});

test("visit goes on without any device", async (t) => {
  const practice = new FakePractice(t);
  const { room } = practice.openRoom();
  const { visit } = practice.openVisit(practice.hub.invite(seat), {
    devices: new FakeMediaDevices(),
  });

  await visit.allow();
  visit.enter(NAME, "1");
  await until(() => visit.waiting === "seen");
  await room.admit(seat);
  await until(() => visit.state === "connected");
  await rest();

  assert.equal(room.current?.conversation?.state?.camera, "missing");
});

test("visit whose question for the camera is answered late stays where it went on to", async (t) => {
  const practice = new FakePractice(t);
  practice.openRoom();
  const devices = new FakeMediaDevices(MICROPHONE, CAMERA);
  const { visit, media } = practice.openVisit(practice.hub.invite(seat), { devices });
  const ask = devices.getUserMedia.bind(devices);
  /** @type {(answer: null) => void} */
  let answer = () => {};
  const question = new Promise((resolve) => {
    answer = resolve;
  });
  devices.getUserMedia = async (constraints) => {
    await question;
    return ask(constraints);
  };

  const asked = visit.allow();
  visit.enter(NAME, "1");
  await until(() => visit.waiting === "seen");
  answer(null);
  await asked;

  assert.equal(visit.state, "waiting");
  assert.deepEqual(media.state, { audio: "on", video: "on" });
});

test("visit is early until the waiting room opens, by the server's clock", async (t) => {
  const practice = new FakePractice(t);
  practice.hub.ahead = 10 * 60_000;
  const host = practice.openRoom();
  const token = practice.hub.invite(seat, { opensAt: practice.hub.time(60_000) });
  const { visit } = practice.openVisit(token);
  visit.enter(NAME, "1");
  await until(() => visit.waiting === "early");
  let rendered = "";
  visit.addEventListener("visit:changed", () => {
    rendered = visit.waiting;
  });

  await practice.pass(59_000);
  assert.equal(practice.network.peers.length, 0);
  assert.equal(rendered, "");
  assert.equal(host.room.visitors.get(seat)?.due, false);
  await practice.pass(2000);
  await until(() => visit.waiting === "seen");

  assert.equal(practice.network.peers.length, 2);
});

test("visit says that the practitioner is not there, and when the room opens with nobody in it", async (t) => {
  const practice = new FakePractice(t);
  const { visit } = practice.openVisit(
    practice.hub.invite(seat, { opensAt: practice.hub.time(1000) }),
  );
  let rendered = "";
  visit.addEventListener("visit:changed", () => {
    rendered = visit.waiting;
  });

  visit.enter(NAME, "1");
  await until(() => rendered === "early");
  await practice.pass(1500);
  assert.equal(rendered, "alone");
  practice.openRoom();
  await until(() => rendered === "connecting");
  await until(() => rendered === "seen");
});

test("visit keeps offer and candidates that come before its certificate is made", async (t) => {
  const practice = new FakePractice(t);
  practice.openRoom();
  /** @type {(certificate: RTCCertificate) => void} */
  let make = () => {};
  const certificate = new Promise((resolve) => {
    make = resolve;
  });
  const { visit } = practice.openVisit(practice.hub.invite(seat), { certificate });

  visit.enter(NAME, "1");
  await until(() => practice.hub.transcript.some((text) => text.includes('"candidate"')));
  await rest();
  assert.equal(practice.network.peers.length, 1);
  make(/** @type {RTCCertificate} */ (/** @type {unknown} */ (new FakeCertificate())));
  await until(() => visit.waiting === "seen");

  assert.equal(practice.network.connected.length, 2);
});

test("visit takes no offer from a seat that is not the practitioner's", async (t) => {
  const { practice, guest } = await inCall(t);
  const { conversation } = guest.visit;
  const place = practice.hub.place(seat);
  const offer = /** @type {string} */ (
    practice.hub.transcript.find((text) => text.includes('"offer"'))
  );
  const forged = {
    ...JSON.parse(offer),
    from: "seat-of-somebody",
    connection: "connection-forged",
  };

  place.socket?.tell({ ...forged, fromInstance: "instance-x", seq: 1 });
  await rest();

  assert.equal(guest.visit.conversation, conversation);
  assert.equal(practice.network.peers.length, 2);
});

test("visit replaces its connection when the practitioner's page offers another", async (t) => {
  const { practice, host, guest, guestPeer } = await inCall(t);
  const before = guest.visit.conversation?.id;

  host.room.visitors.get(seat)?.update(practicePeer(host), true);
  await until(() => guest.visit.conversation && guest.visit.conversation.id !== before);
  await until(() => guest.visit.state === "connected");
  await rest();

  assert.equal(guestPeer.connectionState, "closed");
  assert.equal(practice.network.connected.length, 2);
  assert.deepEqual(practice.network.connected.map(sending), [
    ["audio", "video"],
    ["audio", "video"],
  ]);
});

test("visit that is reloaded is back in the call by itself, with name and tracks", async (t) => {
  const { practice, token, host, guest } = await inCall(t);
  guest.visit.close();

  const again = practice.openVisit(token, { storage: guest.storage });
  assert.equal(again.visit.interrupted, true);
  void again.visit.resume();
  assert.equal(again.visit.state, "reconnecting");
  await until(() => again.visit.state === "connected");
  await until(() => host.room.state === "connected");
  await rest();

  assert.equal(host.room.current?.conversation?.name, NAME);
  assert.deepEqual(practice.network.connected.map(sending), [
    ["audio", "video"],
    ["audio", "video"],
  ]);
});

test("visit that is reloaded while it waits, waits again", async (t) => {
  const { practice, token, guest } = await waiting(t);
  guest.visit.close();

  const again = practice.openVisit(token, { storage: guest.storage });
  void again.visit.resume();
  await until(() => again.visit.state === "waiting");
  await until(() => again.visit.waiting === "seen");

  assert.equal(again.visit.admitted, false);
  assert.deepEqual(everSent(practice.network.last), []);
});

test("visit sends nothing over a new connection before it is called in over that one", async (t) => {
  const { practice, host, guest } = await inCall(t);
  // A page of the practitioner's that no longer knows of the admission.
  practice.hub.place(seat).admittedSince = null;
  host.room.close();
  await until(() => guest.visit.state === "reconnecting");

  const next = practice.openRoom();
  await until(() => guest.visit.state === "waiting");
  await until(() => guest.visit.waiting === "seen");

  assert.equal(next.room.current, null);
  assert.deepEqual(practice.network.connected.map(everSent), [[], []]);
});

test("visit goes on when its socket is gone, and when the server is restarted", async (t) => {
  const { practice, host, guest } = await inCall(t);

  practice.hub.stop();
  await rest();
  assert.equal(guest.visit.offline, true);
  assert.equal(guest.visit.state, "connected");
  assert.equal(host.room.state, "connected");
  practice.hub.start();
  // The patient is back first: for the server nobody is in the consulting room then.
  guest.signalling.retryNow();
  await until(() => guest.signalling.state === "joined");
  await rest();
  assert.equal(guest.visit.state, "connected");
  await practice.pass(20_000);

  assert.equal(guest.visit.offline, false);
  assert.equal(host.room.offline, false);
  assert.equal(practice.network.peers.length, 2);
  assert.deepEqual(practice.network.connected.map(sending), [
    ["audio", "video"],
    ["audio", "video"],
  ]);
});

test("visit says so when the path is gone, and goes on when it is back", async (t) => {
  const { practice, host, guest } = await inCall(t);

  practice.network.break();
  await practice.pass(1500);
  assert.equal(guest.visit.state, "connected");
  assert.equal(guest.visit.conversation?.flow, "unstable");
  await practice.pass(1000);
  assert.equal(guest.visit.state, "reconnecting");
  assert.equal(host.room.state, "reconnecting");
  practice.network.mend();
  await practice.pass(1000);

  assert.equal(guest.visit.state, "connected");
  assert.equal(host.room.state, "connected");
});

test("visit without storage keeps name and seat as long as the page lives", async (t) => {
  const practice = new FakePractice(t);
  const host = practice.openRoom();
  const { visit } = practice.openVisit(practice.hub.invite(seat), { storage: null });

  visit.enter(NAME, "1");
  await until(() => visit.waiting === "seen");

  assert.equal(host.room.visitors.get(seat)?.conversation?.name, NAME);
});

test("visit asks who sits in the seat, and comes in when they let it", async (t) => {
  const { practice, token, host, guest } = await inCall(t);
  const second = practice.openVisit(token, { storage: new FakeStorage() });

  await second.visit.allow();
  second.visit.enter(NAME, "1");
  await until(() => second.visit.claim?.own === true);
  await until(() => guest.visit.claim?.own === false);
  await until(() => host.room.visitors.get(seat)?.claim);
  assert.equal(guest.visit.state, "connected");
  guest.visit.answerClaim(true);
  await until(() => second.visit.state === "connected");
  await rest();

  assert.equal(guest.visit.state, "failed");
  assert.equal(guest.visit.reason, "taken-over");
  assert.deepEqual(guest.devices.live, []);
  assert.equal(host.room.state, "connected");
  assert.equal(practice.network.connected.length, 2);
});

test("visit keeps a claim on the page until its answer can reach the server", async (t) => {
  const { practice, token, guest } = await inCall(t);
  const second = practice.openVisit(token, { storage: new FakeStorage() });
  second.visit.enter(NAME, "1");
  await until(() => guest.visit.claim);

  practice.hub.cut(seat);
  await rest();
  guest.visit.answerClaim(true);
  assert.notEqual(guest.visit.claim, null);
});

test("visit that was taken over can be taken back, with its camera", async (t) => {
  const { practice, token, guest } = await inCall(t);
  const twin = practice.openVisit(token, { storage: guest.storage });
  void twin.visit.resume();
  await until(() => guest.visit.state === "failed");
  await until(() => twin.visit.state === "connected");

  await guest.visit.continueHere();
  await until(() => guest.visit.state === "connected");
  await rest();

  assert.equal(twin.visit.reason, "taken-over");
  assert.deepEqual(guest.media.state, { audio: "on", video: "on" });
  assert.equal(practice.network.connected.length, 2);
});

test("visit of an invitation that nobody knows fails and forgets itself", async (t) => {
  const practice = new FakePractice(t);
  const { visit, memory, devices } = practice.openVisit("token-of-nobody");

  await visit.allow();
  visit.enter(NAME, "1");
  await until(() => visit.state === "failed");

  assert.equal(visit.reason, "unknown-invitation");
  assert.equal(memory.read(), null);
  assert.deepEqual(devices.live, []);
});

test("visit ends when the practitioner ends the consultation", async (t) => {
  const { practice, token, host, guest } = await inCall(t);

  await host.room.end();
  await until(() => guest.visit.state === "ended");
  await rest();

  assert.equal(guest.visit.reason, "ended");
  assert.equal(host.room.visitors.size, 0);
  const again = practice.openVisit(token);
  again.visit.enter(NAME, "1");
  await until(() => again.visit.state === "ended");
});

test("visit ends on the word of the server when the connection could not carry it", async (t) => {
  const { practice, host, guest } = await inCall(t);
  practice.network.isUp = false;

  const ended = host.room.end();
  await practice.pass(1500);
  await ended;
  await until(() => guest.visit.state === "ended");

  assert.deepEqual(guest.devices.live, []);
});
