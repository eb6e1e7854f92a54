/** What goes first when there is not enough room for everything: sound, then movement, then sharpness. */

const AUDIO_BITS_PER_SECOND = 40_000;
const VIDEO_BITS_PER_SECOND = 2_500_000;

/**
 * Give sound priority over the picture, and smooth movement priority over a sharp one.
 * @param {RTCRtpSender} audio
 * @param {RTCRtpSender} video
 */
export async function protectAudio(audio, video) {
  await shape(audio, {
    maxBitrate: AUDIO_BITS_PER_SECOND,
    priority: "high",
    networkPriority: "high",
  });
  await shape(video, { maxBitrate: VIDEO_BITS_PER_SECOND }, "maintain-framerate");
}

/**
 * Read, change and write the parameters of a sender in one turn.
 * @param {RTCRtpSender} sender
 * @param {Partial<RTCRtpEncodingParameters>} encoding
 * @param {"maintain-framerate" | "maintain-resolution" | "balanced"} [preference]
 */
async function shape(sender, encoding, preference) {
  const parameters = sender.getParameters();
  const [first] = parameters.encodings ?? [];
  if (!first) return;
  Object.assign(first, encoding);
  if (preference) Object.assign(parameters, { degradationPreference: preference });
  try {
    await sender.setParameters(parameters);
  } catch (error) {
    // A browser that knows none of these still has a call; it only cares less for the sound.
    console.warn("the browser did not take the sending parameters", error);
  }
}
