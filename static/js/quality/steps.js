/**
 * How sound and picture may be sent, from everything to sound alone. Each step down gives up what is missed least: for a
 * face, sharpness goes before movement; for a document or skin, movement goes before sharpness. Sound is kept to the end.
 */

/**
 * @typedef {import("../webrtc/senders.js").Shape} Shape
 * @typedef {object} Step
 * @property {"full" | "medium" | "small" | "paused"} name
 * @property {number} floor  Bits per second that must be available, or the step is left
 * @property {number} target  Bits per second at which the step is tried
 * @property {Shape["picture"]} picture
 */

/** Sound with a copy of the packet before (RFC 2198) and its headers costs about 90 kbit/s, 60 kbit/s when thin. */
const SOUND_BITS_PER_SECOND = 32_000;
const THIN_SOUND_BITS_PER_SECOND = 16_000;

/** Least for what EN 301 549 6.5.2 calls usable: 76,800 pixels; 426×240 in 16:9, 369×277 in 4:3. */
export const SMALL_PIXELS = (640 * 360) / 1.5 ** 2;
const MEDIUM_PIXELS = 640 * 360;
const FULL_PIXELS = 1280 * 720;

/** @type {Pick<Shape["picture"], "active" | "preference" | "hint">} */
const MOTION = { active: true, preference: "maintain-framerate", hint: "motion" };
/** @type {Pick<Shape["picture"], "active" | "preference" | "hint">} */
const DETAIL = { active: true, preference: "maintain-resolution", hint: "detail" };

/** @type {readonly Step[]} */
const FACES = Object.freeze([
  {
    name: "full",
    floor: 1_000_000,
    target: 1_300_000,
    picture: { ...MOTION, pixels: FULL_PIXELS, maxFramerate: 30, maxBitrate: 2_500_000 },
  },
  {
    name: "medium",
    floor: 380_000,
    target: 520_000,
    picture: { ...MOTION, pixels: MEDIUM_PIXELS, maxFramerate: 30, maxBitrate: 900_000 },
  },
  {
    // A browser left to itself would go on to make the picture smaller than anybody can use.
    name: "small",
    floor: 130_000,
    target: 160_000,
    picture: {
      ...MOTION,
      preference: "maintain-resolution",
      pixels: SMALL_PIXELS,
      maxFramerate: 20,
      maxBitrate: 300_000,
    },
  },
  paused({ ...MOTION, pixels: SMALL_PIXELS, maxFramerate: 20, maxBitrate: 300_000 }),
]);

/** @type {readonly Step[]} */
const CLOSE_UPS = Object.freeze([
  {
    name: "full",
    floor: 500_000,
    target: 700_000,
    picture: { ...DETAIL, pixels: FULL_PIXELS, maxFramerate: 15, maxBitrate: 2_500_000 },
  },
  {
    name: "medium",
    floor: 250_000,
    target: 350_000,
    picture: { ...DETAIL, pixels: FULL_PIXELS, maxFramerate: 5, maxBitrate: 900_000 },
  },
  {
    name: "small",
    floor: 130_000,
    target: 160_000,
    picture: { ...DETAIL, pixels: MEDIUM_PIXELS, maxFramerate: 5, maxBitrate: 300_000 },
  },
  paused({ ...DETAIL, pixels: MEDIUM_PIXELS, maxFramerate: 5, maxBitrate: 300_000 }),
]);

/**
 * The steps there are for a camera, best first. A step for more than the camera gives is no step of its own.
 * @param {boolean} detail  Whether a document or skin is shown, not a face
 * @param {number} captured  Pixels of a captured picture; 0 while there is none
 * @returns {readonly Step[]} Two at least; the last is `paused`
 */
export function ladder(detail, captured) {
  const steps = detail ? CLOSE_UPS : FACES;
  if (captured === 0 || detail) return steps;
  const enough = steps.findLastIndex(
    ({ name, picture }) => name !== "paused" && picture.pixels >= captured,
  );
  return steps.slice(Math.max(enough, 0));
}

/**
 * @param {Step} step
 * @param {boolean} thin  Whether there is hardly room for the sound
 * @returns {Shape}
 */
export function shapeOf({ picture }, thin) {
  const maxBitrate = thin ? THIN_SOUND_BITS_PER_SECOND : SOUND_BITS_PER_SECOND;
  return { sound: { maxBitrate }, picture };
}

/**
 * @param {Shape["picture"]} picture
 * @returns {Step}
 */
function paused(picture) {
  return { name: "paused", floor: 0, target: 0, picture: { ...picture, active: false } };
}
