/**
 * @typedef {import("../media/capture.js").MediaState} MediaState
 * @typedef {import("../media/capture.js").KindState} KindState
 */

const BAD = /** @type {const} */ (["denied", "busy", "missing"]);

/**
 * Name what is wrong with camera and microphone, as the end of a phrase's key.
 * @param {MediaState} state
 * @returns {string | null} Such as `camera-denied`, `missing`; null when nothing is wrong
 */
export function mediaProblem({ audio, video }) {
  const [sound, picture] = [trouble(audio), trouble(video)];
  if (sound && picture) return BAD.find((bad) => sound === bad || picture === bad) ?? null;
  if (sound) return `microphone-${sound}`;
  if (picture) return `camera-${picture}`;
  return null;
}

/**
 * Ask once more for what is not there.
 * @param {import("../media/capture.js").LocalMedia} media
 */
export async function retryMedia(media) {
  const { audio, video } = media.state;
  if (trouble(audio) && trouble(video)) await media.open();
  else if (trouble(video)) await media.retry("video");
  else if (trouble(audio)) await media.retry("audio");
}

/** @param {KindState} state */
function trouble(state) {
  return BAD.find((bad) => bad === state) ?? null;
}
