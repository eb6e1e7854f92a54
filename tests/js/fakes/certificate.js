import { createHash, randomBytes } from "node:crypto";

/** An RTCCertificate, and the bytes that DTLS shows to the other end. */
export class FakeCertificate {
  der = randomBytes(64);
  expires = Infinity;

  /** @returns {string} as a description carries it */
  get fingerprint() {
    const hash = createHash("sha256").update(this.der).digest("hex");
    return /** @type {string[]} */ (hash.match(/../g)).join(":");
  }

  getFingerprints() {
    return [{ algorithm: "sha-256", value: this.fingerprint }];
  }
}
