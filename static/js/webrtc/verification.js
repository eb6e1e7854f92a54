import { decodeBase64Url, encodeBase64Url } from "../base64url.js";
import { TypedEventTarget } from "../events.js";
import { commitment, sameBytes, verificationCode } from "./verification-code.js";

const NONCE_BYTES = 32;

/**
 * @typedef {import("./control.js").CommitMessage} CommitMessage
 * @typedef {import("./control.js").RevealMessage} RevealMessage
 * @typedef {import("./exchange-budget.js").ExchangeBudget} Budget
 * @typedef {import("../signalling/messages.js").Role} Role
 * @typedef {import("./verification-code.js").Side} Side
 * @typedef {"reflected" | "repeated" | "early-reveal" | "broken-commitment" | "wrong-certificate"
 *   | "too-many-certificates" | "interrupted"} VerificationFailure interrupted: the exchange could not be carried out
 * @typedef {{
 *   "verification:ready": { code: string },
 *   "verification:failed": { reason: VerificationFailure },
 * }} VerificationEvents
 * - verification:ready: six digits
 */

/** The other side broke a rule of the exchange; the message is a VerificationFailure. */
class BrokenExchange extends Error {
  /** @param {VerificationFailure} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * One commit–reveal exchange on one connection, which gives both sides the same six digits unless somebody stands between.
 *
 *     start: commit sent → other's commit held: reveal sent → other's reveal checked: ready        any → failed
 *
 * Nobody reveals before holding the other's commit (RFC 6189 Section 4.2 does the same), so whoever stands between has one try
 * in a million for each exchange.
 *
 * @augments {TypedEventTarget<VerificationEvents>}
 */
export class Verification extends TypedEventTarget {
  /** Six digits once both sides have revealed, "" before. */
  code = "";

  #context;
  #otherRole;
  #seat;
  #send;
  #budget;
  /** @type {Side} */
  #own;
  /** @type {Uint8Array | null} */
  #ownHash = null;
  /** @type {Uint8Array | null} */
  #otherCertificate = null;
  /** @type {Uint8Array | null} */
  #otherHash = null;
  #committed = false;
  #revealed = false;
  #closed = false;
  /** What there is to do is done in order, and not before the certificate of the other end is known. */
  #work = Promise.resolve();

  /**
   * @param {object} options
   * @param {Role} options.role
   * @param {Role} options.otherRole one of the two is "practitioner"
   * @param {string} options.seat of the other side; changed certificates are counted for each
   * @param {Uint8Array} options.certificate SHA-256 of the own certificate (`ownCertificate`)
   * @param {string} options.consultation
   * @param {string} options.connection
   * @param {(message: CommitMessage | RevealMessage) => void} options.send to the other side, on the control channel
   * @param {Budget} options.budget one for the whole page
   */
  constructor({ role, otherRole, seat, certificate, consultation, connection, send, budget }) {
    super();
    if ((role === "practitioner") === (otherRole === "practitioner")) {
      throw new TypeError("exactly one side of a verification is the practitioner's");
    }
    this.#own = { role, certificate, nonce: crypto.getRandomValues(new Uint8Array(NONCE_BYTES)) };
    this.#otherRole = otherRole;
    this.#seat = seat;
    this.#context = { consultation, connection };
    this.#send = send;
    this.#budget = budget;
  }

  /**
   * Begin, once the channel is open and the certificate of the other end is known.
   *
   * @param {Uint8Array} otherCertificate SHA-256, of `remoteCertificate`
   */
  start(otherCertificate) {
    if (this.#otherCertificate) return;
    this.#otherCertificate = otherCertificate;
    this.#enqueue(() => this.#commit(otherCertificate));
    if (this.#otherHash) this.#enqueue(() => this.#reveal());
  }

  /**
   * Take a message of the other side, also one that came before `start`.
   *
   * @param {CommitMessage | RevealMessage} message
   */
  receive(message) {
    if (this.#closed) return;
    if (message.type === "commit") this.#receiveCommit(message);
    else this.#receiveReveal(message);
  }

  /** @returns {Promise<void>} Resolved when all that was received so far has had its effect */
  settled() {
    return this.#work;
  }

  /** Stop: nothing is sent and no event comes any more. */
  close() {
    this.#closed = true;
  }

  /** @param {CommitMessage} message */
  #receiveCommit({ hash }) {
    if (this.#otherHash) {
      this.#fail("repeated");
      return;
    }
    this.#otherHash = decodeBase64Url(hash);
    if (this.#otherCertificate) this.#enqueue(() => this.#reveal());
  }

  /** @param {RevealMessage} message */
  #receiveReveal({ nonce, certificate }) {
    if (this.#revealed) {
      this.#fail("repeated");
    } else if (!this.#otherHash || !this.#committed) {
      this.#fail("early-reveal");
    } else {
      this.#revealed = true;
      const other = {
        role: this.#otherRole,
        certificate: decodeBase64Url(certificate),
        nonce: decodeBase64Url(nonce),
      };
      this.#enqueue(() => this.#check(other));
    }
  }

  /** @param {Uint8Array} otherCertificate */
  async #commit(otherCertificate) {
    const { certificate } = this.#own;
    if (sameBytes(otherCertificate, certificate)) throw new BrokenExchange("reflected");
    const pair = [certificate, otherCertificate].map(encodeBase64Url).join(" ");
    if (!this.#budget.spend(this.#seat, pair)) throw new BrokenExchange("too-many-certificates");
    this.#ownHash = await commitment(this.#own);
    if (this.#closed) return;
    this.#committed = true;
    this.#send({ type: "commit", hash: encodeBase64Url(this.#ownHash) });
  }

  async #reveal() {
    if (this.#ownHash && this.#otherHash && sameBytes(this.#ownHash, this.#otherHash)) {
      throw new BrokenExchange("reflected");
    }
    const { nonce, certificate } = this.#own;
    this.#send({
      type: "reveal",
      nonce: encodeBase64Url(nonce),
      certificate: encodeBase64Url(certificate),
    });
  }

  /** @param {Side} other */
  async #check(other) {
    const hash = await commitment(other);
    if (!this.#otherHash || !sameBytes(hash, this.#otherHash)) {
      throw new BrokenExchange("broken-commitment");
    }
    if (!this.#otherCertificate || !sameBytes(other.certificate, this.#otherCertificate)) {
      throw new BrokenExchange("wrong-certificate");
    }
    const [practitioner, guest] =
      this.#own.role === "practitioner" ? [this.#own, other] : [other, this.#own];
    const code = await verificationCode({ practitioner, other: guest, ...this.#context });
    if (this.#closed) return;
    this.code = code;
    this.dispatchEvent(new CustomEvent("verification:ready", { detail: { code } }));
  }

  /** @param {() => Promise<void>} job */
  #enqueue(job) {
    this.#work = this.#work.then(async () => {
      if (this.#closed) return;
      try {
        await job();
      } catch (error) {
        this.#fail(error instanceof BrokenExchange ? error.reason : "interrupted");
      }
    });
  }

  /** @param {VerificationFailure} reason */
  #fail(reason) {
    if (this.#closed) return;
    this.close();
    this.code = "";
    this.dispatchEvent(new CustomEvent("verification:failed", { detail: { reason } }));
  }
}
