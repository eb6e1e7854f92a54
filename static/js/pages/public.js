/* Public pages keep help readable without a network and make MeetOne installable. */
if ("serviceWorker" in navigator) {
  try {
    await navigator.serviceWorker.register("/service-worker.js");
  } catch (error) {
    // Some browsers refuse workers in private windows; the pages work without one.
    console.warn("service worker not registered:", error);
  }
}

export {};
