import { QualityMonitor } from "../quality/monitor.js";
import { facts, isRelayed, reportText } from "../quality/report.js";
import { onClick, part, setText } from "./parts.js";
import { words } from "./words.js";

/**
 * @typedef {import("../quality/monitor.js").Observed} Observed
 * @typedef {import("../quality/report.js").Fact} Fact
 */

const PAUSED = "quality.paused";

/** How good the call is: an indicator in words, and behind it a menu with everything there is to know. */
export class QualityView {
  #root;
  #menu;
  #monitor;
  /** @type {Fact[]} As shown */
  #facts = [];
  /** Key of what is warned of */
  #warning = "";

  /**
   * @param {HTMLElement} root  The element that holds the parts
   * @param {import("../media/capture.js").LocalMedia} media  Ours
   * @param {import("../webrtc/outgoing.js").Outgoing} outgoing
   * @param {AbortSignal} signal
   */
  constructor(root, media, outgoing, signal) {
    this.#root = root;
    this.#menu = part(root, "quality", HTMLDetailsElement);
    const monitor = new QualityMonitor({ media, onPaused: (paused) => outgoing.setPaused(paused) });
    this.#monitor = monitor;
    const render = () => this.#render();
    monitor.addEventListener("quality:changed", render, { signal });
    words.addEventListener("words:changed", render, { signal });
    this.#menu.addEventListener("toggle", render, { signal });
    this.#dismiss(signal);
    const detail = part(root, "quality-detail", HTMLInputElement);
    detail.addEventListener("change", () => (monitor.detail = detail.checked), { signal });
    onClick(root, "quality-copy", () => this.#copy(), signal);
    signal.addEventListener("abort", () => monitor.close());
    render();
  }

  /** @param {import("./call-stage.js").CallView} view */
  watch({ conversation, admitted }) {
    this.#monitor.watch(admitted ? conversation : null);
  }

  #render() {
    const { observed } = this.#monitor;
    const { level, reason, side } = observed?.verdict ?? { level: 0, reason: "fine", side: "both" };
    this.#menu.dataset["level"] = String(level);
    this.#menu.dataset["step"] = observed?.decision.step ?? "";
    this.#menu.dataset["way"] = observed
      ? isRelayed(observed.snapshot)
        ? "relayed"
        : "direct"
      : "";
    this.#say("quality-words", level === 0 ? "quality.measuring" : `quality.level.${level}`);
    const sentence = level === 0 ? "quality.measuring" : `quality.${reason}.${side}`;
    this.#say("quality-sentence", sentence);
    this.#warn(observed, sentence);
    if (this.#menu.open) this.#showFacts(observed);
  }

  /**
   * A picture that is held back is told as long as it is; a bad call when it becomes one.
   * @param {Observed | null} observed
   * @param {string} sentence
   */
  #warn(observed, sentence) {
    const kept = observed?.verdict.level === 1 && this.#warning !== PAUSED ? this.#warning : "";
    const told = observed?.verdict.warn ? sentence : kept;
    this.#warning = observed?.paused ? PAUSED : told;
    this.#say("quality-warning", this.#warning);
    part(this.#root, "quality-warning").hidden = this.#warning === "";
  }

  /** @param {Observed | null} observed */
  #showFacts(observed) {
    const say = words.say.bind(words);
    this.#facts = observed ? facts(observed, say, words.language) : [];
    const list = part(this.#root, "quality-facts");
    const rows = [...list.children];
    for (const row of rows.slice(this.#facts.length)) row.remove();
    this.#facts.forEach((fact, index) => {
      const row = rows[index] ?? this.#addRow(list);
      const [label, value] = row.children;
      if (label instanceof HTMLElement) setText(label, fact[0]);
      if (value instanceof HTMLElement) setText(value, fact[1]);
    });
  }

  /** @param {HTMLElement} list */
  #addRow(list) {
    const template = part(this.#root, "quality-fact", HTMLTemplateElement);
    list.append(template.content.cloneNode(true));
    return /** @type {Element} */ (list.lastElementChild);
  }

  async #copy() {
    const status = part(this.#root, "quality-copied");
    try {
      await navigator.clipboard.writeText(reportText(this.#facts, words.say("quality.report")));
      setText(status, words.say("quality.copied"));
    } catch {
      setText(status, words.say("copy.failed"));
    }
  }

  /**
   * Close the menu as people expect of one: with Escape, or with a click beside it.
   * @param {AbortSignal} signal
   */
  #dismiss(signal) {
    const menu = this.#menu;
    menu.addEventListener(
      "keydown",
      ({ key }) => {
        if (key !== "Escape" || !menu.open) return;
        menu.open = false;
        menu.querySelector("summary")?.focus();
      },
      { signal },
    );
    document.addEventListener(
      "click",
      ({ target }) => {
        if (target instanceof Node && !menu.contains(target)) menu.open = false;
      },
      { signal },
    );
  }

  /**
   * @param {string} name
   * @param {string} key  "" for nothing
   */
  #say(name, key) {
    setText(part(this.#root, name), key && words.say(key));
  }
}
