/**
 * @typedef {import("../../../static/js/webrtc/traffic.js").Snapshot} Snapshot
 * @typedef {import("../../../static/js/webrtc/traffic.js").Received} Received
 * @typedef {import("../../../static/js/webrtc/traffic.js").Sent} Sent
 * @typedef {import("../../../static/js/webrtc/traffic.js").Candidate} Candidate
 */

/**
 * @param {Partial<Received>} [changes]
 * @returns {Received}
 */
export function received(changes = {}) {
  return {
    packets: 0,
    lost: 0,
    bytes: 0,
    jitter: 0,
    samples: 0,
    concealed: 0,
    concealedSilence: 0,
    frames: 0,
    dropped: 0,
    framesPerSecond: null,
    width: null,
    height: null,
    freezes: 0,
    frozen: 0,
    codec: null,
    ...changes,
  };
}

/**
 * @param {Partial<Sent>} [changes]
 * @returns {Sent}
 */
export function sent(changes = {}) {
  return {
    packets: 0,
    bytes: 0,
    retransmitted: 0,
    frames: 0,
    framesPerSecond: null,
    width: null,
    height: null,
    targetBitrate: null,
    limitation: "none",
    active: true,
    codec: null,
    lost: 0,
    fractionLost: 0,
    jitter: 0,
    roundTrip: null,
    ...changes,
  };
}

/**
 * @param {Partial<Candidate>} [changes]
 * @returns {Candidate}
 */
export function candidate(changes = {}) {
  return {
    type: "host",
    protocol: "udp",
    relayProtocol: null,
    networkType: null,
    server: null,
    ...changes,
  };
}

/**
 * A second of a good call over a direct way.
 * @param {Partial<Snapshot>} [changes]
 * @returns {Snapshot}
 */
export function snapshot(changes = {}) {
  return {
    at: 1000,
    bytesReceived: 0,
    bytesSent: 0,
    audio: { received: received(), sent: sent() },
    video: { received: received(), sent: sent() },
    screen: { received: null, sent: null },
    pair: {
      state: "succeeded",
      nominated: true,
      local: candidate(),
      remote: candidate({ type: "srflx" }),
      roundTrip: 0.024,
      availableOutgoing: 3_000_000,
      requestsSent: 1,
      responsesReceived: 1,
    },
    pairs: [],
    candidates: { local: [], remote: [] },
    transport: {
      dtlsState: "connected",
      tlsVersion: "FEFD",
      dtlsCipher: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      srtpCipher: "AES_CM_128_HMAC_SHA1_80",
    },
    ...changes,
  };
}
