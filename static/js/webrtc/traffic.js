/**
 * What flows over one connection, read from the browser's statistics. No other module knows their names (W3C WebRTC Statistics).
 *
 * Counters count since the connection was made and only ever grow; what a browser does not tell is null.
 */

/** In the order of the m-lines; see lines.js. */
const MIDS = Object.freeze({ audio: "0", video: "1", screen: "2" });

/**
 * @typedef {object} Received  One kind of media as it arrives
 * @property {number | null} packets
 * @property {number | null} lost  Packets; may fall when late ones arrive
 * @property {number | null} bytes
 * @property {number | null} jitter  Seconds
 * @property {number | null} samples  Of sound, played so far
 * @property {number | null} concealed  Samples of sound that had to be made up, silence included
 * @property {number | null} concealedSilence  Those of them that were silence
 * @property {number | null} frames  Decoded pictures
 * @property {number | null} dropped  Pictures that arrived and were not shown
 * @property {number | null} framesPerSecond
 * @property {number | null} width  Pixels
 * @property {number | null} height  Pixels
 * @property {number | null} freezes
 * @property {number | null} frozen  Seconds of all freezes
 * @property {string | null} codec  `audio/opus`
 */

/**
 * @typedef {object} Sent  One kind of media as it leaves, and what the other side reports of it
 * @property {number | null} packets
 * @property {number | null} bytes
 * @property {number | null} retransmitted  Packets
 * @property {number | null} frames  Encoded pictures
 * @property {number | null} framesPerSecond
 * @property {number | null} width  Pixels
 * @property {number | null} height  Pixels
 * @property {number | null} targetBitrate  Bits per second
 * @property {string | null} limitation  What the encoder suffers from: `none`, `cpu`, `bandwidth`, `other`
 * @property {boolean | null} active  Whether it is to be sent at all
 * @property {string | null} codec
 * @property {number | null} lost  Packets that did not reach the other side
 * @property {number | null} fractionLost  0 to 1, of the last report
 * @property {number | null} jitter  Seconds, at the other side
 * @property {number | null} roundTrip  Seconds
 */

/**
 * @typedef {object} Candidate
 * @property {string} type  `host`, `srflx`, `prflx`, `relay`
 * @property {string | null} protocol  `udp` or `tcp`
 * @property {string | null} relayProtocol  How the relay is reached: `udp`, `tcp`, `tls`
 * @property {string | null} networkType  `wifi`, `cellular` …
 * @property {string | null} server  Address of the STUN or TURN server that named it
 */

/**
 * @typedef {object} Pair
 * @property {string} state  `frozen`, `waiting`, `in-progress`, `succeeded`, `failed`
 * @property {boolean} nominated
 * @property {Candidate | null} local
 * @property {Candidate | null} remote
 * @property {number | null} roundTrip  Seconds, of the last check
 * @property {number | null} availableOutgoing  Bits per second, as the browser estimates
 * @property {number} requestsSent  Checks
 * @property {number} responsesReceived  Answers to them
 */

/**
 * @typedef {object} Snapshot
 * @property {number} at  Milliseconds, of the browser's clock for statistics
 * @property {number} bytesReceived  Everything but connectivity checks; grows whenever anything of the other side arrives
 * @property {number} bytesSent
 * @property {{ received: Received | null, sent: Sent | null }} audio
 * @property {{ received: Received | null, sent: Sent | null }} video  Of the camera
 * @property {{ received: Received | null, sent: Sent | null }} screen
 * @property {Pair | null} pair  The one in use
 * @property {Pair[]} pairs  Every pair that was tried and is not forgotten
 * @property {{ local: Candidate[], remote: Candidate[] }} candidates  Without addresses
 * @property {{ dtlsState: string | null, tlsVersion: string | null, dtlsCipher: string | null, srtpCipher: string | null }} transport
 */

/** @typedef {Record<string, unknown> & { id: string, type: string, timestamp: number }} Entry */

/**
 * Make a snapshot of the statistics of one connection.
 * @param {RTCStatsReport} report  As `getStats` gives it
 * @returns {Snapshot}
 */
export function readTraffic(report) {
  const entries = new Entries(report);
  const transport = entries.of("transport")[0];
  const pairs = entries.of("candidate-pair");
  const used = selected(entries, transport, pairs);
  return Object.freeze({
    at: Math.max(0, ...entries.all.map(({ timestamp }) => timestamp)),
    bytesReceived: total(entries, transport, "bytesReceived", "inbound-rtp"),
    bytesSent: total(entries, transport, "bytesSent", "outbound-rtp"),
    audio: media(entries, "audio"),
    video: media(entries, "video"),
    screen: media(entries, "screen"),
    pair: used ? pair(entries, used) : null,
    pairs: pairs.map((each) => pair(entries, each)),
    candidates: {
      local: entries.of("local-candidate").map(candidate),
      remote: entries.of("remote-candidate").map(candidate),
    },
    transport: {
      dtlsState: text(transport, "dtlsState"),
      tlsVersion: text(transport, "tlsVersion"),
      dtlsCipher: text(transport, "dtlsCipher"),
      srtpCipher: text(transport, "srtpCipher"),
    },
  });
}

/** The entries of a report, by type and by id. */
class Entries {
  /** @param {RTCStatsReport} report */
  constructor(report) {
    /** @type {Map<string, Entry>} */
    const byId = new Map();
    report.forEach((/** @type {Entry} */ entry) => byId.set(entry.id, entry));
    this.byId = byId;
    this.all = [...byId.values()];
  }

  /**
   * @param {string} type
   * @returns {Entry[]}
   */
  of(type) {
    return this.all.filter((entry) => entry.type === type);
  }

  /**
   * @param {Entry | undefined} from
   * @param {string} name  Of the property that holds an id
   * @returns {Entry | undefined}
   */
  follow(from, name) {
    const id = from?.[name];
    return typeof id === "string" ? this.byId.get(id) : undefined;
  }
}

/**
 * The transport counts media, their reports and the channels; where a browser does not tell, media and channels do together.
 * @param {Entries} entries
 * @param {Entry | undefined} transport
 * @param {"bytesReceived" | "bytesSent"} name
 * @param {"inbound-rtp" | "outbound-rtp"} rtp
 * @returns {number}
 */
function total(entries, transport, name, rtp) {
  const known = number(transport, name);
  if (known !== null) return known;
  return [...entries.of(rtp), ...entries.of("data-channel")].reduce(
    (sum, entry) => sum + (number(entry, name) ?? 0),
    0,
  );
}

/**
 * @param {Entries} entries
 * @param {Entry | undefined} transport
 * @param {Entry[]} pairs
 * @returns {Entry | undefined} The pair in use; Firefox marks it `selected` and has no transport
 */
function selected(entries, transport, pairs) {
  return (
    entries.follow(transport, "selectedCandidatePairId") ??
    pairs.find((each) => each["selected"] === true) ??
    pairs.find((each) => each["nominated"] === true && each["state"] === "succeeded")
  );
}

/**
 * @param {Entries} entries
 * @param {keyof typeof MIDS} name
 * @returns {{ received: Received | null, sent: Sent | null }}
 */
function media(entries, name) {
  const ofLine = (/** @type {Entry} */ entry) => entry["mid"] === MIDS[name];
  // A browser that does not name the line still tells sound from picture.
  const ofKind = (/** @type {Entry} */ entry) =>
    entry["mid"] === undefined && entry["kind"] === name;
  const find = (/** @type {string} */ type) =>
    entries.of(type).find(ofLine) ?? entries.of(type).find(ofKind);
  const inbound = find("inbound-rtp");
  const outbound = find("outbound-rtp");
  return {
    received: inbound ? received(entries, inbound) : null,
    sent: outbound ? sent(entries, outbound) : null,
  };
}

/**
 * @param {Entries} entries
 * @param {Entry} inbound
 * @returns {Received}
 */
function received(entries, inbound) {
  const value = (/** @type {string} */ name) => number(inbound, name);
  return {
    packets: value("packetsReceived"),
    lost: value("packetsLost"),
    bytes: value("bytesReceived"),
    jitter: value("jitter"),
    samples: value("totalSamplesReceived"),
    concealed: value("concealedSamples"),
    concealedSilence: value("silentConcealedSamples"),
    frames: value("framesDecoded"),
    dropped: value("framesDropped"),
    framesPerSecond: value("framesPerSecond"),
    width: value("frameWidth"),
    height: value("frameHeight"),
    freezes: value("freezeCount"),
    frozen: value("totalFreezesDuration"),
    codec: text(entries.follow(inbound, "codecId"), "mimeType"),
  };
}

/**
 * @param {Entries} entries
 * @param {Entry} outbound
 * @returns {Sent}
 */
function sent(entries, outbound) {
  const value = (/** @type {string} */ name) => number(outbound, name);
  const reported = entries
    .of("remote-inbound-rtp")
    .find((entry) => entry["localId"] === outbound.id);
  const active = outbound["active"];
  return {
    packets: value("packetsSent"),
    bytes: value("bytesSent"),
    retransmitted: value("retransmittedPacketsSent"),
    frames: value("framesEncoded"),
    framesPerSecond: value("framesPerSecond"),
    width: value("frameWidth"),
    height: value("frameHeight"),
    targetBitrate: value("targetBitrate"),
    limitation: text(outbound, "qualityLimitationReason"),
    active: typeof active === "boolean" ? active : null,
    codec: text(entries.follow(outbound, "codecId"), "mimeType"),
    lost: number(reported, "packetsLost"),
    fractionLost: number(reported, "fractionLost"),
    jitter: number(reported, "jitter"),
    roundTrip: number(reported, "roundTripTime"),
  };
}

/**
 * @param {Entries} entries
 * @param {Entry} entry
 * @returns {Pair}
 */
function pair(entries, entry) {
  const local = entries.follow(entry, "localCandidateId");
  const remote = entries.follow(entry, "remoteCandidateId");
  return {
    state: text(entry, "state") ?? "waiting",
    nominated: entry["nominated"] === true,
    local: local ? candidate(local) : null,
    remote: remote ? candidate(remote) : null,
    roundTrip: number(entry, "currentRoundTripTime"),
    availableOutgoing: number(entry, "availableOutgoingBitrate"),
    requestsSent: number(entry, "requestsSent") ?? 0,
    responsesReceived: number(entry, "responsesReceived") ?? 0,
  };
}

/**
 * @param {Entry} entry
 * @returns {Candidate}
 */
function candidate(entry) {
  return {
    type: text(entry, "candidateType") ?? "host",
    protocol: text(entry, "protocol"),
    relayProtocol: text(entry, "relayProtocol"),
    networkType: text(entry, "networkType"),
    server: text(entry, "url"),
  };
}

/**
 * @param {Entry | undefined} entry
 * @param {string} name
 * @returns {number | null}
 */
function number(entry, name) {
  const value = entry?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/**
 * @param {Entry | undefined} entry
 * @param {string} name
 * @returns {string | null}
 */
function text(entry, name) {
  const value = entry?.[name];
  return typeof value === "string" ? value : null;
}
