import { TypedEventTarget } from "../events.js";

/**
 * @typedef {import("../signalling/messages.js").Language} Language
 * @typedef {Record<string, string | Date>} Values
 */

/** How a value of this name is shown; everything else is shown as it is. */
const FORMATS = {
  time: /** @type {const} */ ({ hour: "2-digit", minute: "2-digit" }),
  day: /** @type {const} */ ({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
};

/**
 * The sentences of a page that stays open, in the language that it speaks just now. They come from the server's catalogues;
 * no module holds a sentence of its own.
 *
 * @augments {TypedEventTarget<{ "words:changed": null }>}
 */
class Words extends TypedEventTarget {
  /** @type {Language} */
  language = "de";
  /** @type {string | undefined} The practice's, as the server writes times; undefined: this device's */
  timeZone = undefined;
  /** @type {Record<string, string>} */
  #phrases = {};
  /** @type {Language | null} The language asked for last */
  #wanted = null;

  /**
   * Fetch the sentences of a language; of several at a time the one asked for last is spoken.
   * @param {Language} language
   * @throws {TypeError} The server cannot be reached or does not speak it
   */
  async load(language) {
    this.#wanted = language;
    const response = await fetch(`/phrases/${language}.json`);
    if (!response.ok) throw new TypeError(`no words in ${language}`);
    const phrases = await response.json();
    if (language !== this.#wanted) return;
    this.#phrases = phrases;
    this.language = language;
    this.dispatchEvent(new CustomEvent("words:changed"));
  }

  /**
   * Say a sentence.
   * @param {string} key
   * @param {Values} [values]  For its placeholders; a Date named `time` or `day` is shown as such
   * @returns {string}
   */
  say(key, values = {}) {
    const phrase = this.#phrases[key] ?? "";
    return phrase.replaceAll(/%\((\w+)\)s/g, (_match, /** @type {string} */ name) =>
      this.#show(name, values[name]),
    );
  }

  /** @param {string} key */
  has(key) {
    return Object.hasOwn(this.#phrases, key);
  }

  /**
   * Say everything below an element anew that the server rendered with `phrase()`, and lead its links to pages in this
   * language.
   * @param {ParentNode} root
   */
  apply(root) {
    for (const element of root.querySelectorAll("[data-phrase]")) {
      const { phrase = "", values } = /** @type {HTMLElement} */ (element).dataset;
      element.textContent = this.say(phrase, values ? JSON.parse(values) : {});
    }
    for (const element of root.querySelectorAll("[data-phrase-label]")) {
      const key = element.getAttribute("data-phrase-label") ?? "";
      element.setAttribute("aria-label", this.say(key));
    }
    for (const link of root.querySelectorAll("a[data-localized]")) {
      const address = link.getAttribute("href") ?? "";
      link.setAttribute("href", address.replace(/^\/[a-z]{2}\//, `/${this.language}/`));
    }
    for (const template of root.querySelectorAll("template")) this.apply(template.content);
  }

  /**
   * @param {string} name
   * @param {string | Date | undefined} value
   */
  #show(name, value) {
    if (value === undefined) return "";
    if (name !== "time" && name !== "day") return String(value);
    const zone = this.timeZone === undefined ? {} : { timeZone: this.timeZone };
    const format = new Intl.DateTimeFormat(this.language, { ...FORMATS[name], ...zone });
    return format.format(new Date(value));
  }
}

export const words = new Words();
