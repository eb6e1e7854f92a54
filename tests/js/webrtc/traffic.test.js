import assert from "node:assert/strict";
import { test } from "node:test";
import { readTraffic } from "../../../static/js/webrtc/traffic.js";

/** @param {...object} entries */
const report = (...entries) =>
  /** @type {RTCStatsReport} */ (
    /** @type {unknown} */ (
      new Map(
        entries.map((entry, index) => [
          /** @type {{ id?: string }} */ (entry).id ?? String(index),
          { id: String(index), timestamp: 1000, ...entry },
        ]),
      )
    )
  );

const TRANSPORT = {
  id: "T",
  type: "transport",
  timestamp: 2000,
  bytesReceived: 700,
  bytesSent: 900,
  selectedCandidatePairId: "P2",
  dtlsState: "connected",
  tlsVersion: "FEFD",
  dtlsCipher: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  srtpCipher: "AES_CM_128_HMAC_SHA1_80",
};
const LOCAL = { id: "L", type: "local-candidate", candidateType: "host", protocol: "udp" };
const REMOTE = {
  id: "R",
  type: "remote-candidate",
  candidateType: "srflx",
  protocol: "udp",
  address: "203.0.113.2",
};

test("the transport's count is everything that arrived", () => {
  const inbound = { type: "inbound-rtp", kind: "audio", mid: "0", bytesReceived: 100 };

  const snapshot = readTraffic(report(TRANSPORT, inbound));

  assert.equal(snapshot.bytesReceived, 700);
  assert.equal(snapshot.bytesSent, 900);
  assert.equal(snapshot.at, 2000);
  assert.deepEqual(snapshot.transport, {
    dtlsState: "connected",
    tlsVersion: "FEFD",
    dtlsCipher: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    srtpCipher: "AES_CM_128_HMAC_SHA1_80",
  });
});

test("without a transport media and channels are counted together", () => {
  const snapshot = readTraffic(
    report(
      { type: "inbound-rtp", kind: "audio", bytesReceived: 100 },
      { type: "inbound-rtp", kind: "video", bytesReceived: 1000 },
      { type: "outbound-rtp", kind: "audio", bytesSent: 5 },
      { type: "data-channel", bytesReceived: 10, bytesSent: 20 },
    ),
  );

  assert.equal(snapshot.bytesReceived, 1110);
  assert.equal(snapshot.bytesSent, 25);
  assert.equal(snapshot.audio.received?.bytes, 100);
  assert.equal(snapshot.video.received?.bytes, 1000);
  assert.equal(snapshot.screen.received, null);
});

test("an empty report is a snapshot of nothing", () => {
  assert.deepEqual(readTraffic(report()), {
    at: 0,
    bytesReceived: 0,
    bytesSent: 0,
    audio: { received: null, sent: null },
    video: { received: null, sent: null },
    screen: { received: null, sent: null },
    pair: null,
    pairs: [],
    candidates: { local: [], remote: [] },
    transport: { dtlsState: null, tlsVersion: null, dtlsCipher: null, srtpCipher: null },
  });
});

test("camera and screen are told apart by their line", () => {
  const { video, screen } = readTraffic(
    report(
      { type: "inbound-rtp", kind: "video", mid: "2", frameWidth: 1920 },
      { type: "inbound-rtp", kind: "video", mid: "1", frameWidth: 640 },
    ),
  );

  assert.equal(video.received?.width, 640);
  assert.equal(screen.received?.width, 1920);
});

test("what the other side reports stands beside what was sent", () => {
  const { audio } = readTraffic(
    report(
      {
        id: "O",
        type: "outbound-rtp",
        kind: "audio",
        mid: "0",
        bytesSent: 80,
        codecId: "C",
        active: true,
      },
      { id: "C", type: "codec", mimeType: "audio/red" },
      {
        type: "remote-inbound-rtp",
        localId: "O",
        packetsLost: 3,
        fractionLost: 0.25,
        jitter: 0.01,
        roundTripTime: 0.2,
      },
    ),
  );

  assert.deepEqual(audio.sent, {
    packets: null,
    bytes: 80,
    retransmitted: null,
    frames: null,
    framesPerSecond: null,
    width: null,
    height: null,
    targetBitrate: null,
    limitation: null,
    active: true,
    codec: "audio/red",
    lost: 3,
    fractionLost: 0.25,
    jitter: 0.01,
    roundTrip: 0.2,
  });
});

for (const [name, changes, marks] of /** @type {const} */ ([
  ["the transport names it", TRANSPORT, {}],
  ["it is marked as selected", {}, { selected: true }],
  ["it is the nominated one that works", {}, { nominated: true }],
])) {
  test(`the pair in use is known where ${name}, without addresses`, () => {
    const pairs = [
      { id: "P1", type: "candidate-pair", state: "failed", nominated: true },
      {
        id: "P2",
        type: "candidate-pair",
        state: "succeeded",
        localCandidateId: "L",
        remoteCandidateId: "R",
        currentRoundTripTime: 0.05,
        requestsSent: 4,
        responsesReceived: 3,
        ...marks,
      },
    ];

    const snapshot = readTraffic(report(LOCAL, REMOTE, ...pairs, changes));

    assert.deepEqual(snapshot.pair, {
      state: "succeeded",
      nominated: "nominated" in marks,
      local: {
        type: "host",
        protocol: "udp",
        relayProtocol: null,
        networkType: null,
        server: null,
      },
      remote: {
        type: "srflx",
        protocol: "udp",
        relayProtocol: null,
        networkType: null,
        server: null,
      },
      roundTrip: 0.05,
      availableOutgoing: null,
      requestsSent: 4,
      responsesReceived: 3,
    });
    assert.equal(snapshot.pairs.length, 2);
    assert.equal(snapshot.candidates.local.length, 1);
    assert.doesNotMatch(JSON.stringify(snapshot), /203\.0\.113\.2/);
  });
}
