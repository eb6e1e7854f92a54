/**
 * `<meet-password>` lets people look at the password that they type.
 *
 * Parts: `password` (an input), `show` (a toggle button, hidden until this script runs). The password is hidden again
 * before the form is sent, so that no browser keeps it among the texts that it offers in other forms.
 */
export class MeetPassword extends HTMLElement {
  /** @type {AbortController | undefined} */
  #abort;

  connectedCallback() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const input = this.querySelector("[data-part=password]");
    const show = this.querySelector("[data-part=show]");
    if (!(input instanceof HTMLInputElement) || !(show instanceof HTMLButtonElement)) return;
    /** @param {boolean} shown */
    const reveal = (shown) => {
      input.type = shown ? "text" : "password";
      show.setAttribute("aria-pressed", String(shown));
    };
    show.hidden = false;
    show.addEventListener("click", () => reveal(input.type === "password"), { signal });
    input.form?.addEventListener("submit", () => reveal(false), { signal });
  }

  disconnectedCallback() {
    this.#abort?.abort();
  }
}

customElements.define("meet-password", MeetPassword);
