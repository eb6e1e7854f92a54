/**
 * What there is to know about a connection, as lines of a menu and as a text to copy. It holds no names and no addresses:
 * only numbers, types of candidates and names of ciphers leave this module.
 */

/** As `RTCTransportStats.tlsVersion` spells them (RFC 6347, RFC 9147). */
const DTLS_VERSIONS = new Map([
  ["FEFF", "DTLS 1.0"],
  ["FEFD", "DTLS 1.2"],
  ["FEFC", "DTLS 1.3"],
]);

/** What a browser may say of a cipher or a type; everything else could be something that we do not know. */
const WORD = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * @typedef {import("../webrtc/traffic.js").Snapshot} Snapshot
 * @typedef {import("./measurement.js").Measurement} Measurement
 * @typedef {(key: string, values?: Record<string, string>) => string} Say  Gives the phrase of a key
 * @typedef {[label: string, value: string]} Fact
 * @typedef {object} Known
 * @property {Snapshot} snapshot
 * @property {Measurement} measurement
 * @property {number} restarts  ICE restarts of this connection so far
 */

/**
 * @param {Known} known
 * @param {Say} say
 * @param {string} language
 * @returns {Fact[]}
 */
export function facts({ snapshot, measurement, restarts }, say, language) {
  const { sent, received, roundTrip, concealed } = measurement;
  const format = formats(language);
  const { local, remote } = snapshot.pair ?? { local: null, remote: null };
  /** @type {[string, string | null][]} */
  const rows = [
    ["sent", picture(sent, say, format)],
    ["received", picture(received, say, format)],
    ["sent-lost", format.share(sent.lost)],
    ["received-lost", format.share(received.lost)],
    ["concealed", format.share(concealed)],
    ["round-trip", roundTrip === null ? null : `${format.whole(roundTrip * 1000)} ms`],
    ["way", way(snapshot, say)],
    ["candidates", [local, remote].map((each) => word(each?.type)).join(" ↔ ")],
    ["encryption", encryption(snapshot)],
    ["restarts", format.whole(restarts)],
  ];
  return rows.map(([key, value]) => [say(`quality.fact.${key}`), value ?? "–"]);
}

/**
 * @param {Fact[]} rows
 * @param {string} title
 * @returns {string} To copy
 */
export function reportText(rows, title) {
  return [title, ...rows.map(([label, value]) => `${label}: ${value}`), ""].join("\n");
}

/**
 * @param {Snapshot} snapshot
 * @returns {boolean} Whether a TURN server passes everything on
 */
export function isRelayed({ pair }) {
  return pair?.local?.type === "relay" || pair?.remote?.type === "relay";
}

/**
 * @param {Snapshot} snapshot
 * @param {Say} say
 */
function way(snapshot, say) {
  if (!snapshot.pair) return null;
  const { protocol = "", relayProtocol } = snapshot.pair.local ?? {};
  const carrier = word(relayProtocol ?? protocol).toUpperCase();
  return say(isRelayed(snapshot) ? "quality.relayed" : "quality.direct", { protocol: carrier });
}

/** @param {Snapshot} snapshot */
function encryption({ transport: { tlsVersion, dtlsCipher, srtpCipher } }) {
  const version = DTLS_VERSIONS.get(tlsVersion ?? "") ?? "DTLS";
  const names = [dtlsCipher, srtpCipher].filter((name) => name !== null).map((name) => word(name));
  return [version, ...names].join(", ");
}

/**
 * @param {import("./measurement.js").Direction} direction
 * @param {Say} say
 * @param {ReturnType<typeof formats>} format
 */
function picture({ bitrate, width, height, framesPerSecond }, say, format) {
  const parts = [format.bitrate(bitrate)];
  if (width > 0 && height > 0) parts.push(`${width} × ${height}`);
  if (framesPerSecond !== null) {
    parts.push(say("quality.frames", { frames: format.whole(framesPerSecond) }));
  }
  return parts.join(", ");
}

/** @param {string} language */
function formats(language) {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  return {
    whole: (/** @type {number} */ value) => whole.format(value),
    share: (/** @type {number | null} */ value) => (value === null ? null : percent.format(value)),
    bitrate: (/** @type {number} */ bits) =>
      bits >= 1_000_000
        ? `${tenth.format(bits / 1_000_000)} Mbit/s`
        : `${whole.format(bits / 1000)} kbit/s`,
  };
}

/** @param {string | null | undefined} text */
function word(text) {
  return text && WORD.test(text) ? text : "–";
}
