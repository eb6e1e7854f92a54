/**
 * What a reload of the join page must not lose, kept for this tab alone (sessionStorage): the seat's resume secret and what
 * the person has entered. It is bound to one invitation; another link in the same tab starts anew.
 */

const KEY = "meetone-visit";

/**
 * @typedef {object} Remembered
 * @property {string} token
 * @property {string | null} resume
 * @property {string} name
 * @property {string} consent
 */

/** The memory of one visit. */
export class VisitMemory {
  #storage;
  #token;
  /** @type {Remembered | null} */
  #kept;

  /**
   * @param {Storage | null} storage  Null where the browser forbids it: a reload then starts at the first step
   * @param {string} token  The invitation's token
   */
  constructor(storage, token) {
    this.#storage = storage;
    this.#token = token;
    this.#kept = this.#load();
  }

  /** @returns {Remembered | null} What was kept for this invitation */
  read() {
    return this.#kept;
  }

  /** @param {Partial<Remembered>} part */
  write(part) {
    const empty = { token: this.#token, resume: null, name: "", consent: "" };
    this.#kept = { ...empty, ...this.#kept, ...part };
    try {
      this.#storage?.setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      // Full or forbidden: the page itself remembers, and so the visit goes on.
    }
  }

  /** Forget the visit. */
  clear() {
    this.#kept = null;
    this.#storage?.removeItem(KEY);
  }

  /** The seat's resume secret, as `SignallingClient` wants it kept. */
  get secret() {
    return {
      get: () => this.#kept?.resume ?? null,
      set: (/** @type {string} */ resume) => this.write({ resume }),
      clear: () => {
        if (this.#kept) this.write({ resume: null });
      },
    };
  }

  /** @returns {Remembered | null} */
  #load() {
    try {
      const found = JSON.parse(this.#storage?.getItem(KEY) ?? "null");
      return found?.token === this.#token ? found : null;
    } catch {
      return null; // written by something else: the visit starts anew
    }
  }
}
