/**
 * Why there is no connection, read from what both browsers offered each other. The candidates of the other side come through
 * signalling, so both pages find the same cause, each in its own words: what is "own" here is "other" there.
 */

/** The line to the waiting room gets so long to come up. */
export const SIGNALLING_MILLISECONDS = 8000;
/** A browser that has no candidate by then has none to give. */
export const GATHERING_MILLISECONDS = 5000;
/** A connection that is not there by then needs an explanation; most take less than one second. */
export const CONNECTING_MILLISECONDS = 10_000;

/** Addresses that other networks cannot reach (RFC 6890); browsers hide one behind a name of multicast DNS. */
const INSIDE =
  /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|198\.1[89]|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
const HIDDEN = /\.local$/i;

/**
 * @typedef {"own" | "other" | "both"} Side
 * @typedef {"signalling-blocked" | "no-candidates" | "relay-unreachable" | "udp-blocked" | "stun-unreachable" | "permission"
 *   | "nat" | "no-way"} Cause
 * @typedef {"line" | "browser" | "network" | "server" | "permission"} Remedy
 * @typedef {{ cause: Cause, side: Side, remedy: Remedy }} Diagnosis
 *
 * @typedef {object} Candidate  What its line says (RFC 8839 Section 5.1)
 * @property {string} type  `host`, `srflx`, `prflx`, `relay`
 * @property {string} protocol  `udp` or `tcp`
 * @property {string} address
 * @property {string} base  Address and port that a reflexive one belongs to; "" where the browser hides it
 * @property {number} port
 *
 * @typedef {object} Evidence
 * @property {string[]} local  Candidate lines of our browser, in any order
 * @property {string[]} remote  Those of the other side
 * @property {boolean} described  Whether the other side has answered at all
 * @property {boolean} relayOnly  Whether our browser may use a relay alone
 * @property {boolean} heard  Whether any packet of the other side ever arrived, or was answered
 * @property {boolean} failed  Whether the browser has given up
 * @property {number} milliseconds  Since this connection was begun
 *
 * @typedef {object} Situation
 * @property {number} unheard  Milliseconds for which the server has been asked in vain for our place; 0 once it has answered
 * @property {Evidence | null} evidence  Null while there is nobody to connect with
 */

/**
 * @param {Situation} situation
 * @returns {Diagnosis | null} Null while nothing is wrong, or it is too early to tell
 */
export function diagnose({ unheard, evidence }) {
  if (unheard >= SIGNALLING_MILLISECONDS) {
    return { cause: "signalling-blocked", side: "own", remedy: "line" };
  }
  if (!evidence || evidence.milliseconds < GATHERING_MILLISECONDS) return null;
  const local = read(evidence.local);
  const remote = read(evidence.remote);
  return diagnoseSilence(evidence, local, remote) ?? diagnoseWay(evidence, local, remote);
}

/**
 * Read a candidate line.
 * @param {string} line
 * @returns {Candidate | null} Null if it is none, or the end of the list
 */
export function readCandidate(line) {
  const fields = line
    .replace(/^a=/, "")
    .replace(/^candidate:/, "")
    .trim()
    .split(/\s+/);
  const [, , protocol = "", , address = "", port = "", , type = ""] = fields;
  if (fields[6] !== "typ" || !type) return null;
  const extension = (/** @type {string} */ name) => fields[fields.indexOf(name, 8) + 1] ?? "";
  const hasBase = fields.includes("raddr", 8) && extension("rport") !== "0";
  return {
    type,
    protocol: protocol.toLowerCase(),
    address,
    port: Number(port),
    base: hasBase ? `${extension("raddr")} ${extension("rport")}` : "",
  };
}

/**
 * @param {string[]} lines
 * @returns {Candidate[]}
 */
function read(lines) {
  return lines.map(readCandidate).filter((candidate) => candidate !== null);
}

/**
 * Whether one of the browsers gives nothing away.
 * @param {Evidence} evidence
 * @param {Candidate[]} local
 * @param {Candidate[]} remote
 * @returns {Diagnosis | null}
 */
function diagnoseSilence({ relayOnly, described }, local, remote) {
  if (local.length === 0) {
    return relayOnly
      ? { cause: "relay-unreachable", side: "own", remedy: "network" }
      : { cause: "no-candidates", side: "own", remedy: "browser" };
  }
  if (remote.length > 0 || !described) return null;
  return relayOnly
    ? { cause: "relay-unreachable", side: "other", remedy: "network" }
    : { cause: "no-candidates", side: "other", remedy: "browser" };
}

/**
 * Whether and why there is no way between what both browsers have offered.
 * @param {Evidence} evidence
 * @param {Candidate[]} local
 * @param {Candidate[]} remote
 * @returns {Diagnosis | null}
 */
function diagnoseWay(evidence, local, remote) {
  const isOver = evidence.failed || evidence.milliseconds >= CONNECTING_MILLISECONDS;
  if (!isOver || remote.length === 0) return null;
  return (
    diagnoseReach(evidence, local, remote) ??
    diagnoseHiding(local, remote) ??
    diagnoseNat(local, remote) ?? { cause: "no-way", side: "both", remedy: "network" }
  );
}

/**
 * Whether the STUN server, which both can reach if anything gets out, was reached.
 * @param {Evidence} evidence
 * @param {Candidate[]} local
 * @param {Candidate[]} remote
 * @returns {Diagnosis | null}
 */
function diagnoseReach({ heard }, local, remote) {
  const [own, other] = [isSeenOutside(local), isSeenOutside(remote)];
  if (own && other) return null;
  if (!own && !other) {
    return heard
      ? { cause: "stun-unreachable", side: "both", remedy: "server" }
      : { cause: "udp-blocked", side: "both", remedy: "network" };
  }
  return { cause: "udp-blocked", side: own ? "other" : "own", remedy: "network" };
}

/**
 * Whether both are in one network and cannot see it, because a browser hides its address there.
 * @param {Candidate[]} local
 * @param {Candidate[]} remote
 * @returns {Diagnosis | null}
 */
function diagnoseHiding(local, remote) {
  const outside = (/** @type {Candidate[]} */ candidates) =>
    candidates.filter(({ type }) => type === "srflx").map(({ address }) => address);
  const sameNetwork = outside(local).some((address) => outside(remote).includes(address));
  if (!sameNetwork) return null;
  const hides = (/** @type {Candidate[]} */ candidates) =>
    candidates.some(({ type, address }) => type === "host" && HIDDEN.test(address));
  if (hides(local)) return { cause: "permission", side: "own", remedy: "permission" };
  return hides(remote) ? { cause: "permission", side: "other", remedy: "permission" } : null;
}

/**
 * Whether a router gives each destination another mapping (RFC 4787 Section 4.1): the way that one server saw is no way for
 * anybody else. Two ports of our STUN server see two mappings then.
 * @param {Candidate[]} local
 * @param {Candidate[]} remote
 * @returns {Diagnosis | null}
 */
function diagnoseNat(local, remote) {
  const [own, other] = [isMappedByDestination(local), isMappedByDestination(remote)];
  if (!own && !other) return null;
  const side = own && other ? "both" : own ? "own" : "other";
  return { cause: "nat", side, remedy: "network" };
}

/** @param {Candidate[]} candidates */
function isSeenOutside(candidates) {
  return candidates.some(
    ({ type, protocol, address }) =>
      type === "srflx" ||
      type === "relay" ||
      // Without a router in between the outside is where the browser is.
      (type === "host" && protocol === "udp" && /^[\d.]+$/.test(address) && !INSIDE.test(address)),
  );
}

/** @param {Candidate[]} candidates */
function isMappedByDestination(candidates) {
  const mapped = candidates.filter(({ type, protocol }) => type === "srflx" && protocol === "udp");
  /** @type {Map<string, Set<string>>} */
  const byBase = new Map();
  for (const { base, address, port } of mapped) {
    const family = address.includes(":") ? "6" : "4";
    const key = base || `hidden ${family}`;
    byBase.set(key, (byBase.get(key) ?? new Set()).add(`${address} ${port}`));
  }
  const hosts = candidates.filter(({ type, protocol }) => type === "host" && protocol === "udp");
  return [...byBase].some(([base, mappings]) =>
    base.startsWith("hidden") ? mappings.size > hosts.length : mappings.size > 1,
  );
}
