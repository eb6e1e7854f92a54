/** Whose certificate is at the other end: what the description names must be what DTLS shows (RFC 8122 Section 5). */

const FINGERPRINT = /^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i;

/** Why an end cannot be trusted to be the one that was named. */
export class FingerprintError extends Error {
  /** @override */
  name = "FingerprintError";
}

/**
 * Read the one fingerprint of a description, from the text as it was received and before `setRemoteDescription`: Chromium
 * accepts several and then shows one.
 *
 * @param {string} sdp
 * @returns {string} 32 bytes in upper-case hexadecimal, separated by colons
 * @throws {FingerprintError} None, several distinct ones on any level, or another algorithm than SHA-256
 */
export function soleFingerprint(sdp) {
  // Every line that a lenient parser could take for a fingerprint must be one in the strict form.
  const lines = sdp.split(/[\r\n]+/).filter((line) => /fingerprint/i.test(line));
  const found = new Set(lines.map((line) => FINGERPRINT.exec(line)?.[1]?.toUpperCase()));
  if (found.has(undefined)) throw new FingerprintError("fingerprint is not a SHA-256");
  const [fingerprint, another] = found;
  if (fingerprint === undefined) throw new FingerprintError("description without fingerprint");
  if (another !== undefined) throw new FingerprintError("description with several fingerprints");
  return fingerprint;
}

/**
 * Hash the certificate that the other end proved to hold, and hold it against the fingerprint of its description.
 *
 * @param {object} ends
 * @param {RTCDtlsTransport} ends.transport of the data channels (`pc.sctp.transport`), connected
 * @param {RTCDtlsTransport[]} ends.mediaTransports of every transceiver that has one
 * @param {string} ends.fingerprint as `soleFingerprint` read it
 * @returns {Promise<Uint8Array>} SHA-256 of the certificate, 32 bytes
 * @throws {FingerprintError} Another certificate, none yet, or media that go by another transport
 */
export async function remoteCertificate({ transport, mediaTransports, fingerprint }) {
  // A server that strips BUNDLE would get a second transport with another end.
  if (mediaTransports.some((each) => each !== transport)) {
    throw new FingerprintError("media go by another transport");
  }
  // Where this is missing the browser itself has held the certificate against the one fingerprint (RFC 8827 Section 6.5).
  if (typeof transport.getRemoteCertificates !== "function") return bytesOf(fingerprint);
  const [certificate] = transport.getRemoteCertificates();
  if (certificate === undefined) throw new FingerprintError("no certificate from the other end");
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", certificate));
  if (!bytesOf(fingerprint).every((byte, index) => byte === hash[index])) {
    throw new FingerprintError("the certificate is not the one of the description");
  }
  return hash;
}

/**
 * SHA-256 of the own certificate.
 *
 * @param {RTCCertificate} certificate
 * @returns {Uint8Array} 32 bytes
 * @throws {FingerprintError} The browser does not tell it
 */
export function ownCertificate(certificate) {
  const fingerprint = certificate
    .getFingerprints?.()
    .find(({ algorithm }) => algorithm === "sha-256");
  if (!fingerprint?.value)
    throw new FingerprintError("the browser does not show its own fingerprint");
  return bytesOf(fingerprint.value);
}

/**
 * @param {string} fingerprint hexadecimal, separated by colons
 * @returns {Uint8Array}
 */
function bytesOf(fingerprint) {
  return Uint8Array.from(fingerprint.split(":"), (pair) => Number.parseInt(pair, 16));
}
