const ID_BYTES = 16;

/**
 * Mint a random identifier: 128 bits as 32 hexadecimal digits.
 * @returns {string}
 */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
