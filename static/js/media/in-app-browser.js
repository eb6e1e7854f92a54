/**
 * @typedef {object} Surroundings
 * @property {string} userAgent
 * @property {boolean} mediaDevices whether `navigator.mediaDevices.getUserMedia` is there
 * @property {boolean} peerConnection whether `RTCPeerConnection` is there
 * @property {boolean} isSecureContext
 * @typedef {"ok" | "in-app" | "insecure" | "unsupported"} Suitability
 */

/** Browsers inside other apps, whose camera or sound cannot be relied on. Where each name comes from is what it says of itself. */
const IN_APP =
  /\bFBA[NV]\/|\bFB_IAB\/|\bInstagram\b|\bLine\/|\bMicroMessenger\/|\bSnapchat\b|\bLinkedInApp\b|\bTwitter for i|\bPinterest\/|\bKAKAOTALK\b|\bBytedanceWebview\b|\bmusical_ly|; wv\)/;

/** The apps of iPhones and iPads that show pages leave this word out; so do pages on the home screen, which are fine. */
const APPLE_APP = /\((?:iPhone|iPad|iPod)\b(?!.*\bSafari\/)/;

/**
 * Say whether a consultation can be held in this browser, before anything is asked for.
 *
 * @param {Surroundings} surroundings
 * @returns {Suitability}
 */
export function suitability({ userAgent, mediaDevices, peerConnection, isSecureContext }) {
  if (IN_APP.test(userAgent)) return "in-app";
  if (!isSecureContext) return "insecure";
  if (mediaDevices && peerConnection) return "ok";
  return APPLE_APP.test(userAgent) ? "in-app" : "unsupported";
}
