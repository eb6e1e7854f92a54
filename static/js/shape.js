/**
 * Checks what came from the network against the shape that is expected, and gives it its type.
 *
 * A reader takes a value and where it stands, and returns it with exactly the fields it knows, or throws. Fields it does not
 * know are left out, so that a newer sender can add some.
 */

/** What came from the other side does not have the shape that PROTOCOL.md gives it. */
export class ProtocolError extends Error {
  /** @override */
  name = "ProtocolError";
}

/**
 * @template T
 * @typedef {(value: unknown, place: string) => T} Reader
 */

/**
 * Parse JSON text that must be an object with a `type`.
 *
 * @param {string} text
 * @returns {Record<string, unknown> & { type: string }}
 * @throws {ProtocolError} Not JSON, not an object, or without a type
 */
export function parseTyped(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProtocolError("message is not JSON");
  }
  const fields = object(value, "message");
  return { ...fields, type: string(1, 64)(fields["type"], "type") };
}

/**
 * @param {number} minimum characters
 * @param {number} maximum characters
 * @returns {Reader<string>}
 */
export function string(minimum, maximum) {
  return (value, place) => {
    if (typeof value !== "string") throw new ProtocolError(`${place} is not a string`);
    if (value.length < minimum || value.length > maximum) {
      throw new ProtocolError(`${place} is not of ${minimum} to ${maximum} characters`);
    }
    return value;
  };
}

/**
 * @param {RegExp} pattern anchored at both ends
 * @returns {Reader<string>}
 */
export function matching(pattern) {
  return (value, place) => {
    if (typeof value !== "string" || !pattern.test(value)) {
      throw new ProtocolError(`${place} is malformed`);
    }
    return value;
  };
}

/**
 * @param {number} minimum
 * @param {number} [maximum]
 * @returns {Reader<number>}
 */
export function number(minimum, maximum = Number.MAX_SAFE_INTEGER) {
  return (value, place) => {
    if (typeof value !== "number") throw new ProtocolError(`${place} is not a number`);
    if (value < minimum || value > maximum) throw new ProtocolError(`${place} is out of range`);
    return value;
  };
}

/**
 * @param {number} minimum
 * @param {number} [maximum]
 * @returns {Reader<number>}
 */
export function integer(minimum, maximum) {
  return (value, place) => {
    if (!Number.isSafeInteger(value)) throw new ProtocolError(`${place} is not an integer`);
    return number(minimum, maximum)(value, place);
  };
}

/**
 * @template {string | number} T
 * @param {...T} choices
 * @returns {Reader<T>}
 */
export function oneOf(...choices) {
  return (value, place) => {
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw new ProtocolError(`${place} is none of ${choices.join(", ")}`);
    return choice;
  };
}

/**
 * What is left out counts as null.
 *
 * @template T
 * @param {Reader<T>} reader
 * @returns {Reader<T | null>}
 */
export function nullable(reader) {
  return (value, place) => (value === null || value === undefined ? null : reader(value, place));
}

/**
 * @template T
 * @param {Reader<T>} reader
 * @param {number} minimum items
 * @param {number} maximum items
 * @returns {Reader<T[]>}
 */
export function list(reader, minimum, maximum) {
  return (value, place) => {
    if (!Array.isArray(value)) throw new ProtocolError(`${place} is not a list`);
    if (value.length < minimum || value.length > maximum) {
      throw new ProtocolError(`${place} is not of ${minimum} to ${maximum} items`);
    }
    return value.map((each, index) => reader(each, `${place}[${index}]`));
  };
}

/**
 * @template {Record<string, Reader<unknown>>} Readers
 * @param {Readers} readers
 * @returns {Reader<{ [Name in keyof Readers]: ReturnType<Readers[Name]> }>}
 */
export function record(readers) {
  return (value, place) => {
    const fields = object(value, place);
    const entries = Object.entries(readers).map(([name, reader]) => [
      name,
      reader(fields[name], `${place}.${name}`),
    ]);
    return Object.fromEntries(entries);
  };
}

/**
 * A point in time, ISO 8601.
 *
 * @type {Reader<string>}
 */
export const time = (value, place) => {
  const text = string(1, 40)(value, place);
  if (Number.isNaN(Date.parse(text))) throw new ProtocolError(`${place} is not a time`);
  return text;
};

/**
 * @param {unknown} value
 * @param {string} place
 * @returns {Record<string, unknown>}
 */
function object(value, place) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError(`${place} is not an object`);
  }
  return /** @type {Record<string, unknown>} */ (value);
}
