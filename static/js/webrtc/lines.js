/**
 * What every connection is made of, from the first offer on: three m-lines and four negotiated data channels. Tracks are
 * attached to them later without negotiation (PROTOCOL.md, "The peer connection").
 */

export const CHANNELS = Object.freeze({
  control: { id: 0, protocol: "" },
  chat: { id: 1, protocol: "" },
  t140: { id: 2, protocol: "t140" },
  transfers: { id: 3, protocol: "" },
});

/** Sound, camera, screen, and what carries the channels. */
const KINDS = "audio video video application";

/**
 * @typedef {object} Lines
 * @property {RTCRtpTransceiver} audio
 * @property {RTCRtpTransceiver} camera
 * @property {RTCRtpTransceiver} screen
 */

/**
 * Create the m-lines for the first offer. Sound and camera share a stream, so that the other side keeps them in sync.
 * @param {RTCPeerConnection} peer
 * @returns {Lines} The transceivers, none with a track
 */
export function createLines(peer) {
  const person = new MediaStream();
  const line = (/** @type {"audio" | "video"} */ kind, /** @type {MediaStream} */ stream) =>
    peer.addTransceiver(kind, { direction: "sendrecv", streams: [stream] });
  const lines = {
    audio: line("audio", person),
    camera: line("video", person),
    screen: line("video", new MediaStream()),
  };
  preferRedundantAudio(lines.audio);
  return lines;
}

/**
 * Refuse a description that describes anything but our lines, before the browser makes something of it.
 * @param {string} sdp
 * @throws {TypeError} Other lines, more or fewer of them, or another order
 */
export function expectLines(sdp) {
  const kinds = Array.from(sdp.matchAll(/^m=(\S+)/gm), ([, kind]) => kind).join(" ");
  if (kinds !== KINDS) throw new TypeError(`a description has the lines ${KINDS}`);
}

/**
 * Take the m-lines of a received offer for sending as well; a transceiver made by an offer only receives.
 * @param {RTCPeerConnection} peer
 * @returns {Lines} The transceivers in the order of the offer
 * @throws {TypeError} The offer had fewer lines; see `expectLines`
 */
export function adoptLines(peer) {
  const [audio, camera, screen] = peer.getTransceivers();
  if (!audio || !camera || !screen) throw new TypeError("an offer has three m-lines for media");
  const person = new MediaStream();
  for (const [transceiver, stream] of /** @type {const} */ ([
    [audio, person],
    [camera, person],
    [screen, new MediaStream()],
  ])) {
    transceiver.direction = "sendrecv";
    transceiver.sender.setStreams?.(stream);
  }
  return { audio, camera, screen };
}

/**
 * Open the negotiated data channels.
 * @param {RTCPeerConnection} peer
 * @returns {Record<keyof typeof CHANNELS, RTCDataChannel>} The channels by name
 */
export function openChannels(peer) {
  const open = (/** @type {keyof typeof CHANNELS} */ label) => {
    const channel = peer.createDataChannel(label, { ...CHANNELS[label], negotiated: true });
    channel.binaryType = "arraybuffer";
    return channel;
  };
  return {
    control: open("control"),
    chat: open("chat"),
    t140: open("t140"),
    transfers: open("transfers"),
  };
}

/**
 * Put RED first, where the browser has it: lost packets of sound are then repaired from the next one (RFC 2198).
 * @param {RTCRtpTransceiver} transceiver
 */
function preferRedundantAudio(transceiver) {
  const codecs = RTCRtpReceiver.getCapabilities?.("audio")?.codecs ?? [];
  const red = codecs.filter((codec) => codec.mimeType.toLowerCase() === "audio/red");
  if (red.length > 0) {
    transceiver.setCodecPreferences?.([...red, ...codecs.filter((codec) => !red.includes(codec))]);
  }
}
