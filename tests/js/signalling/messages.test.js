import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import {
  parseServerMessage,
  PROTOCOL_VERSION,
  ProtocolError,
} from "../../../static/js/signalling/messages.js";
import { READERS } from "../../../static/js/signalling/readers.js";
import {
  errorOfClose,
  isPassing,
  leavesSocketOpen,
} from "../../../static/js/signalling/refusals.js";
import { OTHER_INSTANCE, OWN_INSTANCE, peer, relayed, welcome } from "../fakes/messages.js";

const PROTOCOL = await readFile(new URL("../../../PROTOCOL.md", import.meta.url), "utf8");

const stamp = {
  from: "seat-practitioner",
  fromInstance: OTHER_INSTANCE,
  toInstance: OWN_INSTANCE,
  seq: 1,
};

const candidate = {
  candidate: "candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host",
  sdpMid: "0",
  sdpMLineIndex: 0,
  usernameFragment: "abcd",
};

/** What the server may send, and the same as the page reads it. */
const MESSAGES = [
  welcome({ iceServers: [{ urls: ["stun:meet.example:10000"] }] }),
  welcome({
    role: "practitioner",
    seat: null,
    consultation: null,
    resume: null,
    startsAt: null,
    endsAt: null,
    opensAt: null,
    arrivedAt: null,
    peers: [],
    iceServers: [{ urls: ["turn:meet.example:10000"], username: "u", credential: "c" }],
  }),
  {
    type: "presence",
    peer: peer({ state: "absent", since: null, instance: null, language: null }),
  },
  {
    type: "description",
    ...stamp,
    connection: "connection-1",
    description: { type: "offer", sdp: "v=0\r\n" },
  },
  { type: "candidates", ...stamp, connection: "connection-1", candidates: [candidate] },
  { type: "restart-please", ...stamp, connection: "connection-1" },
  { type: "ack", ...stamp },
  { type: "admitted", seat: "seat-patient", since: "2026-11-24T10:03:00Z" },
  { type: "admitted", seat: "seat-patient", since: null },
  { type: "claiming", claim: "claim-1" },
  { type: "claim", seat: "seat-patient", claim: "claim-1", since: "2026-11-24T10:03:00Z" },
  { type: "claim-closed", seat: "seat-patient", claim: "claim-1" },
  { type: "ended", consultation: "consultation-1" },
  { type: "pong" },
  { type: "error", error: "too-fast", retryAfter: 2.5 },
  { type: "error", error: "not-open", retryAfter: null },
];

for (const [index, message] of MESSAGES.entries()) {
  test(`message ${index + 1}, ${message.type}, is read as it was sent`, () => {
    assert.deepEqual(parseServerMessage(JSON.stringify(message)), message);
  });
}

test("message with fields of a newer server is read without them", () => {
  const text = JSON.stringify({ type: "pong", weather: "fine" });

  assert.deepEqual(parseServerMessage(text), { type: "pong" });
});

test("message without an optional field is read with null", () => {
  assert.deepEqual(parseServerMessage('{"type":"error","error":"idle"}'), {
    type: "error",
    error: "idle",
    retryAfter: null,
  });
});

test("ice server with one address is read as a list of one", () => {
  const text = JSON.stringify({ ...welcome(), iceServers: [{ urls: "stun:meet.example" }] });

  const message = parseServerMessage(text);

  assert.deepEqual(message, welcome({ iceServers: [{ urls: ["stun:meet.example"] }] }));
});

for (const type of ["weather", "constructor", "__proto__"]) {
  test(`message of unknown type ${type} gives null and a warning`, (context) => {
    const warn = context.mock.method(console, "warn", () => {});

    assert.equal(parseServerMessage(JSON.stringify({ ["type"]: type })), null);
    assert.equal(warn.mock.callCount(), 1);
  });
}

const description = { type: "description", ...stamp, connection: "connection-1" };
const candidates = { type: "candidates", ...stamp, connection: "connection-1" };

/** @type {[string, string, string][]} */
const MALFORMED = [
  ["not JSON", "pong", "message is not JSON"],
  ["a list", "[]", "message is not an object"],
  ["null", "null", "message is not an object"],
  ["without type", "{}", "type is not a string"],
  ["a presence without peer", '{"type":"presence"}', "presence.peer is not an object"],
  [
    "a state that is none",
    JSON.stringify({ type: "presence", peer: { ...peer(), state: "gone" } }),
    "presence.peer.state is none of absent, here, away, left",
  ],
  [
    "a time that is none",
    JSON.stringify({ ...welcome(), serverTime: "tomorrow" }),
    "welcome.serverTime is not a time",
  ],
  [
    "an instance that is too short",
    JSON.stringify(relayed(1, { fromInstance: "short" })),
    "restart-please.fromInstance is malformed",
  ],
  ["seq 0", JSON.stringify(relayed(0)), "restart-please.seq is out of range"],
  ["seq 1.5", JSON.stringify(relayed(1.5)), "restart-please.seq is not an integer"],
  [
    "an sdp of 32,769 characters",
    JSON.stringify({ ...description, description: { type: "offer", sdp: "v".repeat(32_769) } }),
    "description.description.sdp is not of 1 to 32768 characters",
  ],
  [
    "a rollback",
    JSON.stringify({ ...description, description: { type: "rollback", sdp: "v=0" } }),
    "description.description.type is none of offer, answer",
  ],
  [
    "no candidates",
    JSON.stringify({ ...candidates, candidates: [] }),
    "candidates.candidates is not of 1 to 32 items",
  ],
  [
    "33 candidates",
    JSON.stringify({ ...candidates, candidates: Array(33).fill(candidate) }),
    "candidates.candidates is not of 1 to 32 items",
  ],
  [
    "a candidate of 513 characters",
    JSON.stringify({ ...candidates, candidates: [{ ...candidate, candidate: "c".repeat(513) }] }),
    "candidates.candidates[0].candidate is not of 0 to 512 characters",
  ],
  [
    "a retryAfter in words",
    '{"type":"error","error":"too-fast","retryAfter":"soon"}',
    "error.retryAfter is not a number",
  ],
  [
    "a negative retryAfter",
    '{"type":"error","error":"too-fast","retryAfter":-1}',
    "error.retryAfter is out of range",
  ],
];

for (const [what, text, reason] of MALFORMED) {
  test(`message that is malformed, ${what}, is a protocol error`, () => {
    assert.throws(
      () => parseServerMessage(text),
      (error) => error instanceof ProtocolError && error.message === reason,
    );
  });
}

test("bounds are inclusive", () => {
  const longest = { type: "offer", sdp: "v".repeat(32_768) };
  const most = Array(32).fill({ ...candidate, candidate: "c".repeat(512) });

  assert.notEqual(
    parseServerMessage(JSON.stringify({ ...description, description: longest })),
    null,
  );
  assert.notEqual(parseServerMessage(JSON.stringify({ ...candidates, candidates: most })), null);
});

/**
 * @param {string} heading
 * @returns {string[][]} the cells of the first table below it
 */
function tableBelow(heading) {
  const [, rest = ""] = PROTOCOL.split(`### ${heading}\n`);
  const [section = ""] = rest.split("\n##");
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

const words = (/** @type {string} */ cell) =>
  [...cell.matchAll(/`([\w-]+)`/g)].map(([, word]) => word);

test("messages read are those that PROTOCOL.md names", () => {
  const documented = tableBelow("From the server").flatMap(([, type = ""]) => words(type));

  assert.deepEqual(Object.keys(READERS).sort(), documented.sort());
  assert.match(PROTOCOL, new RegExp(`^# The MeetOne protocol, version ${PROTOCOL_VERSION}$`, "m"));
});

test("errors mean what PROTOCOL.md says of their close codes", () => {
  const rows = tableBelow("Errors");
  assert.ok(rows.length > 15);

  for (const [, ids = "", code = ""] of rows) {
    for (const error of words(ids)) {
      assert.equal(leavesSocketOpen(String(error)), code === "none", `${error} and its socket`);
      const guess = errorOfClose(Number(code));
      if (guess === null) continue;
      assert.equal(isPassing(guess), isPassing(String(error)), `${error} and its close code`);
    }
  }
});

test("errors of the moment are those that a person cannot mend", () => {
  const ids = tableBelow("Errors").flatMap(([, cell = ""]) => words(cell).map(String));

  assert.deepEqual(ids.filter(isPassing).sort(), [
    "idle",
    "internal",
    "join-timeout",
    "server-restart",
    "too-fast",
    "too-many-sockets",
  ]);
});
