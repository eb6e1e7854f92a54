/** What a refusal means for the next attempt (PROTOCOL.md, "Errors"). */

/** The socket stays open. */
const ANSWERS = new Set(["not-open", "no-such-seat", "not-allowed"]);

/** Of the moment: the seat is still ours. Everything else needs a person. */
const PASSING = new Set([
  "join-timeout",
  "idle",
  "too-fast",
  "too-many-sockets",
  "server-restart",
  "internal",
]);

/** After these the resume secret opens nothing any more. */
const SEATLESS = new Set(["unknown-seat", "ended"]);

/** For a socket that closed before its error could be read: the first error of each code. */
const BY_CLOSE_CODE = new Map([
  [4400, "bad-message"],
  [4401, "not-signed-in"],
  [4403, "bad-origin"],
  [4404, "unknown-seat"],
  [4408, "idle"],
  [4409, "taken-over"],
  [4410, "ended"],
  [4423, "claim-refused"],
  [4426, "version"],
  [4429, "too-fast"],
]);

/**
 * @param {string} error
 * @returns {boolean} Whether it is only the answer to a message
 */
export function leavesSocketOpen(error) {
  return ANSWERS.has(error);
}

/**
 * @param {string} error
 * @returns {boolean} Whether to come back without a person's doing
 */
export function isPassing(error) {
  return PASSING.has(error);
}

/**
 * @param {string} error
 * @returns {boolean} Whether the resume secret is void
 */
export function voidsResume(error) {
  return SEATLESS.has(error);
}

/**
 * @param {number} code of a close event
 * @returns {string | null} Null for a close that says nothing of the seat
 */
export function errorOfClose(code) {
  return BY_CLOSE_CODE.get(code) ?? null;
}
