/**
 * What a second of a call brought, from two readings of its counters.
 *
 * @typedef {import("../webrtc/traffic.js").Snapshot} Snapshot
 */

/**
 * @typedef {object} Direction
 * @property {number} bitrate  Bits per second, of sound and picture
 * @property {number | null} lost  Share of the sound's packets that did not arrive, 0 to 1
 * @property {number} width  Pixels of the picture; 0 without one
 * @property {number} height  Pixels
 * @property {number | null} framesPerSecond
 */

/**
 * @typedef {object} Measurement
 * @property {number} at  Milliseconds
 * @property {number | null} available  Bits per second that could be sent, as the browser estimates
 * @property {number | null} roundTrip  Seconds
 * @property {string | null} limitation  What keeps the own picture from being better: `none`, `cpu`, `bandwidth`, `other`
 * @property {Direction} sent
 * @property {Direction} received
 * @property {number | null} concealed  Share of the heard sound that had to be made up, 0 to 1
 * @property {number} frozen  Share of the time for which the received picture stood still, 0 to 1
 */

/** Fewer packets than this say nothing about the share that is lost. */
const PACKETS_TO_JUDGE = 10;

/**
 * @param {Snapshot} before
 * @param {Snapshot} now
 * @returns {Measurement | null} Null if no time has passed between them
 */
export function measure(before, now) {
  const seconds = (now.at - before.at) / 1000;
  if (seconds <= 0) return null;
  return {
    at: now.at,
    ...way(now),
    sent: {
      bitrate: bitrate("sent", before, now, seconds),
      lost: now.audio.sent?.fractionLost ?? null,
      ...picture(now.video.sent),
    },
    received: {
      bitrate: bitrate("received", before, now, seconds),
      lost: lostShare(before, now),
      ...picture(now.video.received),
    },
    concealed: concealedShare(before, now),
    frozen: frozenShare(before, now, seconds),
  };
}

/** @param {Snapshot} now */
function way({ audio, video, pair }) {
  return {
    available: pair?.availableOutgoing ?? null,
    roundTrip: pair?.roundTrip ?? audio.sent?.roundTrip ?? null,
    limitation: video.sent?.limitation ?? null,
  };
}

/**
 * @param {"sent" | "received"} way
 * @param {Snapshot} before
 * @param {Snapshot} now
 * @param {number} seconds
 */
function bitrate(way, before, now, seconds) {
  const bytes = (/** @type {"audio" | "video" | "screen"} */ kind) =>
    grown(before[kind][way]?.bytes, now[kind][way]?.bytes);
  return Math.round(((bytes("audio") + bytes("video") + bytes("screen")) * 8) / seconds);
}

/**
 * @param {Snapshot} before
 * @param {Snapshot} now
 * @returns {number | null}
 */
function lostShare({ audio: before }, { audio: now }) {
  const lost = grown(before.received?.lost, now.received?.lost);
  const due = lost + grown(before.received?.packets, now.received?.packets);
  return due < PACKETS_TO_JUDGE ? null : lost / due;
}

/**
 * @param {Snapshot} before
 * @param {Snapshot} now
 * @returns {number | null}
 */
function concealedShare({ audio: before }, { audio: now }) {
  const samples = grown(before.received?.samples, now.received?.samples);
  if (samples === 0) return null;
  return Math.min(grown(before.received?.concealed, now.received?.concealed) / samples, 1);
}

/**
 * @param {Snapshot} before
 * @param {Snapshot} now
 * @param {number} seconds
 */
function frozenShare({ video: before }, { video: now }, seconds) {
  return Math.min(grown(before.received?.frozen, now.received?.frozen) / seconds, 1);
}

/** @param {{ width: number | null, height: number | null, framesPerSecond: number | null } | null} media */
function picture(media) {
  return {
    width: media?.width ?? 0,
    height: media?.height ?? 0,
    framesPerSecond: media?.framesPerSecond ?? null,
  };
}

/**
 * @param {number | null | undefined} before
 * @param {number | null | undefined} now
 * @returns {number} 0 or more; a counter that is new has counted from 0
 */
function grown(before, now) {
  return Math.max((now ?? 0) - (before ?? 0), 0);
}
