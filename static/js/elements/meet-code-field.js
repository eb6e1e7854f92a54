import { formatAccessCode } from "./access-code.js";

/**
 * `<meet-code-field>` writes the access code in its `input` part in capitals and groups of three while it is typed at
 * the end or pasted. While somebody corrects the middle it waits until the field is left, so the caret never jumps.
 */
export class MeetCodeField extends HTMLElement {
  /** @type {AbortController | undefined} */
  #abort;

  connectedCallback() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const input = this.querySelector("[data-part=input]");
    if (!(input instanceof HTMLInputElement)) return;
    input.addEventListener(
      "input",
      () => {
        if (input.selectionEnd === input.value.length) this.#format(input);
      },
      { signal },
    );
    input.addEventListener("change", () => this.#format(input), { signal });
  }

  disconnectedCallback() {
    this.#abort?.abort();
  }

  /** @param {HTMLInputElement} input */
  #format(input) {
    const formatted = formatAccessCode(input.value);
    if (formatted !== input.value) input.value = formatted;
  }
}

customElements.define("meet-code-field", MeetCodeField);
