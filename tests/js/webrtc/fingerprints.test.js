import assert from "node:assert/strict";
import { test } from "node:test";
import {
  FingerprintError,
  ownCertificate,
  remoteCertificate,
  soleFingerprint,
} from "../../../static/js/webrtc/fingerprints.js";

/** A P-256 certificate made with OpenSSL, and what `sha256sum` says of it. */
const CERTIFICATE = Buffer.from(
  "MIIBeDCCAR2gAwIBAgIUTelnbkYYcQflDGvNcIzju5NiY5owCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwGV2ViUlRDMB4X" +
    "DTI2MTEyNDA2MzA1NFoXDTI2MTIyNDA2MzA1NFowETEPMA0GA1UEAwwGV2ViUlRDMFkwEwYHKoZIzj0CAQYIKoZIzj0D" +
    "AQcDQgAEbM8J7kuN5ZncpEUkuyseicEFf68OwbTIdubfI+E+DncNTYPfUPUhA2g5icO+/rZK+uDadAeC/GYEhUWwBKcT" +
    "o6NTMFEwHQYDVR0OBBYEFNcfZxioE3UPGFx2SyESDZ1R21RLMB8GA1UdIwQYMBaAFNcfZxioE3UPGFx2SyESDZ1R21RL" +
    "MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAMkyTS8R1+KO7PvyPjN5dQsc2hAhO5MLA/5qtE/pyh7Y" +
    "AiEA6sPqVbLWuLe5yTp3e4jpElK+W2A65pS9Cq9CynyIaVE=",
  "base64",
);
const HASH = "bfb5d7d4ddec0c6a013855a8469795349685b2c1636743cadd5a36afb00f4b8d";
const FINGERPRINT = (HASH.match(/../g) ?? []).join(":").toUpperCase();
const ANOTHER = FINGERPRINT.replace(/^BF/, "00");

const line = (/** @type {string} */ fingerprint, algorithm = "sha-256") =>
  `a=fingerprint:${algorithm} ${fingerprint}`;
const media = (/** @type {string[]} */ ...lines) =>
  ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", ...lines].join("\r\n");
const session = (/** @type {string[]} */ ...lines) =>
  ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", ...lines].join("\r\n");

/** @type {[string, string][]} */
const ACCEPTED = [
  ["on the session level", session(line(FINGERPRINT), media())],
  ["on a media level", session(media(line(FINGERPRINT)))],
  [
    "the same on every level",
    session(line(FINGERPRINT), media(line(FINGERPRINT)), media(line(FINGERPRINT))),
  ],
  ["in small letters", session(media(line(FINGERPRINT.toLowerCase(), "SHA-256")))],
  ["in both spellings", session(media(line(FINGERPRINT)), media(line(FINGERPRINT.toLowerCase())))],
  ["with line feeds alone", session(media(line(FINGERPRINT))).replaceAll("\r", "")],
];

for (const [where, sdp] of ACCEPTED) {
  test(`fingerprint ${where} is read`, () => {
    assert.equal(soleFingerprint(sdp), FINGERPRINT);
  });
}

/** @type {[string, string, string][]} */
const REFUSED = [
  ["no fingerprint", session(media()), "description without fingerprint"],
  [
    "two on one level",
    session(media(line(FINGERPRINT), line(ANOTHER))),
    "description with several fingerprints",
  ],
  [
    "one on each level",
    session(line(ANOTHER), media(line(FINGERPRINT))),
    "description with several fingerprints",
  ],
  [
    "another in another medium",
    session(media(line(FINGERPRINT)), media(line(ANOTHER))),
    "description with several fingerprints",
  ],
  [
    "a second of another algorithm",
    session(media(line(FINGERPRINT), line(FINGERPRINT, "sha-1"))),
    "fingerprint is not a SHA-256",
  ],
  ["sha-1 alone", session(media(line(FINGERPRINT, "sha-1"))), "fingerprint is not a SHA-256"],
  ["a short one", session(media(line(FINGERPRINT.slice(3)))), "fingerprint is not a SHA-256"],
  [
    "one that a lenient parser would read",
    session(media(line(FINGERPRINT), `a=Fingerprint:sha-256  ${ANOTHER}`)),
    "fingerprint is not a SHA-256",
  ],
  [
    "a second behind a bare carriage return",
    session(media(`${line(FINGERPRINT)}\ra=x\r${line(ANOTHER)}`)),
    "description with several fingerprints",
  ],
];

for (const [what, sdp, reason] of REFUSED) {
  test(`description with ${what} is refused`, () => {
    assert.throws(
      () => soleFingerprint(sdp),
      (error) => error instanceof FingerprintError && error.message === reason,
    );
  });
}

/** @param {Uint8Array[]} certificates that the other end has shown */
function transportWith(...certificates) {
  const getRemoteCertificates = () => certificates.map((each) => Uint8Array.from(each).buffer);
  return /** @type {RTCDtlsTransport} */ (/** @type {unknown} */ ({ getRemoteCertificates }));
}

/**
 * @param {RTCDtlsTransport} transport
 * @param {string} [fingerprint]
 */
const ends = (transport, fingerprint = FINGERPRINT) => ({
  transport,
  mediaTransports: [transport, transport],
  fingerprint,
});

test("certificate of the other end is hashed when it is the one that was named", async () => {
  const hash = await remoteCertificate(ends(transportWith(CERTIFICATE)));

  assert.equal(Buffer.from(hash).toString("hex"), HASH);
});

test("certificate other than the one that was named is refused", async () => {
  await assert.rejects(
    remoteCertificate(ends(transportWith(CERTIFICATE), ANOTHER)),
    new FingerprintError("the certificate is not the one of the description"),
  );
});

test("end without a certificate is refused", async () => {
  await assert.rejects(
    remoteCertificate(ends(transportWith())),
    new FingerprintError("no certificate from the other end"),
  );
});

test("media by another transport are refused although its end is the right one", async () => {
  const [transport, another] = [transportWith(CERTIFICATE), transportWith(CERTIFICATE)];

  await assert.rejects(
    remoteCertificate({
      transport,
      mediaTransports: [transport, another],
      fingerprint: FINGERPRINT,
    }),
    new FingerprintError("media go by another transport"),
  );
});

test("browser that does not show certificates has checked the named one itself", async () => {
  const transport = /** @type {RTCDtlsTransport} */ (/** @type {unknown} */ ({}));

  const hash = await remoteCertificate(ends(transport));

  assert.equal(Buffer.from(hash).toString("hex"), HASH);
});

/** @param {RTCDtlsFingerprint[]} fingerprints */
const certificateWith = (fingerprints) =>
  /** @type {RTCCertificate} */ ({ expires: 0, getFingerprints: () => fingerprints });

test("own certificate is its SHA-256 among other fingerprints", () => {
  const certificate = certificateWith([
    { algorithm: "sha-1", value: "00:11" },
    { algorithm: "sha-256", value: FINGERPRINT.toLowerCase() },
  ]);

  assert.equal(Buffer.from(ownCertificate(certificate)).toString("hex"), HASH);
});

test("own certificate that the browser does not show is an error", () => {
  const reason = new FingerprintError("the browser does not show its own fingerprint");
  const silent = /** @type {RTCCertificate} */ (/** @type {unknown} */ ({ expires: 0 }));

  assert.throws(() => ownCertificate(certificateWith([])), reason);
  assert.throws(() => ownCertificate(silent), reason);
});
