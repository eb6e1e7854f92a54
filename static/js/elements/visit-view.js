import { mediaProblem } from "./media-problem.js";
import { part, setText } from "./parts.js";
import { words } from "./words.js";

/**
 * Where the shared parts live in each state, before the call and during it. They move, so that there is one picture of oneself
 * and one of each button, and so that the stage, which fills the window, hides nothing that is said.
 */
const HOMES = /** @type {const} */ ([
  ["local-video", "preview", "stage"],
  ["camera", "preview-bar", "bar"],
  ["microphone", "preview-bar", "bar"],
  ["language-switch", "header", "stage-language"],
  ["claim", "page-notices", "stage-notices"],
  ["message", "page-notices", "stage-notices"],
]);

const FAILURES = new Map([
  ["unknown-invitation", "unknown"],
  ["unknown-seat", "unknown"],
]);

/** Everything of the patient's page that is words: what the visit's state means to the person. */
export class VisitView {
  #root;
  #visit;
  #media;
  /** @type {string | null} What is wrong with camera and microphone and shall not be spoken of again */
  #accepted = null;

  /**
   * @param {HTMLElement} root
   * @param {import("../visit/visit.js").Visit} visit
   * @param {import("../media/capture.js").LocalMedia} media
   */
  constructor(root, visit, media) {
    this.#root = root;
    this.#visit = visit;
    this.#media = media;
  }

  /** @returns {import("./call-stage.js").CallView} */
  get call() {
    const { conversation, admitted, state } = this.#visit;
    return {
      conversation,
      admitted,
      media: this.#media,
      reconnecting: state === "reconnecting",
    };
  }

  /** Go on with what there is: the warning has done its work. */
  acceptMedia() {
    this.#accepted = mediaProblem(this.#media.state);
    this.#sayMedia();
    if (this.#visit.state === "preview") part(this.#root, "name").focus();
  }

  /** Say everything anew. */
  render() {
    this.#settle();
    this.#sayMedia();
    this.#sayWaiting();
    this.#sayClaim();
    this.#sayEnd();
    const unheard = this.#visit.offline && this.#visit.state !== "failed";
    this.#say("message", unheard ? words.say("waiting.no-server") : "");
    part(this.#root, "message").hidden = !unheard;
  }

  /**
   * Help somebody whose browser cannot hold a consultation into one that can.
   * @param {import("../media/in-app-browser.js").Suitability} suitability
   */
  rescue(suitability) {
    if (suitability === "ok") return;
    part(this.#root, "rescue").hidden = false;
    for (const [name, key] of /** @type {const} */ ([
      ["rescue-title", `rescue.${suitability}.title`],
      ["rescue-text", `rescue.${suitability}`],
    ])) {
      part(this.#root, name).dataset["phrase"] = key;
      this.#say(name, words.say(key));
    }
    // Inside another app it may still work; without a secure page or WebRTC it cannot.
    part(this.#root, "first-step").hidden = suitability !== "in-app";
  }

  #settle() {
    const inCall = this.#visit.state === "connected" || this.#visit.state === "reconnecting";
    const video = part(this.#root, "local-video", HTMLVideoElement);
    for (const [name, before, during] of HOMES) {
      const home = document.querySelector(`[data-home="${inCall ? during : before}"]`);
      const item = part(document, name);
      if (home && item.parentElement !== home) home.prepend(item);
    }
    video.classList.toggle("stage__self", inCall);
    video.classList.toggle("preview__picture", !inCall);
    // A picture that moves to another place of the page stops (HTML, "removing steps" of media elements).
    if (video.paused && video.srcObject) void video.play().catch(() => {});
    document.body.classList.toggle("is-in-call", inCall);
  }

  #sayMedia() {
    const problem = mediaProblem(this.#media.state);
    part(this.#root, "media-problem").hidden = problem === null || problem === this.#accepted;
    part(this.#root, "no-picture").hidden = this.#media.camera === "on";
    part(this.#root, "local-video").hidden = this.#media.camera !== "on";
    if (problem === null) return;
    this.#say("media-problem-title", words.say(`media.${problem}.title`));
    this.#say("media-problem-text", words.say(`media.${problem}`));
    part(this.#root, "sound-only").hidden = !problem.startsWith("camera-");
  }

  #sayWaiting() {
    const { waiting, conversation } = this.#visit;
    const key = `waiting.${waiting}`;
    const titled = words.has(`${key}.title`);
    const values = { practitioner: conversation?.name ?? "", ...this.#waitingTime() };
    this.#say("waiting-title", words.say(titled ? `${key}.title` : key));
    this.#say("waiting-text", titled ? words.say(key, values) : "");
  }

  /** @returns {{ time?: Date }} The time that the sentence is about */
  #waitingTime() {
    const { waiting, appointment, seenSince } = this.#visit;
    const time = waiting === "early" ? appointment?.opensAt : appointment?.arrivedAt;
    if (seenSince) return { time: seenSince };
    return time ? { time: new Date(time) } : {};
  }

  #sayClaim() {
    const { claim } = this.#visit;
    part(this.#root, "claim").hidden = claim === null;
    part(this.#root, "waiting-status").hidden = claim?.own ?? false;
    if (!claim) return;
    const key = claim.own ? "claim.own" : "claim.asked";
    this.#say("claim-title", words.say(`${key}.title`));
    this.#say("claim-text", words.say(key));
    part(this.#root, "claim-actions").hidden = claim.own;
  }

  #sayEnd() {
    const { state, reason } = this.#visit;
    if (state === "ended") this.#say("ended-title", words.say(`ended.${reason}.title`));
    // Where the practice has ended it for good, the link leads nowhere any more.
    for (const name of ["ended-back", "again"]) part(this.#root, name).hidden = reason === "ended";
    if (state !== "failed") return;
    const known = FAILURES.get(reason) ?? reason;
    const key = words.has(`failed.${known}`) ? `failed.${known}` : "failed.other";
    const title = words.has(`${key}.title`) ? `${key}.title` : "failed.title";
    this.#say("failed-title", words.say(title));
    this.#say("failed-text", words.say(key));
    part(this.#root, "continue").hidden = reason !== "taken-over";
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #say(name, text) {
    setText(part(this.#root, name), text);
  }
}
