import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTROL_MESSAGE_BYTES } from "../../../static/js/webrtc/control.js";
import { Connection, CONTROL_BUFFER_BYTES } from "../../../static/js/webrtc/connection.js";
import { FakeCertificate } from "../fakes/certificate.js";
import { CAMERA, FakeTrack, MICROPHONE } from "../fakes/media.js";
import { installWebRtc, OPUS, RED } from "../fakes/peer-connection.js";
import { rest, until } from "../fakes/turns.js";
import { FakeWire, stamped } from "../fakes/wire.js";

/**
 * @typedef {import("node:test").TestContext} TestContext
 * @typedef {import("../fakes/peer-connection.js").FakePeerConnection} FakePeerConnection
 * @typedef {import("../../../static/js/signalling/messages.js").Negotiation} Negotiation
 * @typedef {import("../../../static/js/webrtc/control.js").ControlMessage} ControlMessage
 */

const ID = "connection-1";
const NOTHING = { audio: null, video: null };
const HELLO = /** @type {ControlMessage} */ ({
  type: "hello",
  version: 1,
  role: "patient",
  name: "Jo Beispiel",
  language: "de",
});

/** @param {FakeCertificate} certificate */
const asCertificate = (certificate) =>
  /** @type {RTCCertificate} */ (/** @type {unknown} */ (certificate));

/** @param {FakeTrack} track */
const asTrack = (track) => /** @type {MediaStreamTrack} */ (/** @type {unknown} */ (track));

/**
 * One end and what it told.
 * @param {boolean} offerer
 * @param {FakeWire} wire
 */
function makeEnd(offerer, wire) {
  const certificate = new FakeCertificate();
  const connection = new Connection({
    id: ID,
    offerer,
    iceServers: [{ urls: "stun:stun.example:10000" }],
    certificate: asCertificate(certificate),
    send: wire.send,
  });
  /** @type {string[]} */
  const events = [];
  /** @type {ControlMessage[]} */
  const heard = [];
  connection.addEventListener("connection:opened", () => events.push("opened"));
  connection.addEventListener("connection:changed", ({ detail }) => events.push(detail));
  connection.addEventListener("connection:failed", ({ detail }) =>
    events.push(`failed: ${detail.message}`),
  );
  connection.addEventListener("connection:said", ({ detail }) => heard.push(detail));
  connection.addEventListener("connection:asked", () => events.push("asked"));
  return { connection, certificate, events, heard, wire };
}

/**
 * An offering and an answering end on their way to each other.
 * @param {TestContext} t
 */
function makePair(t) {
  const network = installWebRtc(t);
  const [toAnswerer, toOfferer] = [new FakeWire(), new FakeWire()];
  const offerer = makeEnd(true, toAnswerer);
  const answerer = makeEnd(false, toOfferer);
  toAnswerer.to = answerer.connection;
  toOfferer.to = offerer.connection;
  const [offering, answering] = /** @type {[FakePeerConnection, FakePeerConnection]} */ (
    network.peers
  );
  return { network, offerer, answerer, offering, answering };
}

/** @param {TestContext} t */
async function connectPair(t) {
  const pair = makePair(t);
  await until(() => pair.offerer.connection.open && pair.answerer.connection.open);
  await rest();
  return pair;
}

test("connection comes up with all lines and channels from one offer and one answer", async (t) => {
  const { offerer, answerer, offering, answering } = await connectPair(t);

  assert.deepEqual(offerer.events, ["connecting", "connected", "opened"]);
  assert.deepEqual(answerer.events, ["connecting", "connected", "opened"]);
  assert.equal(offerer.wire.count("description"), 1);
  assert.equal(answerer.wire.count("description"), 1);
  assert.deepEqual(
    offering.transceivers.map(({ kind, direction }) => [kind, direction]),
    [
      ["audio", "sendrecv"],
      ["video", "sendrecv"],
      ["video", "sendrecv"],
    ],
  );
  assert.deepEqual(
    answering.transceivers.map(({ kind, direction }) => [kind, direction]),
    offering.transceivers.map(({ kind, direction }) => [kind, direction]),
  );
  assert.deepEqual(
    offering.channels.map(({ label, id, protocol, negotiated, ordered, readyState }) => ({
      label,
      id,
      protocol,
      negotiated,
      ordered,
      readyState,
    })),
    [
      { label: "control", id: 0, protocol: "" },
      { label: "chat", id: 1, protocol: "" },
      { label: "t140", id: 2, protocol: "t140" },
      { label: "transfers", id: 3, protocol: "" },
    ].map((channel) => ({ ...channel, negotiated: true, ordered: true, readyState: "open" })),
  );
  assert.equal(offering.configuration.bundlePolicy, "max-bundle");
  assert.deepEqual(offering.configuration.iceServers, [{ urls: "stun:stun.example:10000" }]);
});

test("connection sends nothing before tracks are attached, and then without negotiation", async (t) => {
  const { offerer, answerer, offering, answering } = await connectPair(t);
  const [microphone, camera] = [new FakeTrack(MICROPHONE), new FakeTrack(CAMERA)];
  for (const peer of [offering, answering]) {
    assert.deepEqual(
      peer.transceivers.map(({ sender }) => sender.history),
      [[], [], []],
    );
  }

  await answerer.connection.attach({ audio: asTrack(microphone), video: asTrack(camera) });

  const [audio, video, screen] = answering.transceivers;
  assert.equal(audio?.sender.track, microphone);
  assert.equal(video?.sender.track, camera);
  assert.equal(screen?.sender.track, null);
  assert.equal(audio?.sender.parameters?.encodings[0]?.priority, "high");
  assert.equal(offerer.wire.count("description") + answerer.wire.count("description"), 2);
});

test("connection whose tracks change in quick succession sends the last ones", async (t) => {
  const { offerer, offering } = await connectPair(t);
  const tracks = { audio: asTrack(new FakeTrack(MICROPHONE)), video: null };

  await Promise.all([
    offerer.connection.attach(tracks),
    offerer.connection.attach(NOTHING),
    offerer.connection.attach(tracks),
    offerer.connection.attach(NOTHING),
  ]);

  const senders = offering.transceivers.map(({ sender }) => sender);
  assert.deepEqual(
    senders.map(({ track }) => track),
    [null, null, null],
  );
  assert.deepEqual(
    senders.map(({ refused }) => refused),
    [0, 0, 0],
  );
});

test("connection that is closed takes tracks without an error and sends none", async (t) => {
  const { offerer, offering } = await connectPair(t);
  const camera = asTrack(new FakeTrack(CAMERA));
  const attached = offerer.connection.attach({ audio: null, video: camera });

  offerer.connection.close();
  await attached;
  await offerer.connection.attach({ audio: null, video: camera });

  assert.deepEqual(offering.transceivers[1]?.sender.history, []);
  assert.equal(offerer.events.at(-1), "closed");
});

test("connection carries what is said to the other side, each way", async (t) => {
  const { offerer, answerer } = await connectPair(t);

  assert.equal(offerer.connection.say({ type: "admit" }), true);
  assert.equal(answerer.connection.say(HELLO), true);
  await rest();

  assert.deepEqual(answerer.heard, [{ type: "admit" }]);
  assert.deepEqual(offerer.heard, [HELLO]);
});

test("connection that is not open yet says nothing and says so", (t) => {
  const { offerer } = makePair(t);

  assert.equal(offerer.connection.open, false);
  assert.equal(offerer.connection.say({ type: "admit" }), false);
});

test("connection stops saying where the other side stops reading", async (t) => {
  const { network, offerer, offering } = await connectPair(t);
  network.isUp = false;
  const long = /** @type {ControlMessage} */ ({ ...HELLO, name: "x".repeat(16_000) });

  let said = 0;
  while (said < 100 && offerer.connection.say(long)) said += 1;

  assert.equal(said, 17);
  const [control] = offering.channels;
  assert.ok(control && control.bufferedAmount > CONTROL_BUFFER_BYTES);
});

for (const [what, text] of /** @type {const} */ ([
  ["too long", JSON.stringify({ type: "admit", pad: "x".repeat(CONTROL_MESSAGE_BYTES) })],
  ["no JSON", "admit"],
  ["of no known type", '{"type":"weather"}'],
])) {
  test(`connection ignores a control message that is ${what} and hears the next`, async (t) => {
    t.mock.method(console, "warn", () => {});
    const { offerer, answering } = await connectPair(t);

    answering.channels[0]?.send(text);
    answering.channels[0]?.send('{"type":"pong","id":7}');
    await rest();

    assert.deepEqual(offerer.heard, [{ type: "pong", id: 7 }]);
  });
}

test("connection delivers its last word before it closes", async (t) => {
  const { offerer, answerer, offering, answering } = await connectPair(t);
  for (let id = 0; id < 20; id += 1) offerer.connection.say({ type: "ping", id });

  const finished = offerer.connection.finish({ type: "bye", reason: "hung-up" });

  assert.equal(offerer.connection.state, "closed");
  assert.equal(offering.connectionState, "connected");
  await finished;
  assert.equal(offering.connectionState, "closed");
  assert.equal(answerer.heard.length, 21);
  assert.deepEqual(answerer.heard.at(-1), { type: "bye", reason: "hung-up" });
  assert.equal(answering.channels[0]?.readyState, "closed");
});

test("connection waits a second for its last word to arrive and no longer", async (t) => {
  const { network, offerer, offering } = await connectPair(t);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  network.isUp = false;

  const finished = offerer.connection.finish({ type: "bye", reason: "left" });
  t.mock.timers.tick(999);
  await rest();
  assert.equal(offering.connectionState, "connected");
  t.mock.timers.tick(1);
  await finished;

  assert.equal(offering.connectionState, "closed");
});

test("connection says nothing after its last word and hears nothing", async (t) => {
  const { offerer, answerer, offering } = await connectPair(t);

  const finished = offerer.connection.finish({ type: "bye", reason: "left" });
  answerer.connection.say({ type: "admit" });
  offerer.connection.restartIce();

  assert.equal(offerer.connection.say({ type: "admit" }), false);
  await finished;
  await rest();
  assert.deepEqual(offerer.heard, []);
  assert.equal(offerer.wire.count("description"), 1);
  assert.deepEqual(JSON.parse(offering.channels[0]?.sent.at(-1) ?? ""), {
    type: "bye",
    reason: "left",
  });
});

test("connection closed twice, or while it finishes, closes once", async (t) => {
  const { offerer } = await connectPair(t);

  const finished = offerer.connection.finish({ type: "bye", reason: "left" });
  offerer.connection.close();
  offerer.connection.close();
  await finished;

  assert.deepEqual(
    offerer.events.filter((event) => event === "closed"),
    ["closed"],
  );
});

test("connection whose other end vanishes fails at once", async (t) => {
  const { offerer, answerer } = await connectPair(t);

  answerer.connection.close();
  await rest();

  assert.equal(offerer.events.at(-1), "failed: the control channel is gone");
});

test("connection that failed comes back with a restart by the offerer", async (t) => {
  const { network, offerer, answerer, offering, answering } = await connectPair(t);

  network.break();
  network.fail();
  network.mend();
  offerer.connection.restartIce();
  await until(() => offering.connectionState === "connected");
  await rest();

  assert.equal(answering.connectionState, "connected");
  assert.equal(offerer.connection.say({ type: "admit" }), true);
  await rest();
  assert.deepEqual(answerer.heard, [{ type: "admit" }]);
  assert.ok(!offerer.events.some((event) => event.startsWith("failed:")));
  assert.equal(network.peers.length, 2);
});

test("connection whose offer is overtaken by a restart takes the answer to the last one only", async (t) => {
  const { offerer, answerer, offering, answering } = await connectPair(t);
  offerer.wire.isHeld = true;
  let negotiated = 0;
  offerer.connection.addEventListener("connection:negotiated", () => (negotiated += 1));

  offerer.connection.restartIce();
  await rest();
  offerer.connection.restartIce();
  await rest();
  assert.equal(offerer.connection.unanswered, true);
  offerer.wire.release();
  await until(() => !offerer.connection.unanswered);
  await rest();

  assert.equal(offerer.wire.count("description"), 3);
  assert.equal(answerer.wire.count("description"), 3);
  assert.equal(negotiated, 1);
  assert.equal(offering.signalingState, "stable");
  assert.equal(offering.remoteUfrag, answering.ufrag);
  assert.equal(answering.remoteUfrag, offering.ufrag);
  assert.ok(!offerer.events.some((event) => event.startsWith("failed:")));
});

test("connection that answers may ask for a restart, and the offerer hears it", async (t) => {
  const { offerer, answerer, offering } = await connectPair(t);

  answerer.connection.restartIce();
  await rest();

  assert.equal(answerer.wire.count("restart-please"), 1);
  assert.equal(offerer.events.at(-1), "asked");
  assert.equal(offering.negotiations, 1);
});

test("connection that is closed restarts nothing", async (t) => {
  const { offerer, offering } = await connectPair(t);

  offerer.connection.close();
  offerer.connection.restartIce();
  await rest();

  assert.equal(offering.negotiations, 1);
});

test("connection tells what has flowed over it", async (t) => {
  const { offerer, answerer } = await connectPair(t);
  const before = await offerer.connection.traffic();

  answerer.connection.say(HELLO);
  await rest();

  const after = await offerer.connection.traffic();
  assert.ok(after.bytesReceived > before.bytesReceived);
});

test("connection ignores an answer that nobody waits for", async (t) => {
  const { offerer, answerer, offering } = await connectPair(t);
  const answer = /** @type {Negotiation} */ (
    answerer.wire.log.find(({ type }) => type === "description")
  );
  const before = offering.remoteDescription;

  offerer.connection.receive(stamped(answer));
  await rest();

  assert.equal(offering.remoteDescription, before);
  assert.ok(!offerer.events.some((event) => event.startsWith("failed:")));
});

test("connection that offers takes no offer, so there is no glare", async (t) => {
  const { offerer, offering, answering } = await connectPair(t);
  const sdp = answering.localDescription?.sdp ?? "";
  const before = offering.remoteDescription;

  offerer.connection.receive(
    stamped({ type: "description", connection: ID, description: { type: "offer", sdp } }),
  );
  await rest();

  assert.equal(offering.remoteDescription, before);
  assert.equal(offerer.wire.count("description"), 1);
});

test("connection that answers makes no new offer of its own", async (t) => {
  const { answerer } = await connectPair(t);

  answerer.connection.receive(stamped({ type: "restart-please", connection: ID }));
  await rest();

  assert.deepEqual(
    answerer.wire.log.filter(({ type }) => type !== "candidates").map(({ type }) => type),
    ["description"],
  );
});

/** @type {[string, (sdp: string) => string, string][]} */
const HOSTILE = [
  [
    "a fourth line for media",
    (sdp) => sdp.replace("m=application", "m=video 9 UDP\r\nm=application"),
    "a description has the lines audio video video application",
  ],
  [
    "a line for media less",
    (sdp) => sdp.replace("m=audio 9 UDP\r\n", ""),
    "a description has the lines audio video video application",
  ],
  [
    "no channels",
    (sdp) => sdp.replace("m=application 9 UDP\r\n", ""),
    "a description has the lines audio video video application",
  ],
  [
    "two fingerprints",
    (sdp) => `${sdp}a=fingerprint:sha-256 ${new FakeCertificate().fingerprint}\r\n`,
    "description with several fingerprints",
  ],
  [
    "no fingerprint",
    (sdp) => sdp.replace(/a=fingerprint.*\r\n/, ""),
    "description without fingerprint",
  ],
];
for (const [what, change, error] of HOSTILE) {
  test(`connection refuses an offer with ${what} before the browser sees it`, async (t) => {
    const { offerer, answerer, answering } = makePair(t);
    offerer.wire.change = (message) =>
      message.type === "description"
        ? {
            ...message,
            description: { ...message.description, sdp: change(message.description.sdp) },
          }
        : message;

    await until(() => answerer.events.length > 0);

    assert.deepEqual(answerer.events, [`failed: ${error}`]);
    assert.equal(answering.remoteDescription, null);
    assert.equal(answerer.wire.count("description"), 0);
  });
}

test("connection lets no restart bring another certificate behind a compared code", async (t) => {
  // Nor does it want that restart's candidates.
  t.mock.method(console, "warn", () => {});
  const { offerer, answerer, answering } = await connectPair(t);
  const stranger = new FakeCertificate().fingerprint;
  const before = answering.remoteDescription;
  offerer.wire.change = (message) =>
    message.type === "description"
      ? {
          ...message,
          description: {
            ...message.description,
            sdp: message.description.sdp.replace(offerer.certificate.fingerprint, stranger),
          },
        }
      : message;

  offerer.connection.restartIce();
  await rest();

  assert.equal(answerer.events.at(-1), "failed: the certificate of a connection does not change");
  assert.equal(answering.remoteDescription, before);
});

test("connection that the browser cannot negotiate says that it is of no use", async (t) => {
  const { offerer, answerer, answering } = makePair(t);
  answering.setRemoteDescription = async () => {
    throw new DOMException("unknown", "OperationError");
  };

  await until(() => answerer.events.length > 0);

  assert.deepEqual(answerer.events, ["failed: unknown"]);
  assert.equal(offerer.connection.open, false);
});

test("connection tells the transports that everything must share", async (t) => {
  const { offerer, offering } = await connectPair(t);

  assert.equal(offerer.connection.transport, offering.sctp);
  assert.deepEqual(
    offerer.connection.mediaTransports,
    [1, 2, 3].map(() => offering.sctp?.transport),
  );
});

test("connection keeps sound and camera in one stream, the screen in another, and prefers RED", async (t) => {
  const { offering, answering } = await connectPair(t);

  for (const { transceivers } of [offering, answering]) {
    const [audio, camera, screen] = transceivers.map(({ sender }) => sender.streams);
    assert.equal(audio?.length, 1);
    assert.equal(audio?.[0], camera?.[0]);
    assert.equal(screen?.length, 1);
    assert.notEqual(screen?.[0], camera?.[0]);
  }
  assert.deepEqual(offering.transceivers[0]?.preferences, [RED, OPUS]);
});

test("connection shows sound and camera of the other side as one stream", async (t) => {
  const { offerer, answerer, offering, answering } = await connectPair(t);

  for (const [end, peer] of /** @type {const} */ ([
    [offerer, offering],
    [answerer, answering],
  ])) {
    const [audio, camera] = peer.transceivers.map(({ receiver }) => receiver.track);
    assert.deepEqual(end.connection.remote.getTracks(), [audio, camera]);
  }
});
