/**
 * Make the DTLS certificate of a consultation: P-256, which every browser must speak (RFC 8827 Section 6.5).
 * @returns {Promise<RTCCertificate>}
 */
export function makeCertificate() {
  return RTCPeerConnection.generateCertificate(
    /** @type {EcKeyGenParams} */ ({ name: "ECDSA", namedCurve: "P-256" }),
  );
}
