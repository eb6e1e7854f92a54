/**
 * Where the resume secret is kept: sessionStorage in the page.
 *
 * @typedef {object} ResumeStorage
 * @property {() => string | null} get
 * @property {(resume: string) => void} set
 * @property {() => void} clear
 */

/** The secret that gives a page its seat back. The storage may lose it: this page still knows it. */
export class ResumeSecret {
  /** @type {string | null} */
  #known = null;
  #storage;

  /** @param {ResumeStorage} [storage] without one only this page knows it */
  constructor(storage) {
    this.#storage = storage;
  }

  /** @returns {string | null} */
  get value() {
    this.#known ??= this.#storage?.get() ?? null;
    return this.#known;
  }

  /** @param {string} secret */
  keep(secret) {
    this.#known = secret;
    this.#storage?.set(secret);
  }

  /** It opens nothing any more. */
  forget() {
    this.#known = null;
    this.#storage?.clear();
  }
}
