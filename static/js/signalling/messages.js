import { parseTyped, ProtocolError } from "../shape.js";
import { READERS } from "./readers.js";

export { ProtocolError };

/** The version of PROTOCOL.md that this page speaks. */
export const PROTOCOL_VERSION = 1;

/**
 * Values
 *
 * @typedef {"practitioner" | "patient" | "companion"} Role
 * @typedef {"de" | "en"} Language
 * @typedef {{ type: "offer" | "answer", sdp: string }} Description
 * @typedef {object} Candidate An empty `candidate` ends the list
 * @property {string} candidate
 * @property {string | null} sdpMid
 * @property {number | null} sdpMLineIndex
 * @property {string | null} usernameFragment
 * @typedef {"absent" | "here" | "away" | "left"} PeerState
 * @typedef {object} Peer
 * @property {string} seat
 * @property {Role} role
 * @property {string} consultation
 * @property {PeerState} state
 * @property {string | null} since of that state; null when absent
 * @property {string | null} instance null unless here or away
 * @property {Language | null} language
 * @property {string | null} arrivedAt
 * @property {string | null} admittedSince
 * @property {string | null} alias for the practitioner only, like the next two
 * @property {string | null} startsAt
 * @property {string | null} opensAt
 * @typedef {"bad-origin" | "not-signed-in" | "not-practitioner" | "bad-message" | "version"
 *   | "unknown-invitation" | "revoked" | "expired" | "ended" | "unknown-seat" | "taken-over"
 *   | "claim-refused" | "join-timeout" | "idle" | "too-fast" | "too-many-sockets"
 *   | "server-restart" | "internal" | "not-open" | "no-such-seat" | "not-allowed"} ErrorId
 */

/**
 * What two browsers tell each other through the server, without its address
 *
 * @typedef {{ type: "description", connection: string, description: Description }} DescriptionNegotiation
 * @typedef {{ type: "candidates", connection: string, candidates: Candidate[] }} CandidatesNegotiation
 * @typedef {{ type: "restart-please", connection: string }} RestartNegotiation
 * @typedef {DescriptionNegotiation | CandidatesNegotiation | RestartNegotiation} Negotiation
 */

/**
 * From a client
 *
 * @typedef {object} JoinMessage
 * @property {"join"} type
 * @property {number} version
 * @property {string} instance
 * @property {string} [token]
 * @property {string} [resume]
 * @property {Language} [language]
 * @property {string} [consent]
 * @typedef {Negotiation & { to: string, toInstance: string, seq: number }} AddressedMessage
 * @typedef {{ type: "ack", to: string, toInstance: string, seq: number }} AckMessage
 * @typedef {{ type: "admit", seat: string }} AdmitMessage
 * @typedef {{ type: "put-back", seat: string }} PutBackMessage
 * @typedef {{ type: "end", consultation: string }} EndMessage
 * @typedef {{ type: "hand-over", claim: string, accept: boolean }} HandOverMessage
 * @typedef {{ type: "leave" }} LeaveMessage
 * @typedef {{ type: "ping" }} PingMessage
 * @typedef {JoinMessage | AddressedMessage | AckMessage | AdmitMessage | PutBackMessage | EndMessage
 *   | HandOverMessage | LeaveMessage | PingMessage} ClientMessage
 */

/**
 * From the server
 *
 * @typedef {object} WelcomeMessage
 * @property {"welcome"} type
 * @property {number} version
 * @property {Role} role
 * @property {string | null} seat null for the room, like `consultation`
 * @property {string | null} consultation
 * @property {string | null} resume the secret, only when newly made
 * @property {string} serverTime
 * @property {string | null} startsAt null for the room, like the times below
 * @property {string | null} endsAt
 * @property {string | null} opensAt
 * @property {string | null} arrivedAt
 * @property {string | null} admittedSince
 * @property {RTCIceServer[]} iceServers
 * @property {Peer[]} peers may be empty
 * @typedef {{ type: "presence", peer: Peer }} PresenceMessage
 * @typedef {object} Stamp Who sent it and to which page, as the server vouches for
 * @property {string} from
 * @property {string} fromInstance
 * @property {string} toInstance
 * @property {number} seq
 * @typedef {Negotiation & Stamp} RelayedMessage
 * @typedef {{ type: "ack" } & Stamp} ReceivedAckMessage
 * @typedef {{ type: "admitted", seat: string, since: string | null }} AdmittedMessage `since` is null when put back
 * @typedef {{ type: "claiming", claim: string }} ClaimingMessage
 * @typedef {{ type: "claim", seat: string, claim: string, since: string }} ClaimMessage
 * @typedef {{ type: "claim-closed", seat: string, claim: string }} ClaimClosedMessage
 * @typedef {{ type: "ended", consultation: string }} EndedMessage
 * @typedef {{ type: "pong" }} PongMessage
 * @typedef {object} ErrorMessage
 * @property {"error"} type
 * @property {string} error an ErrorId, or one of a newer server
 * @property {number | null} retryAfter seconds
 * @typedef {WelcomeMessage | PresenceMessage | RelayedMessage | ReceivedAckMessage | AdmittedMessage
 *   | ClaimingMessage | ClaimMessage | ClaimClosedMessage | EndedMessage | PongMessage
 *   | ErrorMessage} ServerMessage
 */

/**
 * Parse what the server sent.
 *
 * @param {string} text
 * @returns {ServerMessage | null} Null for a type that only a newer page knows
 * @throws {ProtocolError} Not JSON, or a shape that PROTOCOL.md does not give this type
 */
export function parseServerMessage(text) {
  const message = parseTyped(text);
  const reader = Object.hasOwn(READERS, message.type)
    ? READERS[/** @type {ServerMessage["type"]} */ (message.type)]
    : null;
  if (!reader) {
    console.warn(`The server sent a message of unknown type ${JSON.stringify(message.type)}.`);
    return null;
  }
  return reader(message, message.type);
}
