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

  /**
   * @param {Storage} storage
   * @param {string} token  The invitation's token
   */
  constructor(storage, token) {
    this.#storage = storage;
    this.#token = token;
  }

  /** @returns {Remembered | null} What was kept for this invitation */
  read() {
    try {
      const found = JSON.parse(this.#storage.getItem(KEY) ?? "null");
      return found?.token === this.#token ? found : null;
    } catch {
      return null; // written by something else, or storage is forbidden: the visit starts anew
    }
  }

  /** @param {Partial<Remembered>} part */
  write(part) {
    const empty = { token: this.#token, resume: null, name: "", consent: "" };
    try {
      this.#storage.setItem(KEY, JSON.stringify({ ...empty, ...this.read(), ...part }));
    } catch {
      // Without storage a reload starts at the first step; the visit itself goes on.
    }
  }

  /** Forget the visit. */
  clear() {
    try {
      this.#storage.removeItem(KEY);
    } catch {
      // as above: nothing was kept
    }
  }

  /** The seat's resume secret, as `SignallingClient` wants it kept. */
  get secret() {
    return {
      get: () => this.read()?.resume ?? null,
      set: (/** @type {string} */ resume) => this.write({ resume }),
      clear: () => this.clear(),
    };
  }
}
