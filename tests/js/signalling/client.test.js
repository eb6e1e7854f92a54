import assert from "node:assert/strict";
import { test } from "node:test";
import { SignallingClient } from "../../../static/js/signalling/client.js";
import { FakeClock } from "../fakes/clock.js";
import {
  OTHER_INSTANCE,
  OWN_INSTANCE,
  peer,
  relayed,
  restart,
  welcome,
} from "../fakes/messages.js";
import { fakeWebSockets } from "../fakes/web-socket.js";

const EVENTS = /** @type {const} */ ([
  "joined",
  "lost",
  "refused",
  "presence",
  "received",
  "overflowed",
  "misunderstood",
]);

/**
 * A client with a test as its server, and everything it told.
 * @param {string | null} [resume] what sessionStorage held before
 */
function setUp(resume = null) {
  const clock = new FakeClock();
  const { WebSocketClass, sockets, last } = fakeWebSockets();
  const stored = { resume };
  const client = new SignallingClient({
    url: "wss://meet.example/ws/visit",
    instance: OWN_INSTANCE,
    join: (secret) => ({
      type: "join",
      version: 1,
      instance: OWN_INSTANCE,
      ...(secret === null ? { token: "token-1" } : { resume: secret }),
    }),
    storage: {
      get: () => stored.resume,
      set: (secret) => {
        stored.resume = secret;
      },
      clear: () => {
        stored.resume = null;
      },
    },
    WebSocketClass,
    random: () => 0.5,
    clock,
  });
  /** @type {[string, unknown][]} */
  const told = [];
  for (const name of EVENTS) {
    client.addEventListener(`signalling:${name}`, ({ detail }) => told.push([name, detail]));
  }
  return { client, clock, sockets, last, stored, told };
}

/** The same, joined, with the practitioner here and nothing left to look at. */
function setUpJoined() {
  const world = setUp();
  world.client.open();
  world.last().accept();
  world.last().deliver(welcome());
  world.last().take();
  world.told.splice(0);
  return world;
}

/**
 * Let the next attempt lead to a seat.
 * @param {ReturnType<typeof setUp>} world
 * @param {object} [changes] of the welcome
 */
function comeBack({ client, clock, last }, changes) {
  while (client.state === "lost") clock.advance(50);
  last().accept();
  last().deliver(welcome({ resume: null, ...changes }));
}

test("client opened joins first and tells whom it met", () => {
  const { client, last, told } = setUp();

  client.open();
  assert.equal(client.state, "connecting");
  assert.equal(last().url, "wss://meet.example/ws/visit");
  last().accept();
  last().deliver(welcome());

  assert.deepEqual(last().take(), [
    { type: "join", version: 1, instance: OWN_INSTANCE, token: "token-1" },
  ]);
  assert.equal(client.state, "joined");
  assert.deepEqual(client.peer("seat-practitioner"), peer());
  assert.deepEqual(told, [
    ["joined", { welcome: welcome() }],
    ["presence", { peer: peer(), instanceChanged: false }],
  ]);
});

test("client opened twice has one socket", () => {
  const { client, sockets } = setUp();

  client.open();
  client.open();

  assert.equal(sockets.length, 1);
});

test("client welcomed keeps the resume secret and comes back with it", () => {
  const world = setUp();
  world.client.open();
  world.last().accept();
  world.last().deliver(welcome({ resume: "secret-1" }));
  assert.equal(world.stored.resume, "secret-1");

  world.last().drop();
  comeBack(world);

  assert.deepEqual(world.last().take(), [
    { type: "join", version: 1, instance: OWN_INSTANCE, resume: "secret-1" },
  ]);
  assert.equal(world.client.state, "joined");
});

test("client of a reloaded page joins with the stored secret", () => {
  const { client, last } = setUp("secret-0");

  client.open();
  last().accept();

  assert.deepEqual(last().take(), [
    { type: "join", version: 1, instance: OWN_INSTANCE, resume: "secret-0" },
  ]);
});

test("client whose socket broke waits with jitter, twice as long each time, and says so", () => {
  const { client, clock, sockets, last, told } = setUpJoined();

  last().drop();
  assert.equal(client.state, "lost");
  clock.advance(249);
  assert.equal(sockets.length, 1);
  clock.advance(1);
  assert.equal(sockets.length, 2);
  assert.equal(client.state, "connecting");
  last().drop();

  assert.deepEqual(told, [
    ["lost", { retryIn: 250 }],
    ["lost", { retryIn: 500 }],
  ]);
});

test("client in a call waits at most 2 s", () => {
  const { client, clock, last, told } = setUpJoined();
  client.urgent = true;

  for (let each = 0; each < 6; each++) {
    last().drop();
    clock.advance(2000);
  }

  assert.deepEqual(told.at(-1), ["lost", { retryIn: 1000 }]);
});

test("client welcomed for a moment only does not come back sooner than before", () => {
  const world = setUpJoined();
  world.last().drop();
  comeBack(world);
  world.clock.advance(9999);
  world.last().drop();
  assert.deepEqual(world.told.at(-1), ["lost", { retryIn: 500 }]);

  comeBack(world);
  world.clock.advance(10_000);
  world.last().drop();

  assert.deepEqual(world.told.at(-1), ["lost", { retryIn: 250 }]);
});

test("client without an answer to its attempt makes another after 10 s, in a call after 5 s", () => {
  const { client, clock, sockets } = setUp();
  client.open();
  clock.advance(9999);
  assert.equal(client.state, "connecting");
  client.urgent = true;
  clock.advance(1);
  assert.equal(client.state, "lost");

  clock.advance(250);
  assert.equal(client.state, "connecting");
  clock.advance(5000);

  assert.equal(client.state, "lost");
  assert.equal(sockets.length, 2);
});

test("client with a silent socket replaces it 5 s after its ping", () => {
  const { client, clock, last } = setUpJoined();

  clock.advance(15_000);
  assert.deepEqual(last().take(), [{ type: "ping" }]);
  clock.advance(4999);
  assert.equal(client.state, "joined");
  clock.advance(1);

  assert.equal(client.state, "lost");
  assert.equal(last().readyState, WebSocket.CLOSING);
});

test("client answered with pong keeps its socket", () => {
  const { client, clock, last, sockets, told } = setUpJoined();

  for (let each = 0; each < 4; each++) {
    clock.advance(15_000);
    last().deliver({ type: "pong" });
  }

  assert.equal(client.state, "joined");
  assert.equal(sockets.length, 1);
  assert.deepEqual(told, []);
});

test("client hears nothing from a socket it replaced", () => {
  const { client, clock, sockets, last, told } = setUpJoined();
  const [replaced] = sockets;
  clock.advance(20_000);
  clock.advance(250);
  last().accept();
  last().deliver(welcome());
  told.splice(0);

  replaced?.drop(4409);

  assert.equal(client.state, "joined");
  assert.deepEqual(told, []);
});

for (const error of [
  "bad-origin",
  "not-signed-in",
  "not-practitioner",
  "bad-message",
  "version",
  "unknown-invitation",
  "revoked",
  "expired",
  "ended",
  "unknown-seat",
  "taken-over",
  "claim-refused",
  "an-error-of-a-newer-server",
]) {
  test(`client refused with ${error} does not come back by itself`, () => {
    const { client, clock, sockets, last, told } = setUpJoined();

    last().deliver({ type: "error", error, retryAfter: null });
    last().drop(4400);
    clock.advance(120_000);

    assert.equal(client.state, "refused");
    assert.equal(sockets.length, 1);
    assert.deepEqual(told, [["refused", { error, retryAfter: null }]]);
    client.retryNow();
    assert.equal(sockets.length, 1);
    client.open();
    assert.equal(sockets.length, 2);
  });
}

for (const error of [
  "server-restart",
  "idle",
  "internal",
  "too-fast",
  "too-many-sockets",
  "join-timeout",
]) {
  test(`client closed with ${error} comes back when it was told to`, () => {
    const { client, clock, sockets, last, told } = setUpJoined();

    last().deliver({ type: "error", error, retryAfter: 20 });
    last().drop(4429);
    clock.advance(20_249);
    assert.equal(sockets.length, 1);
    clock.advance(1);

    assert.equal(sockets.length, 2);
    assert.equal(client.state, "connecting");
    assert.deepEqual(told, [["lost", { retryIn: 20_250 }]]);
  });
}

for (const code of [1000, 1001, 1006, 1011, 1012, 1013, 4408, 4429]) {
  test(`client whose socket closed with ${code} comes back`, () => {
    const { client, clock, last } = setUpJoined();

    last().drop(code);
    assert.equal(client.state, "lost");
    clock.advance(250);

    assert.equal(client.state, "connecting");
  });
}

for (const [code, error] of /** @type {const} */ ([
  [4401, "not-signed-in"],
  [4409, "taken-over"],
  [4410, "ended"],
  [4426, "version"],
])) {
  test(`client whose socket closed with ${code} and no error message is refused`, () => {
    const { client, last, told, stored } = setUpJoined();

    last().drop(code);

    assert.equal(client.state, "refused");
    assert.deepEqual(told, [["refused", { error, retryAfter: null }]]);
    assert.equal(stored.resume, "secret-1");
  });
}

test("client taken over keeps the secret, to continue here on a click", () => {
  const { client, last, stored } = setUpJoined();
  last().deliver({ type: "error", error: "taken-over", retryAfter: null });
  assert.equal(stored.resume, "secret-1");

  client.open();
  last().accept();

  assert.deepEqual(last().take(), [
    { type: "join", version: 1, instance: OWN_INSTANCE, resume: "secret-1" },
  ]);
});

for (const error of ["unknown-seat", "ended"]) {
  test(`client told ${error} forgets the secret and next joins with the invitation`, () => {
    const { client, last, stored } = setUpJoined();
    last().deliver({ type: "error", error, retryAfter: null });
    assert.equal(stored.resume, null);

    client.open();
    last().accept();

    assert.deepEqual(last().take(), [
      { type: "join", version: 1, instance: OWN_INSTANCE, token: "token-1" },
    ]);
  });
}

for (const error of ["not-open", "no-such-seat", "not-allowed"]) {
  test(`client answered with ${error} stays joined`, () => {
    const { client, last, told } = setUpJoined();
    const message = { type: "error", error, retryAfter: null };

    last().deliver(message);

    assert.equal(client.state, "joined");
    assert.deepEqual(told, [["received", { message }]]);
  });
}

test("client that claims a seat waits for people, with a heartbeat", () => {
  const { client, clock, last, told } = setUp();
  client.open();
  last().accept();
  last().take();

  last().deliver({ type: "claiming", claim: "claim-1" });
  for (let each = 0; each < 20; each++) {
    clock.advance(15_000);
    last().deliver({ type: "pong" });
  }

  assert.equal(client.state, "connecting");
  assert.equal(last().take().length, 20);
  last().deliver(welcome());
  assert.equal(client.state, "joined");
  assert.deepEqual(told[0], ["received", { message: { type: "claiming", claim: "claim-1" } }]);
});

test("client told to retry goes at once instead of waiting", () => {
  const { client, sockets, last } = setUpJoined();
  last().drop();

  client.retryNow();

  assert.equal(sockets.length, 2);
  assert.equal(client.state, "connecting");
});

test("client told to retry leaves a fresh attempt alone and replaces a stuck one", () => {
  const { client, clock, sockets, last } = setUpJoined();
  last().drop();
  client.retryNow();

  clock.advance(999);
  client.retryNow();
  assert.equal(sockets.length, 2);
  clock.advance(1);
  client.retryNow();

  assert.equal(sockets.length, 3);
});

test("client told to retry while joined replaces a socket that lies after 2 s", () => {
  const { client, clock, last } = setUpJoined();

  client.retryNow();
  assert.deepEqual(last().take(), [{ type: "ping" }]);
  clock.advance(1999);
  assert.equal(client.state, "joined");
  clock.advance(1);

  assert.equal(client.state, "lost");
});

test("client closed lets go of the socket and every timer", () => {
  const { client, clock, last, told } = setUpJoined();

  client.close();
  last().drop();
  clock.advance(120_000);

  assert.equal(client.state, "closed");
  assert.equal(clock.pending, 0);
  assert.deepEqual(told, []);
  assert.equal(client.send({ type: "admit", seat: "seat-patient" }), false);
});

test("client that leaves says so and gives up the secret", () => {
  const { client, last, stored } = setUpJoined();

  client.leave();

  assert.deepEqual(last().take(), [{ type: "leave" }]);
  assert.equal(last().readyState, WebSocket.CLOSING);
  assert.equal(client.state, "closed");
  assert.equal(stored.resume, null);
});

test("client that leaves without a socket comes back for this alone, silently", () => {
  const world = setUpJoined();
  const { client, clock, last, stored, told } = world;
  last().drop();
  told.splice(0);

  client.leave();
  assert.equal(client.state, "closed");
  clock.advance(250);
  last().accept();
  const [join] = last().take();
  last().deliver(welcome());

  assert.deepEqual(join, { type: "join", version: 1, instance: OWN_INSTANCE, resume: "secret-1" });
  assert.deepEqual(last().take(), [{ type: "leave" }]);
  assert.equal(stored.resume, null);
  assert.equal(clock.pending, 0);
  assert.deepEqual(told, []);
});

test("client that leaves before it ever had a seat just closes", () => {
  const { client, clock, last } = setUp();
  client.open();

  client.leave();

  assert.equal(client.state, "closed");
  assert.equal(last().readyState, WebSocket.CLOSING);
  assert.equal(clock.pending, 0);
});

test("client sends what may be lost only while joined", () => {
  const { client, last } = setUpJoined();

  assert.equal(client.send({ type: "admit", seat: "seat-patient" }), true);
  last().drop();
  assert.equal(client.send({ type: "admit", seat: "seat-patient" }), false);
  client.retryNow();
  last().accept();
  assert.equal(client.send({ type: "admit", seat: "seat-patient" }), false);

  assert.deepEqual(last().take(), [
    { type: "join", version: 1, instance: OWN_INSTANCE, resume: "secret-1" },
  ]);
});

const numbered = (/** @type {number} */ seq, toInstance = OTHER_INSTANCE) => ({
  ...restart(),
  to: "seat-practitioner",
  toInstance,
  seq,
});

test("client sends reliably to the page that was last heard of", () => {
  const { client, last } = setUpJoined();

  assert.equal(client.sendReliably("seat-practitioner", restart()), true);
  assert.equal(client.sendReliably("seat-practitioner", restart()), true);

  assert.deepEqual(last().take(), [numbered(1), numbered(2)]);
});

test("client sends again, in order, what nobody acknowledged when it comes back", () => {
  const world = setUpJoined();
  const { client, last } = world;
  client.sendReliably("seat-practitioner", restart());
  client.sendReliably("seat-practitioner", restart());
  last().deliver({ ...relayed(1), type: "ack" });
  last().drop();
  client.sendReliably("seat-practitioner", restart());

  comeBack(world);

  assert.deepEqual(last().take().slice(1), [numbered(2), numbered(3)]);
});

test("client keeps what is for a lost page and sends it when that comes back", () => {
  const { client, last } = setUpJoined();
  last().deliver({ type: "presence", peer: peer({ state: "away" }) });

  assert.equal(client.sendReliably("seat-practitioner", restart()), true);
  assert.deepEqual(last().take(), []);
  last().deliver({ type: "presence", peer: peer({ state: "here" }) });

  assert.deepEqual(last().take(), [numbered(1)]);
});

test("client keeps what is for a page that a restarted server cannot name", () => {
  const world = setUpJoined();
  const { client, last } = world;
  last().drop();
  comeBack(world, { peers: [peer({ state: "away", instance: null, language: null })] });
  last().take();

  assert.equal(client.sendReliably("seat-practitioner", restart()), true);
  last().deliver({ type: "presence", peer: peer() });

  assert.deepEqual(last().take(), [numbered(1)]);
  assert.deepEqual(world.told.at(-1), ["presence", { peer: peer(), instanceChanged: false }]);
});

test("client with a new page at the other seat counts anew and says that it changed", () => {
  const { client, last, told } = setUpJoined();
  client.sendReliably("seat-practitioner", restart());
  last().take();
  const reloaded = peer({ instance: "other-instance-2" });

  last().deliver({ type: "presence", peer: reloaded });
  client.sendReliably("seat-practitioner", restart());

  assert.deepEqual(last().take(), [numbered(1, "other-instance-2")]);
  assert.deepEqual(told, [["presence", { peer: reloaded, instanceChanged: true }]]);
});

test("client learns of a new page also from the welcome it comes back to", () => {
  const world = setUpJoined();
  const reloaded = peer({ instance: "other-instance-2" });
  world.last().drop();
  world.told.splice(0);

  comeBack(world, { peers: [reloaded] });

  assert.deepEqual(world.told.at(-1), ["presence", { peer: reloaded, instanceChanged: true }]);
});

test("client goes on counting for a page that left and came back", () => {
  const { client, last, told } = setUpJoined();
  client.sendReliably("seat-practitioner", restart());
  last().deliver({ ...relayed(1), type: "ack" });
  last().deliver({ type: "presence", peer: peer({ state: "left", instance: null }) });
  assert.equal(client.sendReliably("seat-practitioner", restart()), false);

  last().deliver({ type: "presence", peer: peer() });
  client.sendReliably("seat-practitioner", restart());

  assert.deepEqual(last().take(), [numbered(1), numbered(2)]);
  assert.deepEqual(told.at(-1), ["presence", { peer: peer(), instanceChanged: false }]);
});

test("client does not send reliably to a seat nobody was seen in", () => {
  const { client, last } = setUpJoined();

  assert.equal(client.sendReliably("seat-companion", restart()), false);
  assert.deepEqual(last().take(), []);
});

test("client with 64 unacknowledged messages says that it is too much", () => {
  const { client, told } = setUpJoined();
  for (let each = 0; each < 64; each++) client.sendReliably("seat-practitioner", restart());
  assert.deepEqual(told, []);

  assert.equal(client.sendReliably("seat-practitioner", restart()), false);

  assert.deepEqual(told, [["overflowed", { to: "seat-practitioner" }]]);
});

test("client ignores acknowledgements of another page", () => {
  const world = setUpJoined();
  world.client.sendReliably("seat-practitioner", restart());
  const stranger = { type: "ack", fromInstance: "other-instance-0" };
  world.last().deliver({ ...relayed(1), ...stranger });
  world.last().deliver({ ...relayed(1), ...stranger, from: "seat-companion" });

  world.last().drop();
  comeBack(world);

  assert.deepEqual(world.last().take().slice(1), [numbered(1)]);
});

test("client passes relayed messages on once, in order, and acknowledges", () => {
  const { last, told } = setUpJoined();

  for (const seq of [1, 1, 3, 2, 3]) last().deliver(relayed(seq));

  const ack = { type: "ack", to: "seat-practitioner", toInstance: OTHER_INSTANCE };
  assert.deepEqual(
    last().take(),
    [1, 1, 2, 3].map((seq) => ({ ...ack, seq })),
  );
  assert.deepEqual(
    told.map(([name, detail]) => [
      name,
      /** @type {{ message: { seq: number } }} */ (detail).message.seq,
    ]),
    [
      ["received", 1],
      ["received", 2],
      ["received", 3],
    ],
  );
});

test("client tells of every other message as it comes", () => {
  const { last, told } = setUpJoined();
  const messages = [
    { type: "admitted", seat: "seat-patient", since: null },
    { type: "claim", seat: "seat-patient", claim: "claim-1", since: "2026-11-24T10:03:00Z" },
    { type: "claim-closed", seat: "seat-patient", claim: "claim-1" },
    { type: "ended", consultation: "consultation-1" },
  ];

  for (const message of messages) last().deliver(message);

  assert.deepEqual(
    told,
    messages.map((message) => ["received", { message }]),
  );
});

test("client that cannot read a message drops it, says so and stays", () => {
  const { client, last, told } = setUpJoined();

  last().deliver('{"type":"presence"}');
  last().deliver({ type: "ended", consultation: "consultation-1" });

  assert.equal(client.state, "joined");
  assert.deepEqual(
    told.map(([name]) => name),
    ["misunderstood", "received"],
  );
  const [[, misunderstood] = []] = told;
  assert.equal(
    String(/** @type {{ error: Error }} */ (misunderstood).error),
    "ProtocolError: presence.peer is not an object",
  );
});

test("client listened to with a signal falls silent when that aborts", () => {
  const { client, last } = setUpJoined();
  const abort = new AbortController();
  let heard = 0;
  client.addEventListener("signalling:received", () => heard++, { signal: abort.signal });

  last().deliver(relayed(1));
  abort.abort();
  last().deliver(relayed(2));

  assert.equal(heard, 1);
});

test("client closed by its own listener tells nothing more", () => {
  const { client, last, told } = setUp();
  client.addEventListener("signalling:joined", () => client.close());
  client.open();
  last().accept();

  last().deliver(welcome());

  assert.deepEqual(
    told.map(([name]) => name),
    ["joined"],
  );
});
