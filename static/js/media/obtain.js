/** How camera and microphone are asked for, and what an error means for the person. */

/**
 * @typedef {"denied" | "missing" | "busy"} Problem
 * @typedef {{ track: MediaStreamTrack | null, problem: Problem | null }} Result
 * @typedef {{ audio: boolean, video: boolean }} Wanted
 */

const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
  facingMode: "user",
};
/** Below this a consultation is no good; a camera that cannot is still better than none. */
const PICTURE_WITH_MINIMUM = {
  ...PICTURE,
  width: { ...PICTURE.width, min: 320 },
  height: { ...PICTURE.height, min: 240 },
  frameRate: { ...PICTURE.frameRate, min: 20 },
};

/** @type {Readonly<Record<string, Problem>>} By `name` of what getUserMedia throws */
const PROBLEMS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/**
 * Ask for both at once, and for each alone where that fails: a missing or denied camera must not take the sound away.
 *
 * @param {MediaDevices} mediaDevices
 * @param {Wanted} wanted
 * @returns {Promise<{ audio: Result, video: Result }>} never rejected; what was not wanted has no meaning
 */
export async function obtain(mediaDevices, wanted) {
  const both = await attempt(mediaDevices, wanted);
  if (!wanted.audio || !wanted.video || both.audio.problem === null) return both;
  const { audio } = await attempt(mediaDevices, { audio: true, video: false });
  // Who refuses the two and then allows the sound has answered for the picture.
  if (audio.track && both.video.problem === "denied") return { audio, video: both.video };
  const { video } = await attempt(mediaDevices, { audio: false, video: true });
  return { audio, video };
}

/**
 * Ask for one certain camera.
 *
 * @param {MediaDevices} mediaDevices
 * @param {MediaTrackConstraints} camera
 * @returns {Promise<Result>} never rejected
 */
export async function obtainCamera(mediaDevices, camera) {
  return (await attempt(mediaDevices, { audio: false, video: true }, camera)).video;
}

/**
 * @param {MediaDevices} mediaDevices
 * @param {Wanted} wanted
 * @param {MediaTrackConstraints} [camera]
 * @returns {Promise<{ audio: Result, video: Result }>}
 */
async function attempt(mediaDevices, { audio, video }, camera) {
  const ask = (/** @type {MediaTrackConstraints} */ picture) =>
    mediaDevices.getUserMedia({ audio: audio && VOICE, video: video && { ...picture, ...camera } });
  try {
    const stream = await ask(PICTURE_WITH_MINIMUM).catch((error) => {
      if (nameOf(error) !== "OverconstrainedError") throw error;
      return ask(PICTURE);
    });
    return { audio: resultOf(stream.getAudioTracks()), video: resultOf(stream.getVideoTracks()) };
  } catch (error) {
    // What no list names is worth another try, as a busy device is.
    const result = { track: null, problem: PROBLEMS[nameOf(error)] ?? "busy" };
    return { audio: result, video: result };
  }
}

/**
 * @param {MediaStreamTrack[]} tracks of one kind
 * @returns {Result}
 */
function resultOf([track]) {
  return track ? { track, problem: null } : { track: null, problem: "missing" };
}

/** @param {unknown} error OverconstrainedError is no Error in every browser */
function nameOf(error) {
  return String(/** @type {{ name?: unknown }} */ (error)?.name);
}
