/**
 * `<meet-copy text="…">` copies its text when its button is pressed and says so.
 *
 * Parts: `copy` (a button, hidden until this script runs), `status` (a live region), and two templates with what the
 * status says: `copied` and `failed`. Its state is an attribute: `state="copied|failed"`.
 */
export class MeetCopy extends HTMLElement {
  /** @type {AbortController | undefined} */
  #abort;

  connectedCallback() {
    this.#abort = new AbortController();
    const button = this.querySelector("[data-part=copy]");
    if (!(button instanceof HTMLButtonElement)) return;
    button.hidden = false;
    button.addEventListener("click", () => void this.copy(), { signal: this.#abort.signal });
  }

  disconnectedCallback() {
    this.#abort?.abort();
  }

  /** Copy the text; a refused clipboard is a state with words of its own, so nothing is thrown. */
  async copy() {
    try {
      await navigator.clipboard.writeText(this.getAttribute("text") ?? "");
      this.#tell("copied");
    } catch {
      this.#tell("failed");
    }
  }

  /** @param {"copied" | "failed"} state */
  #tell(state) {
    this.setAttribute("state", state);
    const words = this.querySelector(`template[data-part=${state}]`);
    const status = this.querySelector("[data-part=status]");
    if (words instanceof HTMLTemplateElement) {
      status?.replaceChildren(words.content.cloneNode(true));
    }
  }
}

customElements.define("meet-copy", MeetCopy);
