import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CandidateBundle,
  CandidateQueue,
  WAITING_CANDIDATES,
} from "../../../static/js/webrtc/candidates.js";
import { rest } from "../fakes/turns.js";

/** @typedef {import("../../../static/js/signalling/messages.js").Candidate} Candidate */

const END = { candidate: "", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null };

/**
 * @param {number} number
 * @returns {Candidate}
 */
const candidate = (number) => ({
  candidate: `candidate:${number}`,
  sdpMid: "0",
  sdpMLineIndex: 0,
  usernameFragment: "abcd",
});

/** @param {number} number */
const gathered = (number) =>
  /** @type {RTCIceCandidate} */ (
    /** @type {unknown} */ ({ ...candidate(number), type: "host", toJSON: () => ({}) })
  );

/** @param {import("node:test").TestContext} t */
function makeBundle(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {Candidate[][]} */
  const sent = [];
  return { bundle: new CandidateBundle((candidates) => sent.push(candidates)), sent };
}

test("candidates of one moment go out together, with the fields of the protocol", (t) => {
  const { bundle, sent } = makeBundle(t);

  bundle.add(gathered(1));
  t.mock.timers.tick(19);
  bundle.add(gathered(2));
  assert.deepEqual(sent, []);
  t.mock.timers.tick(1);
  bundle.add(gathered(3));
  t.mock.timers.tick(20);

  assert.deepEqual(sent, [[candidate(1), candidate(2)], [candidate(3)]]);
});

test("candidates go out at once when nothing more comes", (t) => {
  const { bundle, sent } = makeBundle(t);

  bundle.add(gathered(1));
  bundle.add(null);
  t.mock.timers.tick(1000);

  assert.deepEqual(sent, [[candidate(1), END]]);
});

test("candidates never go out more than 32 at a time", (t) => {
  const { bundle, sent } = makeBundle(t);

  for (let number = 0; number < 70; number += 1) bundle.add(gathered(number));
  t.mock.timers.tick(20);

  assert.deepEqual(
    sent.map(({ length }) => length),
    [32, 32, 6],
  );
});

test("candidates of a connection that is closed stay", (t) => {
  const { bundle, sent } = makeBundle(t);
  bundle.add(gathered(1));

  bundle.close();
  t.mock.timers.tick(1000);

  assert.deepEqual(sent, []);
});

/** As much of an RTCPeerConnection as takes candidates. */
class Taker {
  /** @type {object | null} */
  remoteDescription = null;
  /** @type {(string | undefined)[]} */
  taken = [];

  /** @param {RTCIceCandidateInit} each */
  async addIceCandidate(each) {
    await rest(1);
    if (each.candidate === "candidate:13") throw new DOMException("unlucky", "OperationError");
    this.taken.push(each.candidate);
  }
}

function makeQueue() {
  const peer = new Taker();
  const queue = new CandidateQueue(
    /** @type {RTCPeerConnection} */ (/** @type {unknown} */ (peer)),
  );
  return { peer, queue };
}

test("candidates that come before the description wait for it, in order", async () => {
  const { peer, queue } = makeQueue();

  await queue.add([candidate(1), candidate(2)]);
  await queue.add([candidate(3)]);
  assert.deepEqual(peer.taken, []);
  peer.remoteDescription = {};
  await queue.release();
  await queue.add([candidate(4)]);
  await queue.release();

  assert.deepEqual(peer.taken, ["candidate:1", "candidate:2", "candidate:3", "candidate:4"]);
});

test("candidate that is not usable does not stop the others", async (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const { peer, queue } = makeQueue();
  peer.remoteDescription = {};

  await queue.add([candidate(12), candidate(13), candidate(14)]);

  assert.deepEqual(peer.taken, ["candidate:12", "candidate:14"]);
  assert.equal(warn.mock.callCount(), 1);
});

test("candidates without end are not all kept", async () => {
  const { peer, queue } = makeQueue();
  const many = Array.from({ length: 30 }, () => candidate(1));

  for (let count = 0; count < 20; count += 1) await queue.add(many);
  peer.remoteDescription = {};
  await queue.release();

  assert.equal(peer.taken.length, WAITING_CANDIDATES);
});
