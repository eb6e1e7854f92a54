import assert from "node:assert/strict";
import { test } from "node:test";
import { measure } from "../../../static/js/quality/measurement.js";
import { facts, isRelayed, reportText } from "../../../static/js/quality/report.js";
import { phraseKeys } from "../fakes/phrases.js";
import { candidate, received, sent, snapshot } from "../fakes/snapshot.js";

/** @typedef {import("../../../static/js/webrtc/traffic.js").Snapshot} Snapshot */

/** @type {import("../../../static/js/quality/report.js").Say} */
const say = (key, values) => [key, ...Object.values(values ?? {})].join(" ");

/**
 * @param {Snapshot} now
 * @param {string} language
 */
function told(now, language = "en") {
  const measurement = measure(snapshot({ at: 0 }), now);
  assert.ok(measurement);
  return facts({ snapshot: now, measurement, restarts: 1 }, say, language);
}

const CALL = snapshot({
  audio: {
    received: received({ packets: 98, lost: 2, bytes: 10_000, samples: 48_000, concealed: 480 }),
    sent: sent({ bytes: 10_000, fractionLost: 0.125 }),
  },
  video: {
    received: received({ bytes: 52_500, width: 640, height: 360, framesPerSecond: 29 }),
    sent: sent({ bytes: 145_000, width: 1280, height: 720, framesPerSecond: 30 }),
  },
});

test("facts say what flows, what is lost, which way and how it is encrypted", () => {
  assert.deepEqual(told(CALL), [
    ["quality.fact.sent", "1.2 Mbit/s, 1280 × 720, quality.frames 30"],
    ["quality.fact.received", "500 kbit/s, 640 × 360, quality.frames 29"],
    ["quality.fact.sent-lost", "12.5%"],
    ["quality.fact.received-lost", "2%"],
    ["quality.fact.concealed", "1%"],
    ["quality.fact.round-trip", "24 ms"],
    ["quality.fact.way", "quality.direct UDP"],
    ["quality.fact.candidates", "host ↔ srflx"],
    [
      "quality.fact.encryption",
      "DTLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, AES_CM_128_HMAC_SHA1_80",
    ],
    ["quality.fact.restarts", "1"],
  ]);
});

test("numbers are written as the language writes them", () => {
  const values = told(CALL, "de").map(([, value]) => value);

  assert.deepEqual(values.slice(0, 3), [
    "1,2 Mbit/s, 1280 × 720, quality.frames 30",
    "500 kbit/s, 640 × 360, quality.frames 29",
    "12,5\u00A0%",
  ]);
});

test("what is not known is a dash", () => {
  const none = { received: null, sent: null };
  const transport = { dtlsState: null, tlsVersion: null, dtlsCipher: null, srtpCipher: null };
  const values = told(snapshot({ audio: none, video: none, pair: null, transport }));

  assert.deepEqual(
    values.map(([, value]) => value),
    ["0 kbit/s", "0 kbit/s", "–", "–", "–", "–", "–", "– ↔ –", "DTLS", "1"],
  );
});

/** @type {[string, import("../../../static/js/webrtc/traffic.js").Candidate[], string][]} */
const WAYS = [
  [
    "two reflexive",
    [candidate({ type: "srflx" }), candidate({ type: "srflx" })],
    "quality.direct UDP",
  ],
  [
    "our relay over TLS",
    [candidate({ type: "relay", relayProtocol: "tls" }), candidate()],
    "quality.relayed TLS",
  ],
  ["their relay", [candidate(), candidate({ type: "relay" })], "quality.relayed UDP"],
];

for (const [what, [local, remote], expected] of WAYS) {
  test(`way over ${what} is ${expected}`, () => {
    const { pair } = CALL;
    assert.ok(pair && local && remote);
    const now = snapshot({ pair: { ...pair, local, remote } });

    assert.equal(told(now)[6]?.[1], expected);
    assert.equal(isRelayed(now), expected.includes("relayed"));
  });
}

test("text to copy holds each fact on a line", () => {
  assert.equal(
    reportText(
      [
        ["Sent", "1 kbit/s"],
        ["Way", "direct"],
      ],
      "Connection",
    ),
    "Connection\nSent: 1 kbit/s\nWay: direct\n",
  );
});

test("no address passes, wherever a browser may put one", () => {
  const { pair } = CALL;
  assert.ok(pair);
  const address = "198.51.100.7";
  const odd = snapshot({
    pair: {
      ...pair,
      local: candidate({ type: address, protocol: address, server: `stun:${address}:10000` }),
      remote: candidate({ type: address, relayProtocol: address }),
    },
    transport: {
      dtlsState: address,
      tlsVersion: address,
      dtlsCipher: address,
      srtpCipher: address,
    },
  });

  const text = reportText(told(odd), "Connection");

  assert.equal(text.includes(address), false);
  assert.match(text, /DTLS, –, –/);
});

test("every fact has its words", async () => {
  const keys = await phraseKeys();
  const labels = told(CALL).map(([label]) => label);
  const needed = [...labels, "quality.direct", "quality.relayed", "quality.frames"];

  assert.deepEqual(
    needed.filter((key) => !keys.has(key)),
    [],
  );
});
