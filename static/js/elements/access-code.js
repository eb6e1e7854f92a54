const CODE_CHARACTERS = 9;
const GROUP_CHARACTERS = 3;
const NOT_IN_A_CODE = /[^A-Z0-9]/g;

/**
 * Write an access code the way invitations show it: capitals, in groups of three.
 * Anything longer than a code is left alone, so that nobody loses what they pasted.
 * @param {string} typed
 * @returns {string} for example `ABC-DEF-GHJ`
 */
export function formatAccessCode(typed) {
  const characters = typed.toUpperCase().replace(NOT_IN_A_CODE, "");
  if (characters.length > CODE_CHARACTERS) return typed;
  const groups = [];
  for (let start = 0; start < characters.length; start += GROUP_CHARACTERS) {
    groups.push(characters.slice(start, start + GROUP_CHARACTERS));
  }
  return groups.join("-");
}
