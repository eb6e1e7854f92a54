const KEY = "meetone.relay-only";

/**
 * Let the practitioner choose that connections go through the practice's relay alone; this browser remembers it. Where the
 * practice has no relay there is no switch, and where it has decided for everybody none either.
 * @param {HTMLElement} root  Holds the part `relay-only`, if there is a choice; `data-relay-only` if there is none any more
 * @param {{ relayOnly: boolean }} ways  Where connections may go
 * @param {AbortSignal} signal
 */
export function offerRelay(root, ways, signal) {
  const choice = root.querySelector('[data-part="relay-only"]');
  if (!(choice instanceof HTMLInputElement)) {
    ways.relayOnly = root.dataset["relayOnly"] !== undefined;
    return;
  }
  choice.checked = recall();
  // A click before this script ran would have been lost.
  choice.disabled = false;
  ways.relayOnly = choice.checked;
  choice.addEventListener(
    "change",
    () => {
      ways.relayOnly = choice.checked;
      remember(choice.checked);
    },
    { signal },
  );
}

/** @returns {boolean} */
function recall() {
  try {
    return localStorage.getItem(KEY) === "1";
  } catch {
    return false; // a browser that stores nothing for pages
  }
}

/** @param {boolean} only */
function remember(only) {
  try {
    if (only) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // It holds as long as the page lives.
  }
}
