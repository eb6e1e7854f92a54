import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox, OUTBOX_MESSAGES } from "../../../static/js/signalling/outbox.js";
import { OTHER_INSTANCE, restart } from "../fakes/messages.js";

const numbers = (/** @type {{ seq: number }[]} */ messages) => messages.map(({ seq }) => seq);

test("outbox numbers messages from 1 in the order they were added", () => {
  const outbox = new Outbox(OTHER_INSTANCE);

  outbox.add(restart());
  outbox.add({ type: "candidates", connection: "connection-1", candidates: [] });

  assert.deepEqual(outbox.takeWaiting(), [
    { seq: 1, message: restart() },
    { seq: 2, message: { type: "candidates", connection: "connection-1", candidates: [] } },
  ]);
});

test("outbox gives what waits only once, and everything unacknowledged again", () => {
  const outbox = new Outbox(OTHER_INSTANCE);
  outbox.add(restart());
  outbox.takeWaiting();
  outbox.add(restart());

  assert.deepEqual(numbers(outbox.takeWaiting()), [2]);
  assert.deepEqual(numbers(outbox.takeWaiting()), []);
  assert.deepEqual(numbers(outbox.takeAll()), [1, 2]);
  assert.deepEqual(numbers(outbox.takeAll()), [1, 2]);
});

test("outbox acknowledged up to a number forgets up to it", () => {
  const outbox = new Outbox(OTHER_INSTANCE);
  for (let each = 0; each < 3; each++) outbox.add(restart());
  outbox.takeWaiting();

  outbox.acknowledge(2);

  assert.deepEqual(numbers(outbox.takeAll()), [3]);
});

test("outbox full refuses another message until some are acknowledged", () => {
  const outbox = new Outbox(OTHER_INSTANCE);
  for (let each = 0; each < OUTBOX_MESSAGES; each++) assert.equal(outbox.add(restart()), true);
  outbox.takeWaiting();

  assert.equal(outbox.add(restart()), false);

  outbox.acknowledge(1);
  assert.equal(outbox.add(restart()), true);
  assert.deepEqual(numbers(outbox.takeWaiting()), [OUTBOX_MESSAGES + 1]);
});

test("outbox full of what never left makes room for a new connection without a gap", () => {
  const outbox = new Outbox(OTHER_INSTANCE);
  outbox.add(restart("connection-1"));
  outbox.takeWaiting();
  for (let each = 1; each < OUTBOX_MESSAGES; each++) outbox.add(restart("connection-1"));
  assert.equal(outbox.add(restart("connection-1")), false);

  assert.equal(outbox.add(restart("connection-2")), true);

  assert.deepEqual(outbox.takeAll(), [
    { seq: 1, message: restart("connection-1") },
    { seq: 2, message: restart("connection-2") },
  ]);
});
