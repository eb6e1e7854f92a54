import { words } from "../elements/words.js";

const PAUSES_MILLISECONDS = [500, 1500, 4000];

/**
 * Bring a page to life: its words, then its element. What does not arrive is asked for again; a page that stays dead says so.
 * @param {() => Promise<unknown>} importElement
 */
export async function start(importElement) {
  const { lang, dataset } = document.documentElement;
  words.timeZone = dataset["timeZone"];
  for (const pause of PAUSES_MILLISECONDS) {
    try {
      await words.load(/** @type {"de" | "en"} */ (lang));
      await importElement();
      return;
    } catch (error) {
      console.warn("the page did not load completely", error);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  const notice = document.querySelector("[data-part=not-loaded]");
  if (notice instanceof HTMLElement) notice.hidden = false;
}
