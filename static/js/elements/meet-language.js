import { part, setText } from "./parts.js";
import { words } from "./words.js";

/**
 * `<meet-language>` around the language form changes the words in place: no reload, so a call goes on. Without this script
 * the form itself works. Its one button offers the other language, named in that language.
 *
 * Attributes: `data-names`, JSON with the name of each language.
 */
export class MeetLanguage extends HTMLElement {
  #abort = new AbortController();

  connectedCallback() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.querySelector("form")?.addEventListener("submit", (event) => this.#submit(event), {
      signal,
    });
  }

  disconnectedCallback() {
    this.#abort.abort();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    const { submitter, currentTarget } = event;
    if (!(submitter instanceof HTMLButtonElement) || !(currentTarget instanceof HTMLFormElement)) {
      return;
    }
    event.preventDefault();
    void this.#change(currentTarget, submitter);
  }

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLButtonElement} button
   */
  async #change(form, button) {
    const { value: language } = button;
    const status = part(this, "language-status");
    setText(status, "");
    try {
      await words.load(/** @type {import("./words.js").Language} */ (language));
    } catch {
      setText(status, words.say("language.failed"));
      return;
    }
    document.documentElement.lang = language;
    words.apply(document);
    const title = document.querySelector("title");
    if (title?.dataset["title"]) {
      document.title = `${words.say(title.dataset["title"])} · ${title.dataset["practice"]}`;
    }
    this.#offerOther(button);
    await this.#remember(form, language);
  }

  /** @param {HTMLButtonElement} button */
  #offerOther(button) {
    /** @type {Record<string, string>} */
    const names = JSON.parse(this.dataset["names"] ?? "{}");
    const other = Object.entries(names).find(([code]) => code !== words.language);
    const label = button.querySelector("span");
    if (!other || !label) return;
    [button.value, label.textContent] = other;
    button.lang = button.value;
  }

  /**
   * Set the cookie, so that the next page speaks this language too.
   * @param {HTMLFormElement} form
   * @param {string} language
   */
  async #remember(form, language) {
    try {
      await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams({ language, next: location.pathname }),
        redirect: "manual",
      });
    } catch {
      // Offline the choice holds for this page alone, which is what the person sees.
    }
  }
}

customElements.define("meet-language", MeetLanguage);
