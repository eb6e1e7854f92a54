/**
 * `<meet-password>` lets people look at the password that they type.
 *
 * Parts: `password` (an input), `show` (a labelled check box, hidden until this script runs). The password is hidden
 * again before the form is sent, so that no browser keeps it among the texts that it offers in other forms.
 */
export class MeetPassword extends HTMLElement {
  /** @type {AbortController | undefined} */
  #abort;

  connectedCallback() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const input = this.querySelector("[data-part=password]");
    const show = this.querySelector("[data-part=show]");
    const box = show?.querySelector("input");
    if (!(input instanceof HTMLInputElement) || !(show instanceof HTMLElement) || !box) return;
    const reveal = () => {
      input.type = box.checked ? "text" : "password";
    };
    const conceal = () => {
      box.checked = false;
      reveal();
    };
    show.hidden = false;
    box.addEventListener("change", reveal, { signal });
    input.form?.addEventListener("submit", conceal, { signal });
  }

  disconnectedCallback() {
    this.#abort?.abort();
  }
}

customElements.define("meet-password", MeetPassword);
