/**
 * @typedef {import("../../../static/js/signalling/messages.js").Peer} Peer
 * @typedef {import("../../../static/js/signalling/messages.js").WelcomeMessage} WelcomeMessage
 */

export const OWN_INSTANCE = "own-instance-1";
export const OTHER_INSTANCE = "other-instance-1";

/**
 * @param {Partial<Peer>} [changes]
 * @returns {Peer}
 */
export function peer(changes = {}) {
  return {
    seat: "seat-practitioner",
    role: "practitioner",
    consultation: "consultation-1",
    state: "here",
    since: "2026-11-24T09:55:00Z",
    instance: OTHER_INSTANCE,
    language: "de",
    arrivedAt: "2026-11-24T09:55:00Z",
    admittedSince: null,
    alias: null,
    startsAt: null,
    opensAt: null,
    ...changes,
  };
}

/**
 * @param {Partial<WelcomeMessage>} [changes]
 * @returns {WelcomeMessage}
 */
export function welcome(changes = {}) {
  return {
    type: "welcome",
    version: 1,
    role: "patient",
    seat: "seat-patient",
    consultation: "consultation-1",
    resume: "secret-1",
    serverTime: "2026-11-24T10:02:00Z",
    startsAt: "2026-11-24T10:00:00Z",
    endsAt: "2026-11-24T10:30:00Z",
    opensAt: "2026-11-24T09:00:00Z",
    arrivedAt: "2026-11-24T10:02:00Z",
    admittedSince: null,
    iceServers: [],
    peers: [peer()],
    ...changes,
  };
}

/**
 * @param {number} seq
 * @param {object} [changes]
 * @returns {object} as the server delivers it
 */
export function relayed(seq, changes = {}) {
  return {
    type: "restart-please",
    from: "seat-practitioner",
    fromInstance: OTHER_INSTANCE,
    to: "seat-patient",
    toInstance: OWN_INSTANCE,
    connection: "connection-1",
    seq,
    ...changes,
  };
}

/**
 * @param {string} [connection]
 * @returns {import("../../../static/js/signalling/messages.js").RestartNegotiation}
 */
export function restart(connection = "connection-1") {
  return { type: "restart-please", connection };
}
