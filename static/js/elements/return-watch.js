import { systemClock } from "../clock.js";

const BEAT_MILLISECONDS = 1000;

/** A timer that is so late means that the device slept; only a hidden page's timers are late for another reason. */
const SLEPT_MILLISECONDS = 5000;

/**
 * @typedef {object} Surroundings  As much of the browser as is needed
 * @property {EventTarget} page  Tells `online`
 * @property {EventTarget & { readonly hidden: boolean }} tab  Tells `visibilitychange`
 * @property {(EventTarget & { readonly type?: string }) | null} network  Tells `change`; most browsers have none
 * @property {import("../clock.js").Clock} clock
 */

/** @returns {Surroundings} */
function surroundings() {
  const { connection = null } = /** @type {{ connection?: Surroundings["network"] }} */ (
    /** @type {unknown} */ (navigator)
  );
  return { page: globalThis, tab: document, network: connection, clock: systemClock };
}

/**
 * Tell whenever the page or its network may be back: after a loss, another network, another tab, sleep.
 * @param {(networkChanged: boolean) => void} comeBack
 * @param {AbortSignal} signal  Ends it
 * @param {Surroundings} [where]
 */
export function watchReturn(comeBack, signal, { page, tab, network, clock } = surroundings()) {
  page.addEventListener("online", () => comeBack(true), { signal });
  tab.addEventListener("visibilitychange", () => tab.hidden || comeBack(false), { signal });
  let type = network?.type;
  network?.addEventListener(
    "change",
    () => {
      // It also tells whenever an estimate of the speed is another one.
      const changed = network.type !== type;
      type = network.type;
      if (changed) comeBack(type !== "none");
    },
    { signal },
  );
  watchSleep(comeBack, signal, clock);
}

/**
 * @param {(networkChanged: boolean) => void} comeBack
 * @param {AbortSignal} signal
 * @param {import("../clock.js").Clock} clock
 */
function watchSleep(comeBack, signal, clock) {
  /** @type {unknown} */
  let timer;
  const beat = (/** @type {number} */ expectedAt) => {
    timer = clock.setTimeout(() => {
      if (clock.now() - expectedAt > SLEPT_MILLISECONDS) comeBack(false);
      beat(clock.now() + BEAT_MILLISECONDS);
    }, BEAT_MILLISECONDS);
  };
  beat(clock.now() + BEAT_MILLISECONDS);
  signal.addEventListener("abort", () => clock.clearTimeout(timer));
}
