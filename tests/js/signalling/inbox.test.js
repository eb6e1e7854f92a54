import assert from "node:assert/strict";
import { test } from "node:test";
import { Inbox, INBOX_PAGES } from "../../../static/js/signalling/inbox.js";
import { OWN_INSTANCE, relayed } from "../fakes/messages.js";

/** @typedef {import("../../../static/js/signalling/messages.js").RelayedMessage} RelayedMessage */

/**
 * @param {number} seq
 * @param {object} [changes]
 */
const message = (seq, changes) => /** @type {RelayedMessage} */ (relayed(seq, changes));

test("inbox accepts the numbers in order and acknowledges each", () => {
  const inbox = new Inbox(OWN_INSTANCE);

  assert.deepEqual(inbox.receive(message(1)), { accepted: true, acknowledge: 1 });
  assert.deepEqual(inbox.receive(message(2)), { accepted: true, acknowledge: 2 });
});

test("inbox drops a repeat and acknowledges the last again", () => {
  const inbox = new Inbox(OWN_INSTANCE);
  inbox.receive(message(1));
  inbox.receive(message(2));

  assert.deepEqual(inbox.receive(message(1)), { accepted: false, acknowledge: 2 });
});

test("inbox drops what leaves a gap, until the gap is filled", () => {
  const inbox = new Inbox(OWN_INSTANCE);
  inbox.receive(message(1));

  assert.deepEqual(inbox.receive(message(3)), { accepted: false, acknowledge: null });
  assert.deepEqual(inbox.receive(message(2)), { accepted: true, acknowledge: 2 });
  assert.deepEqual(inbox.receive(message(3)), { accepted: true, acknowledge: 3 });
});

test("inbox drops what is for another page", () => {
  const inbox = new Inbox(OWN_INSTANCE);

  assert.deepEqual(inbox.receive(message(1, { toInstance: "own-instance-0" })), {
    accepted: false,
    acknowledge: null,
  });
  assert.deepEqual(inbox.receive(message(1)), { accepted: true, acknowledge: 1 });
});

test("inbox counts anew for a new page of the other seat, and not for a late message of one", () => {
  const inbox = new Inbox(OWN_INSTANCE);
  inbox.receive(message(1));
  inbox.receive(message(2));

  const late = { fromInstance: "other-instance-0" };
  assert.deepEqual(inbox.receive(message(2, late)), { accepted: false, acknowledge: null });
  assert.deepEqual(inbox.receive(message(3)), { accepted: true, acknowledge: 3 });

  const reloaded = { fromInstance: "other-instance-2" };
  assert.deepEqual(inbox.receive(message(1, reloaded)), { accepted: true, acknowledge: 1 });
});

test("inbox counts for each seat", () => {
  const inbox = new Inbox(OWN_INSTANCE);
  inbox.receive(message(1));

  assert.deepEqual(inbox.receive(message(1, { from: "seat-companion" })), {
    accepted: true,
    acknowledge: 1,
  });
});

test("inbox goes on counting for a page that takes its seat back", () => {
  const inbox = new Inbox(OWN_INSTANCE);
  inbox.receive(message(1));
  inbox.receive(message(1, { fromInstance: "other-instance-2" }));

  assert.deepEqual(inbox.receive(message(1)), { accepted: false, acknowledge: 1 });
  assert.deepEqual(inbox.receive(message(2)), { accepted: true, acknowledge: 2 });
});

test("inbox forgets the page heard longest ago when there are too many", () => {
  const inbox = new Inbox(OWN_INSTANCE);
  inbox.receive(message(1));
  inbox.receive(message(1, { fromInstance: "second" }));
  inbox.receive(message(2));

  for (let count = 1; count < INBOX_PAGES; count += 1) {
    inbox.receive(message(1, { fromInstance: `another-${count}` }));
  }

  assert.deepEqual(inbox.receive(message(2)), { accepted: false, acknowledge: 2 });
  assert.deepEqual(inbox.receive(message(2, { fromInstance: "second" })), {
    accepted: false,
    acknowledge: null,
  });
});
