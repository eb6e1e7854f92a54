import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../../static/js/webrtc/conversation.js";
import { FakeCertificate } from "../fakes/certificate.js";
import { FakeClock } from "../fakes/clock.js";
import { CAMERA, FakeTrack, MICROPHONE } from "../fakes/media.js";
import { installWebRtc } from "../fakes/peer-connection.js";
import { rest, until } from "../fakes/turns.js";
import { FakeWire } from "../fakes/wire.js";

/**
 * @typedef {import("node:test").TestContext} TestContext
 * @typedef {import("../fakes/peer-connection.js").FakePeerConnection} FakePeerConnection
 * @typedef {import("../../../static/js/signalling/messages.js").Role} Role
 * @typedef {import("../../../static/js/signalling/seat-link.js").SeatLink} SeatLink
 */

let pairs = 0;

/**
 * @param {Role} role
 * @param {Role} otherRole
 * @param {string} seat of the other side
 * @param {FakeWire} wire
 * @param {FakeClock} clock
 * @param {object} certificate
 */
function makeEnd(role, otherRole, seat, wire, clock, certificate) {
  const link = { isUp: true, clock, probe: () => {}, send: wire.send };
  const conversation = new Conversation({
    id: "connection-1",
    iceServers: [],
    certificate: /** @type {RTCCertificate} */ (certificate),
    role,
    otherRole,
    seat,
    consultation: "consultation-1",
    link: /** @type {SeatLink} */ (/** @type {unknown} */ (link)),
  });
  /** @type {string[]} */
  const events = [];
  for (const type of /** @type {const} */ (["opened", "lost", "exhausted"])) {
    conversation.addEventListener(`conversation:${type}`, () => events.push(type));
  }
  conversation.addEventListener("conversation:said", ({ detail }) => events.push(detail.type));
  return { conversation, events };
}

/**
 * @param {TestContext} t
 * @param {object} [details]
 * @param {object} [details.guestCertificate]
 * @param {(network: import("../fakes/peer-connection.js").FakeNetwork) => void} [details.tamper] before they meet
 */
async function converse(t, { guestCertificate = new FakeCertificate(), tamper = () => {} } = {}) {
  pairs += 1;
  const network = installWebRtc(t);
  const clock = new FakeClock();
  const [toGuest, toHost] = [new FakeWire(), new FakeWire()];
  const certificate = new FakeCertificate();
  const host = makeEnd("practitioner", "patient", `guest-${pairs}`, toGuest, clock, certificate);
  const guest = makeEnd(
    "patient",
    "practitioner",
    `host-${pairs}`,
    toHost,
    clock,
    guestCertificate,
  );
  toGuest.to = guest.conversation;
  toHost.to = host.conversation;
  t.after(() => {
    host.conversation.close();
    guest.conversation.close();
  });
  tamper(network);
  await until(() => host.conversation.open && guest.conversation.open);
  const [hostPeer, guestPeer] = /** @type {[FakePeerConnection, FakePeerConnection]} */ (
    network.peers
  );
  return { network, host, guest, hostPeer, guestPeer };
}

/** @param {Conversation} conversation */
const settledCode = (conversation) => until(() => conversation.code || conversation.unverified);

test("conversation opens, agrees on six digits, and is alive", async (t) => {
  const { host, guest } = await converse(t);

  await settledCode(host.conversation);
  await settledCode(guest.conversation);

  assert.match(host.conversation.code, /^\d{6}$/);
  assert.equal(guest.conversation.code, host.conversation.code);
  assert.equal(host.conversation.unverified, false);
  assert.deepEqual([host.events, guest.events], [["opened"], ["opened"]]);
  assert.equal(host.conversation.alive, true);
});

test("conversation whose media would go elsewhere is not verified", async (t) => {
  t.mock.method(console, "warn", () => {});
  const { host } = await converse(t, {
    tamper: ({ peers }) => {
      const sender = peers[0]?.transceivers[1]?.sender;
      // As when somebody had taken BUNDLE out of the descriptions.
      Object.defineProperty(sender, "transport", { value: {} });
    },
  });

  await settledCode(host.conversation);

  assert.equal(host.conversation.unverified, true);
  assert.equal(host.conversation.code, "");
});

test("conversation of a browser that hides its own certificate is held, not verified", async (t) => {
  const certificate = new FakeCertificate();
  Object.assign(certificate, { getFingerprints: undefined });
  const { host, guest } = await converse(t, { guestCertificate: certificate });

  await settledCode(guest.conversation);

  assert.equal(guest.conversation.unverified, true);
  assert.equal(guest.conversation.say({ type: "pong", id: 1 }), true);
  assert.equal(host.conversation.open, true);
});

test("conversation tells the page what it must act on and keeps the rest to itself", async (t) => {
  const { host, guest } = await converse(t);
  await settledCode(guest.conversation);

  guest.conversation.say({ type: "ping", id: 4 });
  guest.conversation.say({ type: "state", microphone: "off", camera: "on", page: "visible" });
  host.conversation.say({ type: "admit" });
  host.conversation.say({ type: "put-back" });
  await rest();

  assert.deepEqual(guest.events, ["opened", "admit", "put-back"]);
  assert.deepEqual(host.events, ["opened"]);
  assert.equal(host.conversation.state?.microphone, "off");
});

test("conversation answers a ping", async (t) => {
  const { guest, hostPeer } = await converse(t);

  guest.conversation.say({ type: "ping", id: 4 });
  await rest();

  assert.ok(hostPeer.channels[0]?.sent.includes('{"type":"pong","id":4}'));
});

test("conversation keeps the first name it hears", async (t) => {
  const { host, guest } = await converse(t);
  const hello = (/** @type {string} */ name) =>
    /** @type {const} */ ({ type: "hello", version: 1, role: "patient", name, language: "de" });

  guest.conversation.say(hello("Jo Beispiel"));
  guest.conversation.say(hello("Somebody else"));
  await rest();

  assert.equal(host.conversation.name, "Jo Beispiel");
  assert.deepEqual(host.events, ["opened", "hello"]);
});

test("conversation that finishes stops sending first, says good-bye, and then nothing", async (t) => {
  const { host, guest, hostPeer } = await converse(t);
  const tracks = /** @type {import("../../../static/js/webrtc/connection.js").Tracks} */ (
    /** @type {unknown} */ ({ audio: new FakeTrack(MICROPHONE), video: new FakeTrack(CAMERA) })
  );
  await host.conversation.attach(tracks);

  const finished = host.conversation.finish("hung-up");
  await host.conversation.attach(tracks);
  assert.equal(host.conversation.say({ type: "admit" }), false);
  await finished;
  await rest();

  assert.deepEqual(
    hostPeer.transceivers.map(({ sender }) => sender.track),
    [null, null, null],
  );
  assert.equal(guest.events.at(-2), "bye");
  assert.deepEqual(host.events, ["opened"]);
  assert.equal(host.conversation.connectionState, "closed");
});

test("conversation that is closed says nothing about what happens then", async (t) => {
  const { network, host, guestPeer } = await converse(t);

  host.conversation.close();
  guestPeer.close();
  network.break();
  await rest();

  assert.deepEqual(host.events, ["opened"]);
});

test("conversation is lost when the other end vanishes", async (t) => {
  const { host, guest } = await converse(t);

  guest.conversation.close();
  await rest();

  assert.deepEqual(host.events, ["opened", "lost"]);
});
