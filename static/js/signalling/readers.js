/** The shape and bounds of every message from the server (PROTOCOL.md, "From the server" and "Bounds"). */

import {
  integer,
  list,
  matching,
  nullable,
  number,
  oneOf,
  record,
  string,
  time,
} from "../shape.js";

/**
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 * @typedef {import("../shape.js").Reader<RTCIceServer>} IceServerReader
 */

const SDP_CHARACTERS = 32_768;
const CANDIDATES = 32;
const CANDIDATE_CHARACTERS = 512;
const PEERS = 4096;
const ICE_SERVERS = 32;
const SECRET_CHARACTERS = 256;
const TEXT_CHARACTERS = 512;

const id = matching(/^[\w-]{1,64}$/);
const instance = matching(/^[\w-]{8,64}$/);
const text = string(0, TEXT_CHARACTERS);
const role = oneOf("practitioner", "patient", "companion");
const seq = integer(1, 2 ** 31 - 1);

const peer = record({
  seat: id,
  role,
  consultation: id,
  state: oneOf("absent", "here", "away", "left"),
  since: nullable(time),
  instance: nullable(instance),
  language: nullable(oneOf("de", "en")),
  arrivedAt: nullable(time),
  admittedSince: nullable(time),
  alias: nullable(text),
  startsAt: nullable(time),
  opensAt: nullable(time),
});

/** @type {IceServerReader} */
const iceServer = (value, place) => {
  const { urls, username, credential } = record({
    urls: (/** @type {unknown} */ found, /** @type {string} */ where) =>
      typeof found === "string" ? [text(found, where)] : list(text, 1, ICE_SERVERS)(found, where),
    username: nullable(text),
    credential: nullable(text),
  })(value, place);
  // RTCPeerConnection takes null for a name or a password of that very text.
  return {
    urls,
    ...(username === null ? {} : { username }),
    ...(credential === null ? {} : { credential }),
  };
};

const stamp = { from: id, fromInstance: instance, toInstance: instance, seq };

const candidate = record({
  candidate: string(0, CANDIDATE_CHARACTERS),
  sdpMid: nullable(string(0, 64)),
  sdpMLineIndex: nullable(integer(0, 65_535)),
  usernameFragment: nullable(string(0, 256)),
});

const description = record({ type: oneOf("offer", "answer"), sdp: string(1, SDP_CHARACTERS) });

/** @type {{ [Type in ServerMessage["type"]]: import("../shape.js").Reader<Extract<ServerMessage, { type: Type }>> }} */
export const READERS = {
  welcome: record({
    type: oneOf("welcome"),
    version: integer(1),
    role,
    seat: nullable(id),
    consultation: nullable(id),
    resume: nullable(string(1, SECRET_CHARACTERS)),
    serverTime: time,
    startsAt: nullable(time),
    endsAt: nullable(time),
    opensAt: nullable(time),
    arrivedAt: nullable(time),
    admittedSince: nullable(time),
    iceServers: list(iceServer, 0, ICE_SERVERS),
    peers: list(peer, 0, PEERS),
  }),
  presence: record({ type: oneOf("presence"), peer }),
  description: record({ type: oneOf("description"), ...stamp, connection: instance, description }),
  candidates: record({
    type: oneOf("candidates"),
    ...stamp,
    connection: instance,
    candidates: list(candidate, 1, CANDIDATES),
  }),
  "restart-please": record({ type: oneOf("restart-please"), ...stamp, connection: instance }),
  ack: record({ type: oneOf("ack"), ...stamp }),
  admitted: record({ type: oneOf("admitted"), seat: id, since: nullable(time) }),
  claiming: record({ type: oneOf("claiming"), claim: id }),
  claim: record({ type: oneOf("claim"), seat: id, claim: id, since: time }),
  "claim-closed": record({ type: oneOf("claim-closed"), seat: id, claim: id }),
  ended: record({ type: oneOf("ended"), consultation: id }),
  pong: record({ type: oneOf("pong") }),
  error: record({
    type: oneOf("error"),
    error: string(1, 64),
    retryAfter: nullable(number(0)),
  }),
};
