import { obtainCamera } from "./obtain.js";

/**
 * @param {MediaDevices | undefined} mediaDevices
 * @returns {Promise<string[]>} device ids in the browser's order; empty where it does not tell
 */
export async function listCameras(mediaDevices) {
  try {
    const devices = (await mediaDevices?.enumerateDevices()) ?? [];
    return devices.filter(({ kind }) => kind === "videoinput").map(({ deviceId }) => deviceId);
  } catch {
    return []; // forbidden or not there: as good as no other camera
  }
}

/**
 * Say which cameras to try in place of this one, best first: the other side of a phone, else the next one.
 *
 * @param {MediaTrackSettings} current
 * @param {string[]} cameras device ids
 * @returns {MediaTrackConstraints[]} may be empty
 */
export function otherCameras({ facingMode, deviceId }, cameras) {
  if (cameras.length < 2) return [];
  /** @type {MediaTrackConstraints[]} */
  const others = [];
  if (facingMode === "user") others.push({ facingMode: { exact: "environment" } });
  if (facingMode === "environment") others.push({ facingMode: { exact: "user" } });
  const next = cameras[(cameras.indexOf(deviceId ?? "") + 1) % cameras.length];
  if (next && next !== deviceId) others.push({ deviceId: { exact: next } });
  return others;
}

/**
 * @param {MediaTrackSettings} settings of a camera that works
 * @returns {MediaTrackConstraints} that ask for the same one
 */
export function sameCamera({ deviceId }) {
  return deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
}

/**
 * @param {MediaDevices} mediaDevices
 * @param {MediaTrackConstraints[]} cameras best first
 * @param {AbortSignal} signal
 * @returns {Promise<import("./obtain.js").Result>} of the first that works, or of the last that does not
 */
export async function openFirst(mediaDevices, [camera = {}, ...others], signal) {
  const result = await obtainCamera(mediaDevices, camera);
  if (result.track || others.length === 0 || signal.aborted) return result;
  return openFirst(mediaDevices, others, signal);
}
