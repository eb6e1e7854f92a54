/** Candidates on their way out are bundled, those on their way in wait until the description is there. */

const BUNDLE_MILLISECONDS = 20;
const BUNDLE_CANDIDATES = 32;

/** Most candidates kept for a description that has not come; a browser with many networks has some dozens. */
export const WAITING_CANDIDATES = 256;

/** @typedef {import("../signalling/messages.js").Candidate} Candidate */

/** @type {Candidate} Nothing more comes (RFC 8838 Section 8.1) */
const END = Object.freeze({
  candidate: "",
  sdpMid: "0",
  sdpMLineIndex: 0,
  usernameFragment: null,
});

/** Collects local candidates for a moment, so that a set-up costs few messages. */
export class CandidateBundle {
  /** @type {Candidate[]} */
  #candidates = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #send;

  /** @param {(candidates: Candidate[]) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * Add what an `icecandidate` event brought; its end is an empty candidate.
   * @param {RTCIceCandidate | null} candidate
   */
  add(candidate) {
    this.#candidates.push(candidate ? fields(candidate) : END);
    if (!candidate || this.#candidates.length === BUNDLE_CANDIDATES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), BUNDLE_MILLISECONDS);
  }

  /** Send what has been collected. */
  flush() {
    this.close();
    const candidates = this.#candidates;
    this.#candidates = [];
    if (candidates.length > 0) this.#send(candidates);
  }

  /** Forget the timer. */
  close() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * @param {RTCIceCandidate} candidate
 * @returns {Candidate}
 */
function fields({ candidate, sdpMid, sdpMLineIndex, usernameFragment }) {
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

/** Holds remote candidates back until the remote description is set. */
export class CandidateQueue {
  /** @type {Candidate[]} */
  #waiting = [];
  #peer;

  /** @param {RTCPeerConnection} peer */
  constructor(peer) {
    this.#peer = peer;
  }

  /**
   * Hand candidates to the connection, now or once it knows the remote description.
   * @param {Candidate[]} candidates
   */
  async add(candidates) {
    if (this.#peer.remoteDescription === null) {
      this.#waiting.push(...candidates.slice(0, WAITING_CANDIDATES - this.#waiting.length));
    } else for (const candidate of candidates) await this.#addOne(candidate);
  }

  /** Hand over what waited. */
  async release() {
    for (const candidate of this.#waiting.splice(0)) await this.#addOne(candidate);
  }

  /** @param {Candidate} candidate */
  async #addOne(candidate) {
    try {
      await this.#peer.addIceCandidate(candidate);
    } catch (error) {
      // One bad candidate, or one of an ICE generation that a restart has ended, must not stop the others.
      console.warn("a remote candidate was not usable", error);
    }
  }
}
