import { systemClock } from "../clock.js";
import { TypedEventTarget } from "../events.js";
import { diagnose, GATHERING_MILLISECONDS } from "./diagnosis.js";

const LOOK_MILLISECONDS = 500;

/**
 * @typedef {import("./diagnosis.js").Diagnosis} Diagnosis
 * @typedef {object} Attempt  As much of a conversation as is needed here
 * @property {string} id
 * @property {boolean} open  Whether the other side can be spoken to
 * @property {() => Promise<Omit<import("./diagnosis.js").Evidence, "milliseconds">>} evidence
 * @typedef {object} Seen
 * @property {boolean} due  Whether there is somebody, and the time, to connect
 * @property {boolean} joining  Whether the server has been asked for a place and has not answered yet
 * @property {Attempt | null} attempt
 * @typedef {{ "failure:changed": Diagnosis | null }} FailureEvents
 */

/**
 * Finds out why a connection does not come about, while attempts go on. A cause that was found stays until a connection
 * stands: a new attempt knows less than the one before.
 *
 * @augments {TypedEventTarget<FailureEvents>}
 */
export class FailureWatch extends TypedEventTarget {
  /** @type {Diagnosis | null} */
  diagnosis = null;
  #see;
  #clock;
  /** @type {unknown} */
  #timer = null;
  /** @type {number | null} */
  #joiningSince = null;
  /** @type {number | null} When the first of these attempts was begun */
  #tryingSince = null;
  /** @type {{ id: string, since: number } | null} */
  #attempt = null;
  #isClosed = false;

  /**
   * @param {() => Seen} see  What is the case just now
   * @param {import("../clock.js").Clock} [clock]
   */
  constructor(see, clock = systemClock) {
    super();
    this.#see = see;
    this.#clock = clock;
    this.#schedule();
  }

  /** Watch no more. */
  close() {
    this.#isClosed = true;
    this.#clock.clearTimeout(this.#timer);
  }

  #schedule() {
    this.#timer = this.#clock.setTimeout(() => void this.#look(), LOOK_MILLISECONDS);
  }

  async #look() {
    const seen = this.#see();
    const now = this.#clock.now();
    this.#joiningSince = seen.joining ? (this.#joiningSince ?? now) : null;
    if (!seen.joining && (!seen.due || seen.attempt?.open)) this.#forget();
    else await this.#judge(seen, now);
    if (!this.#isClosed) this.#schedule();
  }

  /**
   * @param {Seen} seen
   * @param {number} now
   */
  async #judge({ attempt }, now) {
    const unheard = this.#joiningSince === null ? 0 : now - this.#joiningSince;
    const evidence = attempt ? await this.#examine(attempt, now) : null;
    const found = diagnose({ unheard, evidence });
    if (found && !this.#isClosed) this.#become(found);
  }

  /**
   * @param {Attempt} attempt
   * @param {number} now
   * @returns {Promise<import("./diagnosis.js").Evidence | null>}
   */
  async #examine(attempt, now) {
    this.#tryingSince ??= now;
    if (this.#attempt?.id !== attempt.id) this.#attempt = { id: attempt.id, since: now };
    // Its candidates are still coming in, but the time that people have waited counts from the first attempt.
    if (now - this.#attempt.since < GATHERING_MILLISECONDS) return null;
    try {
      return { ...(await attempt.evidence()), milliseconds: now - this.#tryingSince };
    } catch (error) {
      console.warn("the browser gave no statistics", error);
      return null;
    }
  }

  #forget() {
    this.#tryingSince = null;
    this.#attempt = null;
    this.#become(null);
  }

  /** @param {Diagnosis | null} diagnosis */
  #become(diagnosis) {
    const before = this.diagnosis;
    if (before?.cause === diagnosis?.cause && before?.side === diagnosis?.side) return;
    this.diagnosis = diagnosis;
    this.dispatchEvent(new CustomEvent("failure:changed", { detail: diagnosis }));
  }
}
