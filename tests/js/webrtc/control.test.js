import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import {
  cleanName,
  CONTROL_MESSAGE_BYTES,
  encodeControlMessage,
  parseControlMessage,
} from "../../../static/js/webrtc/control.js";

/** @typedef {import("../../../static/js/webrtc/control.js").ControlMessage} ControlMessage */

const HASH = "A".repeat(43);

/** @type {ControlMessage[]} */
const MESSAGES = [
  { type: "hello", version: 1, role: "patient", name: "Jo Beispiel", language: "de" },
  { type: "seen", since: "2026-11-24T10:02:00Z" },
  { type: "admit" },
  { type: "put-back" },
  { type: "state", microphone: "on", camera: "missing", page: "hidden" },
  { type: "heard", concealed: 0.125 },
  { type: "bye", reason: "hung-up" },
  { type: "commit", hash: HASH },
  { type: "reveal", nonce: HASH, certificate: HASH },
  { type: "ping", id: 0 },
  { type: "pong", id: 7 },
];

/** @type {ControlMessage} */
const PAUSED = { type: "state", microphone: "on", camera: "paused", page: "visible" };

for (const message of [...MESSAGES, PAUSED]) {
  test(`control message ${message.type} survives its way`, () => {
    assert.deepEqual(parseControlMessage(encodeControlMessage(message)), message);
  });
}

test("control messages are those that PROTOCOL.md names", async () => {
  const protocol = await readFile(new URL("../../../PROTOCOL.md", import.meta.url), "utf8");
  const [, rest = ""] = protocol.split("## The control channel\n");
  const [section = ""] = rest.split("\n##");
  const rows = section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .slice(1);

  const documented = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([\w-]+)`/g)].map(([, type]) => type),
  );

  assert.deepEqual(documented.sort(), MESSAGES.map(({ type }) => type).sort());
});

const hello = (/** @type {object} */ changes) => JSON.stringify({ ...MESSAGES[0], ...changes });

/** @type {[string, unknown, string][]} */
const IGNORED = [
  ["an unknown type", '{"type":"weather"}', "type is unknown"],
  ["a type that every object has", '{"type":"toString"}', "type is unknown"],
  ["not JSON", "admit", "message is not JSON"],
  ["binary", new ArrayBuffer(8), "message is not text"],
  ["no name", hello({ name: undefined }), "hello.name is not a string"],
  ["an empty name", hello({ name: "" }), "hello.name is not of 1 to 16384 characters"],
  ["a name of spaces", hello({ name: " \t " }), "hello.name is not of 1 to 80 characters"],
  ["a name of 81", hello({ name: "n".repeat(81) }), "hello.name is not of 1 to 80 characters"],
  [
    "an unknown role",
    hello({ role: "staff" }),
    "hello.role is none of practitioner, patient, companion",
  ],
  ["a short hash", `{"type":"commit","hash":"AAAA"}`, "commit.hash is malformed"],
  ["a padded hash", `{"type":"commit","hash":"${HASH}="}`, "commit.hash is malformed"],
  [
    "a microphone that is paused",
    JSON.stringify({ ...PAUSED, microphone: "paused" }),
    "state.microphone is none of on, off, missing",
  ],
  [
    "more sound made up than there is",
    '{"type":"heard","concealed":1.5}',
    "heard.concealed is out of range",
  ],
  ["half an id", '{"type":"ping","id":0.5}', "ping.id is not an integer"],
];

for (const [what, data, reason] of IGNORED) {
  test(`control message with ${what} is ignored with a warning`, (context) => {
    const warn = context.mock.method(console, "warn", () => {});

    assert.equal(parseControlMessage(data), null);
    assert.deepEqual(
      warn.mock.calls.map(({ arguments: words }) => words),
      [[`The other side sent something that is ignored: ${reason}.`]],
    );
  });
}

test("control message is bounded in bytes, not characters", (context) => {
  const warn = context.mock.method(console, "warn", () => {});
  const padded = (/** @type {string} */ padding) => `{"type":"admit","padding":"${padding}"}`;
  const room = CONTROL_MESSAGE_BYTES - padded("").length;

  assert.deepEqual(parseControlMessage(padded("x".repeat(room))), { type: "admit" });
  assert.equal(parseControlMessage(padded("x".repeat(room + 1))), null);
  assert.equal(parseControlMessage(padded("ü".repeat(room / 2 + 1))), null);
  assert.equal(warn.mock.callCount(), 2);
});

test("control message too long to be read is not sent", () => {
  const name = "n".repeat(CONTROL_MESSAGE_BYTES);

  assert.throws(
    () =>
      encodeControlMessage({ type: "hello", version: 1, role: "patient", name, language: "de" }),
    new RangeError("control message is too long"),
  );
});

/** @type {[string, string, string | null][]} */
const NAMES = [
  ["surrounded by space", "  Jo \n Beispiel\t", "Jo Beispiel"],
  ["that turns the line round", "\u202Eleipsieb\u202C \u2067Jo\u2069", "leipsieb Jo"],
  ["with marks of direction", "\u200FJo\u200E\u061C", "Jo"],
  ["with control characters", "J\u0000o\u001B[31m\u0085", "Jo[31m"],
  ["with invisible characters", "J\u200Bo\u2060\uFEFF\u{E0041}", "Jo"],
  ["with half a character", "Jo\uD83D", "Jo"],
  ["in parts", "Zoe\u0308", "Zo\u00EB"],
  [
    "that needs a joiner",
    "\u0639\u0644\u06CC\u200C\u0646\u0627",
    "\u0639\u0644\u06CC\u200C\u0646\u0627",
  ],
  ["of invisible characters alone", "\u200B\u202E", null],
  ["of 80 characters outside the BMP", "\u{20000}".repeat(80), "\u{20000}".repeat(80)],
  ["of 81", "\u{20000}".repeat(81), null],
];

for (const [what, text, cleaned] of NAMES) {
  test(`name ${what} comes out readable`, () => {
    assert.equal(cleanName(text), cleaned);
  });
}
