import {
  record,
  integer,
  matching,
  number,
  oneOf,
  parseTyped,
  ProtocolError,
  string,
  time,
} from "../shape.js";

/** Longest message of the control channel, in bytes of UTF-8. */
export const CONTROL_MESSAGE_BYTES = 16_384;

/** Longest name, in characters (Unicode code points). */
export const NAME_CHARACTERS = 80;

/**
 * What two browsers say to each other on the control channel
 *
 * @typedef {import("../signalling/messages.js").Role} Role
 * @typedef {import("../signalling/messages.js").Language} Language
 * @typedef {{ type: "hello", version: number, role: Role, name: string, language: Language }} HelloMessage
 * @typedef {{ type: "seen", since: string }} SeenMessage
 * @typedef {{ type: "admit" }} AdmitControlMessage
 * @typedef {{ type: "put-back" }} PutBackControlMessage
 * @typedef {"on" | "off" | "missing"} Showing
 * @typedef {Showing | "paused"} Picture paused: the camera is on, its picture held back so that the sound stays clear
 * @typedef {{ type: "state", microphone: Showing, camera: Picture, page: "visible" | "hidden" }} StateMessage
 * @typedef {{ type: "heard", concealed: number }} HeardMessage share of the receiver's sound that the sender had to make up
 * @typedef {{ type: "bye", reason: "hung-up" | "ended" | "left" }} ByeMessage
 * @typedef {{ type: "commit", hash: string }} CommitMessage base64url of 32 bytes
 * @typedef {{ type: "reveal", nonce: string, certificate: string }} RevealMessage base64url of 32 bytes each
 * @typedef {{ type: "ping", id: number }} PingMessage the path is alive while no media flow
 * @typedef {{ type: "pong", id: number }} PongMessage
 * @typedef {HelloMessage | SeenMessage | AdmitControlMessage | PutBackControlMessage | StateMessage | HeardMessage
 *   | ByeMessage | CommitMessage | RevealMessage | PingMessage | PongMessage} ControlMessage
 */

const showing = oneOf("on", "off", "missing");
const bytes32 = matching(/^[\w-]{43}$/);
const pathId = integer(0);

/** @type {import("../shape.js").Reader<string>} */
const name = (value, place) => {
  const cleaned = cleanName(string(1, CONTROL_MESSAGE_BYTES)(value, place));
  if (cleaned === null)
    throw new ProtocolError(`${place} is not of 1 to ${NAME_CHARACTERS} characters`);
  return cleaned;
};

/** @type {{ [Type in ControlMessage["type"]]: import("../shape.js").Reader<Extract<ControlMessage, { type: Type }>> }} */
const READERS = {
  hello: record({
    type: oneOf("hello"),
    version: integer(1),
    role: oneOf("practitioner", "patient", "companion"),
    name,
    language: oneOf("de", "en"),
  }),
  seen: record({ type: oneOf("seen"), since: time }),
  admit: record({ type: oneOf("admit") }),
  "put-back": record({ type: oneOf("put-back") }),
  state: record({
    type: oneOf("state"),
    microphone: showing,
    camera: oneOf("on", "off", "missing", "paused"),
    page: oneOf("visible", "hidden"),
  }),
  heard: record({ type: oneOf("heard"), concealed: number(0, 1) }),
  bye: record({ type: oneOf("bye"), reason: oneOf("hung-up", "ended", "left") }),
  commit: record({ type: oneOf("commit"), hash: bytes32 }),
  reveal: record({ type: oneOf("reveal"), nonce: bytes32, certificate: bytes32 }),
  ping: record({ type: oneOf("ping"), id: pathId }),
  pong: record({ type: oneOf("pong"), id: pathId }),
};

/**
 * Parse what the other side said. Nothing from there can throw here.
 *
 * @param {unknown} data `data` of a message event
 * @returns {ControlMessage | null} Null, with a warning, for an unknown type, a bad shape, or more than CONTROL_MESSAGE_BYTES
 */
export function parseControlMessage(data) {
  try {
    return read(data);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    // The message says where the shape is wrong, never what stood there: that is nobody's business.
    console.warn(`The other side sent something that is ignored: ${error.message}.`);
    return null;
  }
}

/**
 * @param {ControlMessage} message
 * @returns {string}
 * @throws {RangeError} Longer than CONTROL_MESSAGE_BYTES
 */
export function encodeControlMessage(message) {
  const text = JSON.stringify(message);
  if (byteLength(text) > CONTROL_MESSAGE_BYTES) throw new RangeError("control message is too long");
  return text;
}

/**
 * Bring a name into one line without invisible characters that could turn or hide the text around it (Unicode TR 36).
 *
 * Joiners stay: Persian names and many scripts of India need them.
 *
 * @param {string} text
 * @returns {string | null} 1 to NAME_CHARACTERS characters, or null where that is impossible
 */
export function cleanName(text) {
  const cleaned = text
    .normalize("NFC")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/[\p{Cc}\p{Cs}\p{Bidi_Control}\u200B\u2060-\u2064\uFEFF\u{E0000}-\u{E007F}]/gu, "")
    .trim();
  const characters = [...cleaned].length;
  return characters >= 1 && characters <= NAME_CHARACTERS ? cleaned : null;
}

/**
 * @param {unknown} data
 * @returns {ControlMessage}
 */
function read(data) {
  if (typeof data !== "string") throw new ProtocolError("message is not text");
  if (byteLength(data) > CONTROL_MESSAGE_BYTES) throw new ProtocolError("message is too long");
  const message = parseTyped(data);
  if (!Object.hasOwn(READERS, message.type)) throw new ProtocolError("type is unknown");
  return READERS[/** @type {ControlMessage["type"]} */ (message.type)](message, message.type);
}

/**
 * @param {string} text
 * @returns {number} bytes of UTF-8
 */
function byteLength(text) {
  return new TextEncoder().encode(text).length;
}
