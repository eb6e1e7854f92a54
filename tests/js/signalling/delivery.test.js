import assert from "node:assert/strict";
import { test } from "node:test";
import { SignallingClient } from "../../../static/js/signalling/client.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeServer } from "../fakes/server.js";
import { fakeWebSockets } from "../fakes/web-socket.js";

const MESSAGES = 50;
const ROUNDS = 2000;

/**
 * A generator of random numbers that gives the same ones each time (mulberry32).
 * @param {number} seed
 */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {string} seat
 * @param {FakeClock} clock
 * @param {() => number} random
 */
function page(seat, clock, random) {
  const { WebSocketClass, last } = fakeWebSockets();
  const instance = `instance-of-${seat}`;
  const client = new SignallingClient({
    url: "wss://meet.example/ws/visit",
    instance,
    join: () => ({ type: "join", version: 1, instance }),
    WebSocketClass,
    random,
    clock,
  });
  /** @type {string[]} */
  const received = [];
  client.addEventListener("signalling:received", ({ detail: { message } }) => {
    if (message.type === "candidates") received.push(...message.candidates.map(textOf));
  });
  client.open();
  return { seat, instance, client, last, received, sent: 0 };
}

const textOf = (/** @type {{ candidate: string }} */ { candidate }) => candidate;

/**
 * Let a page say its next number, unless it has said all.
 * @param {ReturnType<typeof page>} own
 * @param {string} to
 */
function sayNext(own, to) {
  if (own.sent === MESSAGES) return;
  const candidate = String(own.sent + 1);
  const candidates = [{ candidate, sdpMid: null, sdpMLineIndex: null, usernameFragment: null }];
  const connection = "connection-1";
  if (own.client.sendReliably(to, { type: "candidates", connection, candidates })) own.sent += 1;
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`messages over sockets that break arrive once and in order, seed ${seed}`, () => {
    const random = seeded(seed);
    const clock = new FakeClock();
    const server = new FakeServer();
    const one = page("seat-one", clock, random);
    const two = page("seat-two", clock, random);
    let lost = 0;
    const arrives = () => random() < 0.9 || (lost++, false);

    for (let round = 0; round < ROUNDS; round++) {
      for (const own of [one, two]) {
        if (!server.holds(own.seat) && own.client.state === "connecting") {
          server.seat(own.seat, own.instance, own.last());
        }
        sayNext(own, own === one ? two.seat : one.seat);
        if (server.holds(own.seat)) server.relay(own.seat, arrives);
        if (random() < 0.05) server.lose(own.seat);
      }
      clock.advance(100);
    }

    const all = Array.from({ length: MESSAGES }, (_, index) => String(index + 1));
    assert.ok(lost > 10);
    assert.deepEqual(one.received, all);
    assert.deepEqual(two.received, all);
  });
}
