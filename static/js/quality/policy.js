import { ladder, shapeOf } from "./steps.js";

/** Trouble must last so long before a step is left: one bad second may be a hiccup. */
const TROUBLE_MILLISECONDS = 1000;
/** After a fall the network gets so long to show what it did. */
const SETTLING_MILLISECONDS = 2000;
/** What a new step needs is not asked of the browser's estimate before this: it grows only with what is sent. */
const RAMP_MILLISECONDS = 5000;
/** A step that was tried and left within this time was a failed try. */
const TRIAL_MILLISECONDS = 8000;
const PATIENCE_MILLISECONDS = 4000;
const LONGEST_PATIENCE_MILLISECONDS = 24_000;
/** A processor that is busy for a moment is no reason to send less. */
const BUSY_MILLISECONDS = 10_000;

const THIN_BITS_PER_SECOND = 100_000;
const ROOMY_BITS_PER_SECOND = 150_000;
/** An estimate that is no further above what is sent tells of a limit; one that is tells only how little is sent. */
const SQUEEZED_RATIO = 1.25;
/** A fall of the estimate below this share of what it was when a step was tried tells that there is no room. */
const FALLING_SHARE = 0.85;
/** Round trips that grow by more than this stand in a queue that we fill. */
const QUEUE_SECONDS = 0.4;
/** Shares of sound that was lost on the way, and that the other side had to make up. */
const LOST_SHARE = 0.1;
const CONCEALED_SHARE = 0.08;
const CONCEALED_SHARE_WITH_QUEUE = 0.03;

/**
 * @typedef {import("./steps.js").Step} Step
 * @typedef {"bandwidth" | "delay" | "sound" | "processor"} Cause
 * @typedef {object} Outlook  What is known of the way to the other side
 * @property {number} at  Milliseconds
 * @property {number | null} available  Bits per second; null where the browser does not estimate
 * @property {number} sending  Bits per second of sound and picture
 * @property {number | null} lost  Share of our sound that does not arrive, 0 to 1
 * @property {number | null} roundTrip  Seconds
 * @property {string | null} limitation  `qualityLimitationReason` of our picture
 * @property {number | null} concealed  Share of our sound that the other side had to make up, if it told
 * @property {boolean} picture  Whether our camera is on
 * @property {number} captured  Pixels of a picture as our camera gives it; 0 without one
 * @property {boolean} detail  Whether a document or skin is shown, not a face
 * @typedef {object} Decision
 * @property {Step["name"]} step
 * @property {boolean} best  Whether nothing is given up
 * @property {Cause | null} cause  Why something is given up
 * @property {import("../webrtc/senders.js").Shape} shape
 */

/**
 * Decides once a second how much is sent: audio first; down fast, up slowly. It knows no clock and no connection.
 */
export class Policy {
  #index = 0;
  #thin = false;
  /** @type {Cause | null} */
  #cause = null;
  /** @type {readonly Step[]} */
  #steps = ladder(false, 0);
  /** @type {number | null} When this step was entered, milliseconds */
  #since = null;
  /** @type {number | null} Estimate when it was entered */
  #availableThen = null;
  #rose = false;
  #patience = PATIENCE_MILLISECONDS;
  /** @type {number | null} */
  #troubledSince = null;
  /** @type {number | null} */
  #calmSince = null;
  /** @type {number | null} */
  #busySince = null;
  /** @type {number | null} Shortest round trip, seconds */
  #shortest = null;

  /**
   * @param {Outlook} outlook
   * @returns {Decision}
   */
  next(outlook) {
    this.#setUp(outlook);
    if (outlook.picture) this.#judge(outlook);
    else this.#rest(outlook);
    this.#thin = this.#isThin(outlook.available);
    return this.#decision();
  }

  /** @param {Outlook} outlook */
  #judge(outlook) {
    const trouble = this.#trouble(outlook);
    if (trouble) this.#suffer(outlook, trouble);
    else this.#recover(outlook);
  }

  /**
   * Without a picture there is nothing to give up, and the estimate tells nothing.
   * @param {Outlook} outlook
   */
  #rest({ at, available }) {
    this.#enter(this.#index, at, available, false);
  }

  /** @param {Outlook} outlook */
  #setUp({ at, available, detail, captured, roundTrip, limitation }) {
    const steps = ladder(detail, captured);
    if (steps[0] !== this.#steps[0]) this.#change(steps);
    this.#since ??= at;
    this.#availableThen ??= available;
    if (roundTrip !== null) this.#shortest = Math.min(this.#shortest ?? roundTrip, roundTrip);
    this.#busySince = limitation === "cpu" ? (this.#busySince ?? at) : null;
  }

  /**
   * Go on as near as possible to where we are; the steps are counted from the last, which all cameras share.
   * @param {readonly Step[]} steps
   */
  #change(steps) {
    const fromLast = this.#steps.length - 1 - this.#index;
    const wasBest = this.#index === 0;
    this.#steps = steps;
    this.#index = wasBest ? 0 : Math.max(steps.length - 1 - fromLast, 0);
  }

  /**
   * @param {Outlook} outlook
   * @returns {{ cause: Cause, index: number } | null} What is wrong, and the step that would do
   */
  #trouble(outlook) {
    const { at, roundTrip } = outlook;
    const queue = roundTrip !== null && roundTrip > (this.#shortest ?? 0) + QUEUE_SECONDS;
    const enough = this.#enough(outlook);
    if (enough > this.#index) return { cause: "bandwidth", index: enough };
    const index = Math.min(this.#index + 1, this.#steps.length - 1);
    if (isSoundBroken(outlook, queue)) return { cause: "sound", index };
    if (queue) return { cause: "delay", index };
    return this.#isBusy(at) ? { cause: "processor", index } : null;
  }

  /**
   * @param {Outlook} outlook
   * @returns {number} The best step that the estimate allows
   */
  #enough(outlook) {
    const { at, available } = outlook;
    if (available === null || !isSqueezed(outlook)) return this.#index;
    const fresh = at - (this.#since ?? at) < RAMP_MILLISECONDS;
    const then = this.#availableThen;
    if (fresh && (then === null || available >= then * FALLING_SHARE)) return this.#index;
    return this.#steps.findIndex(({ floor }) => floor <= available);
  }

  /** @param {number} at */
  #isBusy(at) {
    const lasts = this.#busySince !== null && at - this.#busySince >= BUSY_MILLISECONDS;
    // A slow processor is no reason to show nothing.
    return lasts && this.#index < this.#steps.length - 2;
  }

  /**
   * @param {Outlook} outlook
   * @param {{ cause: Cause, index: number }} trouble
   */
  #suffer({ at, available }, { cause, index }) {
    this.#calmSince = null;
    this.#troubledSince ??= at;
    const settled = this.#rose || at - (this.#since ?? at) >= SETTLING_MILLISECONDS;
    if (at - this.#troubledSince < TROUBLE_MILLISECONDS || !settled || index === this.#index)
      return;
    if (this.#rose && at - (this.#since ?? at) < TRIAL_MILLISECONDS) {
      this.#patience = Math.min(this.#patience * 2, LONGEST_PATIENCE_MILLISECONDS);
    }
    this.#cause = cause;
    this.#enter(index, at, available, false);
  }

  /** @param {Outlook} outlook */
  #recover(outlook) {
    const { at, available } = outlook;
    this.#troubledSince = null;
    this.#calmSince = this.#busySince === null ? (this.#calmSince ?? at) : at;
    if (this.#rose && at - (this.#since ?? at) >= TRIAL_MILLISECONDS) {
      this.#rose = false;
      this.#patience = PATIENCE_MILLISECONDS;
    }
    if (this.#index === 0) {
      this.#cause = null;
      return;
    }
    if (at - this.#calmSince >= this.#wait(outlook))
      this.#enter(this.#index - 1, at, available, true);
  }

  /**
   * @param {Outlook} outlook
   * @returns {number} Milliseconds of calm before the next step up is tried
   */
  #wait(outlook) {
    const { available } = outlook;
    // Less work has calmed it; the same work would not.
    if (this.#cause === "processor") return LONGEST_PATIENCE_MILLISECONDS;
    const [better, here] = [this.#steps[this.#index - 1], this.#steps[this.#index]];
    if (available === null || available >= (better?.target ?? 0)) return this.#patience;
    // The estimate follows what is sent; without a picture, or with a small one, it cannot tell what more there is room for.
    if (here?.name === "paused") return this.#patience;
    return isSqueezed(outlook) ? Infinity : this.#patience * 2;
  }

  /**
   * @param {number} index
   * @param {number} at
   * @param {number | null} available
   * @param {boolean} rose
   */
  #enter(index, at, available, rose) {
    this.#index = index;
    this.#since = at;
    this.#availableThen = available;
    this.#rose = rose;
    this.#troubledSince = null;
    this.#calmSince = null;
    this.#busySince = null;
  }

  /**
   * @param {number | null} available
   * @returns {boolean} Whether there is hardly room for the sound
   */
  #isThin(available) {
    if (available === null) return this.#index === this.#steps.length - 1;
    return available < (this.#thin ? ROOMY_BITS_PER_SECOND : THIN_BITS_PER_SECOND);
  }

  /** @returns {Decision} */
  #decision() {
    const step = /** @type {Step} */ (this.#steps[this.#index]);
    const best = this.#index === 0;
    return {
      step: step.name,
      best,
      cause: best ? null : this.#cause,
      shape: shapeOf(step, this.#thin),
    };
  }
}

/**
 * @param {Outlook} outlook
 * @returns {boolean} Whether the way is full of what we send
 */
function isSqueezed({ available, sending, limitation }) {
  return limitation === "bandwidth" || (available ?? Infinity) < sending * SQUEEZED_RATIO;
}

/**
 * @param {Outlook} outlook
 * @param {boolean} queue  Whether packets stand in a queue
 */
function isSoundBroken({ lost, concealed, limitation }, queue) {
  if ((concealed ?? 0) >= (queue ? CONCEALED_SHARE_WITH_QUEUE : CONCEALED_SHARE)) return true;
  // Loss alone may be the air between a phone and its router, which sending less does not mend.
  return (lost ?? 0) >= LOST_SHARE && (queue || limitation === "bandwidth");
}
