import { TypedEventTarget } from "../events.js";

/**
 * @typedef {import("./control.js").CommitMessage} CommitMessage
 * @typedef {import("./control.js").RevealMessage} RevealMessage
 * @typedef {import("../signalling/messages.js").Role} Role
 * @typedef {"reflected" | "repeated" | "early-reveal" | "broken-commitment" | "wrong-certificate"
 *   | "too-many-certificates"} VerificationFailure
 * @typedef {{
 *   "verification:ready": { code: string },
 *   "verification:failed": { reason: VerificationFailure },
 * }} VerificationEvents
 * - verification:ready: six digits
 */

/**
 * One commit–reveal exchange on one connection, which gives both sides the same six digits unless somebody stands between.
 *
 *     start → commit sent → other's commit held, reveal sent → other's reveal checked → ready
 *                                                              any → failed
 *
 * @augments {TypedEventTarget<VerificationEvents>}
 */
export class Verification extends TypedEventTarget {
  /** Six digits once both sides have revealed, "" before. */
  code = "";

  /**
   * @param {object} options
   * @param {Role} options.role
   * @param {Role} options.otherRole one of the two is "practitioner"
   * @param {string} options.seat of the other side; changed certificates are counted for each
   * @param {Uint8Array} options.certificate SHA-256 of the own certificate (`ownCertificate`)
   * @param {string} options.consultation
   * @param {string} options.connection
   * @param {(message: CommitMessage | RevealMessage) => void} options.send to the other side, on the control channel
   * @param {ExchangeBudget} options.budget one for the whole page
   */
  constructor({ role, otherRole, seat, certificate, consultation, connection, send, budget }) {
    super();
    void [role, otherRole, seat, certificate, consultation, connection, send, budget];
  }

  /**
   * Begin, once the channel is open and the certificate of the other end is known.
   * @param {Uint8Array} otherCertificate SHA-256, of `remoteCertificate`
   */
  start(otherCertificate) {
    void otherCertificate;
  }

  /**
   * Take a message of the other side, also one that came before `start`.
   * @param {CommitMessage | RevealMessage} message
   */
  receive(message) {
    void message;
  }

  /** Stop: nothing is sent and no event comes any more. */
  close() {}
}

/** Counts exchanges with changed certificates, for one page: each would be one more try for somebody in between. */
export class ExchangeBudget {}
