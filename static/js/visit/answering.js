import { SeatLink } from "../signalling/seat-link.js";
import { Conversation } from "../webrtc/conversation.js";

/** @typedef {import("../signalling/messages.js").WelcomeMessage} WelcomeMessage */

/**
 * Begin the conversation that the practitioner's page offers.
 * @param {object} options
 * @param {string} options.id  Of the connection
 * @param {string} options.seat  The practitioner's
 * @param {WelcomeMessage | null} options.welcome
 * @param {RTCCertificate} options.certificate
 * @param {boolean} options.relayOnly  Whether it goes through the practice's relay alone
 * @param {import("../signalling/client.js").SignallingClient} options.signalling
 * @returns {Conversation}
 */
export function answer({ welcome, signalling, ...rest }) {
  return new Conversation({
    ...rest,
    link: new SeatLink(signalling, rest.seat),
    iceServers: welcome?.iceServers ?? [],
    role: guestRole(welcome),
    otherRole: "practitioner",
    consultation: welcome?.consultation ?? "",
  });
}

/**
 * Make the first words to the practitioner's page.
 * @param {WelcomeMessage | null} welcome
 * @param {string} name
 * @param {import("../signalling/messages.js").Language} language
 * @returns {import("../webrtc/control.js").HelloMessage}
 */
export function hello(welcome, name, language) {
  return { type: "hello", version: 1, role: guestRole(welcome), name, language };
}

/**
 * @param {import("../signalling/messages.js").RelayedMessage} message
 * @returns {boolean} Whether it can begin a conversation
 */
export function isOffer(message) {
  return message.type === "description" && message.description.type === "offer";
}

/**
 * @param {WelcomeMessage | null} welcome
 * @returns {"patient" | "companion"} Our own role; never the practitioner's, whatever the server says
 */
function guestRole(welcome) {
  return welcome?.role === "companion" ? "companion" : "patient";
}
