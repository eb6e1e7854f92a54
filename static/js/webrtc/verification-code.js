/** The hashes of the verification (PROTOCOL.md, "Verification code"). */

const CODES = 1_000_000n;
const CODE_DIGITS = 6;

/**
 * @typedef {import("../signalling/messages.js").Role} Role
 *
 * @typedef {object} Side
 * @property {Role} role
 * @property {Uint8Array} certificate SHA-256 of the DTLS certificate, 32 bytes
 * @property {Uint8Array} nonce 32 bytes
 */

/**
 * Hash what a side will reveal, so that it cannot choose it any more once it knows the other's.
 *
 * @param {Side} side
 * @returns {Promise<Uint8Array>} 32 bytes
 */
export function commitment({ role, certificate, nonce }) {
  return sha256("meetone-sas-1", role, certificate, nonce);
}

/**
 * Compute the digits that both sides compare.
 *
 * @param {object} exchange
 * @param {Side} exchange.practitioner
 * @param {Side} exchange.other
 * @param {string} exchange.consultation
 * @param {string} exchange.connection
 * @returns {Promise<string>} six digits
 */
export async function verificationCode({ practitioner, other, consultation, connection }) {
  const hash = await sha256(
    "code",
    practitioner.certificate,
    other.certificate,
    practitioner.nonce,
    other.nonce,
    consultation,
    connection,
  );
  const number = hash.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return String(number % CODES).padStart(CODE_DIGITS, "0");
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} another
 * @returns {boolean}
 */
export function sameBytes(one, another) {
  return one.length === another.length && one.every((byte, index) => byte === another[index]);
}

/**
 * @param {...(string | Uint8Array)} parts text is ASCII
 * @returns {Promise<Uint8Array>}
 */
async function sha256(...parts) {
  const encoder = new TextEncoder();
  const bytes = parts.flatMap((part) => [
    ...(typeof part === "string" ? encoder.encode(part) : part),
  ]);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes)));
}
