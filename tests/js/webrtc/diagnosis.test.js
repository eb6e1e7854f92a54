import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnose, readCandidate } from "../../../static/js/webrtc/diagnosis.js";
import { phraseKeys } from "../fakes/phrases.js";

/** @typedef {import("../../../static/js/webrtc/diagnosis.js").Evidence} Evidence */

const HOST = "candidate:1 1 udp 2113937151 198.18.1.2 50000 typ host generation 0";
const HIDDEN = "candidate:1 1 udp 2113937151 2c8f4d.local 50000 typ host generation 0";
const TCP = "candidate:2 1 tcp 1518280447 198.18.1.2 9 typ host tcptype active generation 0";
const PUBLIC = "candidate:1 1 udp 2113937151 203.0.113.9 50000 typ host";
const RELAY =
  "candidate:9 1 udp 41885439 203.0.113.5 49152 typ relay raddr 203.0.113.2 rport 50000";

/**
 * @param {string} address
 * @param {number} port
 * @param {string} [related]
 */
const srflx = (address, port, related = "raddr 198.18.1.2 rport 50000") =>
  `candidate:3 1 udp 1677729535 ${address} ${port} typ srflx ${related} generation 0`;
const CONE = srflx("203.0.113.2", 50_000);
const SYMMETRIC = [srflx("203.0.113.2", 61_001), srflx("203.0.113.2", 61_002)];
const OTHER_CONE = srflx("203.0.113.6", 50_000);
const OTHER_SYMMETRIC = [srflx("203.0.113.6", 62_001), srflx("203.0.113.6", 62_002)];
const UNRELATED = "raddr 0.0.0.0 rport 0";

/**
 * @param {Partial<Evidence>} changes
 * @returns {string} `cause side remedy`, or nothing
 */
function found(changes) {
  const diagnosis = diagnose({
    unheard: 0,
    evidence: {
      local: [HOST, CONE],
      remote: [HOST, OTHER_CONE],
      described: true,
      relayOnly: false,
      heard: false,
      failed: false,
      milliseconds: 10_000,
      ...changes,
    },
  });
  return diagnosis ? `${diagnosis.cause} ${diagnosis.side} ${diagnosis.remedy}` : "nothing";
}

/** @type {[string, Partial<Evidence>, string][]} */
const CASES = [
  ["both seen outside, and yet no way", {}, "no-way both network"],
  ["no UDP here", { local: [HOST, TCP] }, "udp-blocked own network"],
  ["no UDP there", { remote: [HOST, TCP] }, "udp-blocked other network"],
  ["no UDP on both sides", { local: [HOST], remote: [HOST] }, "udp-blocked both network"],
  [
    "no STUN, but packets",
    { local: [HOST], remote: [HOST], heard: true },
    "stun-unreachable both server",
  ],
  ["two mappings here", { local: [HOST, ...SYMMETRIC] }, "nat own network"],
  ["two mappings there", { remote: [HOST, ...OTHER_SYMMETRIC] }, "nat other network"],
  ["two mappings on both sides", { local: SYMMETRIC, remote: OTHER_SYMMETRIC }, "nat both network"],
  [
    "one mapping of each of two networks",
    { local: [CONE, srflx("203.0.113.2", 50_001, "raddr 198.18.2.2 rport 50000")] },
    "no-way both network",
  ],
  [
    "two mappings behind a hidden address",
    { local: [HIDDEN, ...[1, 2].map((port) => srflx("203.0.113.2", port, UNRELATED))] },
    "nat own network",
  ],
  [
    "one mapping behind each of two hidden addresses",
    { local: [HIDDEN, HIDDEN, ...[1, 2].map((port) => srflx("203.0.113.2", port, UNRELATED))] },
    "no-way both network",
  ],
  ["a browser without a router", { local: [PUBLIC], remote: [OTHER_CONE] }, "no-way both network"],
  ["a relay on one side", { local: [HOST, RELAY] }, "no-way both network"],
  ["nothing from our browser", { local: [] }, "no-candidates own browser"],
  ["nothing from theirs", { remote: [] }, "no-candidates other browser"],
  ["no answer from theirs", { remote: [], described: false }, "nothing"],
  ["no relay for us", { local: [], relayOnly: true }, "relay-unreachable own network"],
  ["no relay for them", { remote: [], relayOnly: true }, "relay-unreachable other network"],
  [
    "one network, hidden here",
    { local: [HIDDEN, CONE], remote: [HOST, CONE] },
    "permission own permission",
  ],
  [
    "one network, hidden there",
    { local: [HOST, CONE], remote: [HIDDEN, CONE] },
    "permission other permission",
  ],
  ["one network, nothing hidden", { remote: [HOST, CONE] }, "no-way both network"],
  ["it is early", { milliseconds: 9999, local: [HOST] }, "nothing"],
  [
    "it is early, but the browser has given up",
    { milliseconds: 5000, failed: true },
    "no-way both network",
  ],
  ["it is very early", { milliseconds: 4999, failed: true, local: [] }, "nothing"],
];

for (const [what, evidence, expected] of CASES) {
  test(`${what}: ${expected}`, () => {
    assert.equal(found(evidence), expected);
  });
}

test("every cause and every remedy has its words", async () => {
  const keys = await phraseKeys();
  const found = CASES.map(([, , expected]) => expected).filter((each) => each !== "nothing");
  const needed = [...found, "signalling-blocked own line"].flatMap((each) => {
    const [cause, side, remedy] = each.split(" ");
    return [`cause.${cause}.${side}`, `remedy.${remedy}.${side}`];
  });

  assert.deepEqual(
    needed.filter((key) => !keys.has(key)),
    [],
  );
});

test("both pages find the same cause, each from its side", () => {
  const [here, there] = [[HOST], [HOST, OTHER_CONE]];

  assert.equal(found({ local: here, remote: there }), "udp-blocked own network");
  assert.equal(found({ local: there, remote: here }), "udp-blocked other network");
});

test("a line to the server that does not come up is named after eight seconds", () => {
  assert.equal(diagnose({ unheard: 7999, evidence: null }), null);
  assert.deepEqual(diagnose({ unheard: 8000, evidence: null }), {
    cause: "signalling-blocked",
    side: "own",
    remedy: "line",
  });
});

test("without anybody to connect with there is nothing to explain", () => {
  assert.equal(diagnose({ unheard: 0, evidence: null }), null);
});

/** @type {[string, string, ReturnType<typeof readCandidate>][]} */
const LINES = [
  [
    "a host",
    HOST,
    { type: "host", protocol: "udp", address: "198.18.1.2", port: 50_000, base: "" },
  ],
  [
    "a reflexive one",
    `a=${CONE}`,
    {
      type: "srflx",
      protocol: "udp",
      address: "203.0.113.2",
      port: 50_000,
      base: "198.18.1.2 50000",
    },
  ],
  [
    "one that hides its base",
    srflx("203.0.113.2", 1, UNRELATED),
    { type: "srflx", protocol: "udp", address: "203.0.113.2", port: 1, base: "" },
  ],
  ["the end of the list", "", null],
  ["something else", "candidate:1 1 udp", null],
];

for (const [what, line, expected] of LINES) {
  test(`candidate line of ${what} is read`, () => {
    assert.deepEqual(readCandidate(line), expected);
  });
}
