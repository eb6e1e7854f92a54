import { readCandidate } from "./diagnosis.js";

/** Most candidates of one side that are kept; a browser with many networks has some dozens. */
const CANDIDATES = 64;

/** What both browsers offered each other for one connection, kept in case that none comes about. */
export class Evidence {
  /** @type {string[]} */
  local = [];
  /** @type {string[]} */
  remote = [];
  described = false;
  #peer;

  /** @param {RTCPeerConnection} peer */
  constructor(peer) {
    this.#peer = peer;
    peer.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate) keep(this.local, candidate.candidate);
    });
  }

  /** @param {string} sdp  A description may hold candidates of its own */
  describe(sdp) {
    this.described = true;
    for (const [, line = ""] of sdp.matchAll(/^a=(candidate:.*)$/gm)) keep(this.remote, line);
  }

  /** @param {{ candidate: string }[]} candidates  Of the other side */
  add(candidates) {
    for (const { candidate } of candidates) keep(this.remote, candidate);
  }

  /**
   * @param {import("./traffic.js").Snapshot} snapshot
   * @returns {Omit<import("./diagnosis.js").Evidence, "milliseconds">}
   */
  read({ pairs, candidates }) {
    const { connectionState } = this.#peer;
    return {
      local: this.local,
      remote: this.remote,
      described: this.described,
      relayOnly: this.#peer.getConfiguration?.().iceTransportPolicy === "relay",
      heard:
        pairs.some(({ responsesReceived }) => responsesReceived > 0) ||
        candidates.remote.some(({ type }) => type === "prflx"),
      failed: connectionState === "failed",
    };
  }
}

/**
 * @param {string[]} lines
 * @param {string} line
 */
function keep(lines, line) {
  if (lines.length < CANDIDATES && readCandidate(line)) lines.push(line);
}
