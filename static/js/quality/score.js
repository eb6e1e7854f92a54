/**
 * How good a call is, in four steps, why, and whose side it is. Rated once a second; what is shown follows slowly, so that
 * nobody is alarmed by a hiccup.
 */

/** A connection needs a moment to find out what it can carry; a fresh call is not called bad. */
const RAMP_MILLISECONDS = 10_000;
const WORSE_MILLISECONDS = 3000;
const BETTER_MILLISECONDS = 8000;
const WARNING_MILLISECONDS = 60_000;

/**
 * From each of these on, a measured value means 3, 2, 1 of 4. Sound survives some loss, because each packet carries the one
 * before; round trips from 0.4 s on make people talk into each other's words.
 */
const LOST = [0.02, 0.06, 0.12];
const CONCEALED = [0.02, 0.05, 0.1];
const FROZEN = [0.1, 0.25, 0.5];
const ROUND_TRIP_SECONDS = [0.25, 0.4, 0.8];

/**
 * @typedef {1 | 2 | 3 | 4} Level  4 is very good
 * @typedef {"fine" | "loss" | "sound" | "picture" | "delay" | "narrow" | "processor"} Reason
 * @typedef {"own" | "other" | "both"} Side  Whose connection it is
 * @typedef {object} Rating
 * @property {Level} level
 * @property {Reason} reason
 * @property {Side} side
 * @typedef {Rating & { warn: boolean }} Verdict  warn: say it now; at most once a minute
 * @typedef {import("./measurement.js").Measurement} Measurement
 * @typedef {import("./policy.js").Decision} Decision
 */

/** @type {Rating} */
const FINE = Object.freeze({ level: 4, reason: "fine", side: "both" });

/**
 * Rate one second.
 * @param {Measurement} measurement
 * @param {Pick<Decision, "step" | "best" | "cause">} decision  How much we send
 * @param {boolean} otherPaused  Whether the other side has paused its picture for want of room
 * @returns {Rating}
 */
export function rate(measurement, decision, otherPaused) {
  const { sent, received, concealed, frozen, roundTrip } = measurement;
  const own = worst([
    { level: step(sent.lost, LOST), reason: "loss", side: "own" },
    given(decision),
  ]);
  const other = worst([
    { level: step(concealed, CONCEALED), reason: "sound", side: "other" },
    { level: step(received.lost, LOST), reason: "loss", side: "other" },
    { level: step(frozen, FROZEN), reason: "picture", side: "other" },
    { level: otherPaused ? 1 : 4, reason: "narrow", side: "other" },
  ]);
  const way = { level: step(roundTrip, ROUND_TRIP_SECONDS), reason: "delay", side: "both" };
  const found = worst([own, other, /** @type {Rating} */ (way)]);
  if (found.level === 4) return FINE;
  // Whatever it is called on either side, both suffer alike; only a busy device is nobody else's.
  const shared = own.level === other.level && own.level === found.level;
  return shared && found.reason !== "processor" ? { ...found, side: "both" } : found;
}

/** What is shown: follows the ratings of the seconds with patience. */
export class Score {
  /** @type {Rating} */
  #shown = FINE;
  /** @type {number | null} */
  #startedAt = null;
  /** @type {{ since: number, mildest: Rating } | null} Seconds on end that were worse, or better, than what is shown */
  #worse = null;
  /** @type {{ since: number, mildest: Rating } | null} */
  #better = null;
  /** @type {number | null} */
  #warnedAt = null;

  /**
   * @param {number} at  Milliseconds
   * @param {Rating} rating
   * @returns {Verdict}
   */
  next(at, rating) {
    this.#startedAt ??= at;
    const fresh = at - this.#startedAt < RAMP_MILLISECONDS;
    const { level } = this.#shown;
    this.#worse = rating.level < level && !fresh ? run(this.#worse, at, rating, Math.max) : null;
    this.#better = rating.level > level ? run(this.#better, at, rating, Math.min) : null;
    if (this.#worse && at - this.#worse.since >= WORSE_MILLISECONDS)
      this.#show(this.#worse.mildest);
    else if (this.#better && at - this.#better.since >= BETTER_MILLISECONDS) {
      this.#show(this.#better.mildest);
    }
    return { ...this.#shown, warn: this.#warns(at) };
  }

  /** @param {Rating} rating */
  #show(rating) {
    this.#shown = rating;
    this.#worse = null;
    this.#better = null;
  }

  /** @param {number} at */
  #warns(at) {
    if (this.#shown.level > 1) return false;
    if (this.#warnedAt !== null && at - this.#warnedAt < WARNING_MILLISECONDS) return false;
    this.#warnedAt = at;
    return true;
  }
}

/**
 * @param {{ since: number, mildest: Rating } | null} before
 * @param {number} at
 * @param {Rating} rating
 * @param {(one: number, other: number) => number} choose  Which of two levels all seconds have reached
 */
function run(before, at, rating, choose) {
  if (!before) return { since: at, mildest: rating };
  const { since, mildest } = before;
  const level = choose(mildest.level, rating.level);
  return { since, mildest: level === mildest.level ? mildest : rating };
}

/**
 * @param {Pick<Decision, "step" | "best" | "cause">} decision
 * @returns {Rating} What we give up tells how narrow the way is
 */
function given({ step: name, best, cause }) {
  const level = best ? 4 : { full: 4, medium: 3, small: 2, paused: 1 }[name];
  const reason = cause === "processor" ? "processor" : "narrow";
  return { level: /** @type {Level} */ (level), reason, side: "own" };
}

/**
 * @param {number | null} value
 * @param {number[]} bounds  Where 4 ends, where 3 ends, where 2 ends
 * @returns {Level}
 */
function step(value, bounds) {
  const passed = bounds.filter((bound) => value !== null && value >= bound).length;
  return /** @type {Level} */ (4 - passed);
}

/**
 * @param {Rating[]} ratings  One at least
 * @returns {Rating} The first of the lowest
 */
function worst(ratings) {
  return ratings.reduce((lowest, each) => (each.level < lowest.level ? each : lowest));
}
