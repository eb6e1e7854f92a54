import { cleanName } from "../webrtc/control.js";
import { part } from "./parts.js";

/** Name and consent: what is missing is said beside its field, and nothing is lost. */
export class VisitForm {
  #root;
  #enter;

  /**
   * @param {HTMLElement} root
   * @param {(name: string) => void} enter  Called when both are given
   */
  constructor(root, enter) {
    this.#root = root;
    this.#enter = enter;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    part(this.#root, "form").addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        this.#submit();
      },
      { signal },
    );
    for (const [name, type] of [
      ["name", "input"],
      ["consent", "change"],
    ]) {
      const field = part(this.#root, name ?? "", HTMLInputElement);
      field.addEventListener(type ?? "", () => this.#mark(field, true), { signal });
    }
  }

  #submit() {
    const name = part(this.#root, "name", HTMLInputElement);
    const consent = part(this.#root, "consent", HTMLInputElement);
    const cleaned = cleanName(name.value);
    this.#mark(name, cleaned !== null);
    this.#mark(consent, consent.checked);
    if (cleaned === null) name.focus();
    else if (!consent.checked) consent.focus();
    else this.#enter(cleaned);
  }

  /**
   * @param {HTMLInputElement} field
   * @param {boolean} good
   */
  #mark(field, good) {
    field.ariaInvalid = good ? null : "true";
    part(this.#root, `${field.dataset["part"]}-error`).hidden = good;
  }
}
