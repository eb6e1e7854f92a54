import { DeviceKeeper } from "../media/keeper.js";

/**
 * Keep camera and microphone through what happens to the page and its devices, and tell the other side who looks away.
 * @param {import("../media/capture.js").LocalMedia} media
 * @param {import("../webrtc/outgoing.js").Outgoing} outgoing
 * @param {AbortSignal} signal  Ends it
 */
export function keepDevices(media, outgoing, signal) {
  const keeper = new DeviceKeeper(media);
  keeper.listen(navigator.mediaDevices, signal);
  document.addEventListener(
    "visibilitychange",
    () => {
      outgoing.setPage(document.visibilityState);
      if (!document.hidden) keeper.pageShown();
    },
    { signal },
  );
}
