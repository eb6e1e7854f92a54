/**
 * @param {Uint8Array} bytes
 * @returns {string} without padding (RFC 4648 Section 5)
 */
export function encodeBase64Url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/**
 * @param {string} text of the alphabet of RFC 4648 Section 5, without padding
 * @returns {Uint8Array}
 */
export function decodeBase64Url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
