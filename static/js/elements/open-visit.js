import { randomId } from "../ids.js";
import { LocalMedia } from "../media/capture.js";
import { SignallingClient } from "../signalling/client.js";
import { PROTOCOL_VERSION } from "../signalling/messages.js";
import { VisitMemory } from "../visit/memory.js";
import { Visit } from "../visit/visit.js";
import { makeCertificate } from "../webrtc/certificate.js";

/**
 * @param {string} path  Such as `/ws/visit`
 * @returns {string} The address of the WebSocket on this server
 */
export function socketUrl(path) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** @returns {LocalMedia} Camera and microphone as this browser has them */
export function openMedia() {
  return new LocalMedia({
    mediaDevices: navigator.mediaDevices,
    isSecureContext: globalThis.isSecureContext,
  });
}

/** @returns {Storage | null} Null where the browser forbids it altogether, which it says by throwing */
function tabStorage() {
  try {
    return globalThis.sessionStorage;
  } catch {
    return null;
  }
}

/**
 * Put a visit together from what the page carries.
 * @param {DOMStringMap} data  `token`, `socket`, `consent`, `relayOnly`
 * @param {import("../signalling/messages.js").Language} language
 * @returns {{ visit: Visit, media: LocalMedia }}
 */
export function openVisit({ token = "", socket = "", consent = "", relayOnly }, language) {
  const memory = new VisitMemory(tabStorage(), token);
  const media = openMedia();
  const instance = randomId();
  const signalling = new SignallingClient({
    url: socketUrl(socket),
    instance,
    join: (resume) => ({
      type: "join",
      version: PROTOCOL_VERSION,
      instance,
      ...(resume ? { resume } : { token }),
      language,
      consent: memory.read()?.consent || consent,
    }),
    storage: memory.secret,
  });
  const visit = new Visit({
    signalling,
    media,
    memory,
    certificate: makeCertificate(),
    language,
  });
  visit.relayOnly = relayOnly !== undefined;
  return { visit, media };
}
