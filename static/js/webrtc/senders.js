/**
 * What goes first when there is not enough room for everything: sound. How much picture there is room for is decided
 * elsewhere (quality/policy.js); here it is asked of the browser.
 */

/**
 * @typedef {"maintain-framerate" | "maintain-resolution" | "balanced"} Preference  As W3C mst-content-hint names them
 * @typedef {object} Picture
 * @property {boolean} active  Whether it is sent at all
 * @property {number} pixels  At most in one frame
 * @property {number} maxFramerate  Frames per second
 * @property {number} maxBitrate  Bits per second
 * @property {Preference} preference  What is kept when even this is too much
 * @property {"motion" | "detail"} hint  What the picture is about
 * @typedef {object} Shape  How sound and picture are sent
 * @property {{ maxBitrate: number }} sound
 * @property {Picture} picture
 */

/** @type {Shape} Everything that a good connection carries */
export const EVERYTHING = Object.freeze({
  sound: { maxBitrate: 32_000 },
  picture: {
    active: true,
    pixels: 1280 * 720,
    maxFramerate: 30,
    maxBitrate: 2_500_000,
    preference: "maintain-framerate",
    hint: "motion",
  },
});

/** Browsers take back what was read last; two changes at a time would spoil each other. */
/** @type {WeakMap<RTCRtpSender, Promise<void>>} */
const turns = new WeakMap();

/**
 * Ask the browser to send sound and picture in this shape; sound always goes first.
 * @param {RTCRtpSender} audio
 * @param {RTCRtpSender} camera
 * @param {Shape} shape
 */
export async function send(audio, camera, { sound, picture }) {
  const { active, maxBitrate, maxFramerate, preference, hint } = picture;
  // "detail" keeps an encoder sharp; it belongs to the track, so it is set before the parameters.
  if (camera.track && camera.track.contentHint !== hint) camera.track.contentHint = hint;
  await Promise.all([
    change(audio, () => ({
      encoding: { maxBitrate: sound.maxBitrate, priority: "high", networkPriority: "high" },
    })),
    change(camera, () => ({
      encoding: {
        active,
        maxBitrate,
        maxFramerate,
        scaleResolutionDownBy: scale(camera.track, picture.pixels),
      },
      preference,
    })),
  ]);
}

/**
 * How many times smaller each side must become so that a picture has no more than so many pixels.
 * @param {{ getSettings(): MediaTrackSettings } | null} track
 * @param {number} pixels
 * @returns {number} 1 or more
 */
export function scale(track, pixels) {
  const { width = 0, height = 0 } = track?.getSettings() ?? {};
  return Math.max(1, Math.sqrt((width * height) / pixels));
}

/**
 * Read, change and write the parameters of one sender, after whoever does so already.
 * @param {RTCRtpSender} sender
 * @param {() => { encoding: RTCRtpEncodingParameters, preference?: Preference }} wanted
 * @returns {Promise<void>} never rejected
 */
function change(sender, wanted) {
  const turn = (turns.get(sender) ?? Promise.resolve()).then(() => write(sender, wanted()));
  turns.set(sender, turn);
  return turn;
}

/**
 * @param {RTCRtpSender} sender
 * @param {{ encoding: RTCRtpEncodingParameters, preference?: Preference }} wanted
 */
async function write(sender, { encoding, preference }) {
  const parameters = sender.getParameters();
  const [first] = parameters.encodings ?? [];
  if (!first) return;
  Object.assign(first, encoding);
  if (preference) Object.assign(parameters, { degradationPreference: preference });
  try {
    await sender.setParameters(parameters);
  } catch (error) {
    if (sender.transport?.state === "closed") return;
    // A browser that knows none of these still has a call; it only cares less for the sound.
    console.warn("the browser did not take the sending parameters", error);
  }
}
