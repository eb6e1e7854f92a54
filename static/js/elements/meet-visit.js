import { LevelMeter } from "../media/level.js";
import { suitability } from "../media/in-app-browser.js";
import { CallStage } from "./call-stage.js";
import { keepDevices } from "./device-life.js";
import { showFailure, watchVisit } from "./failure-view.js";
import { LevelView } from "./level-view.js";
import { retryMedia } from "./media-problem.js";
import { openVisit } from "./open-visit.js";
import { onClick, part } from "./parts.js";
import { QualityView } from "./quality-view.js";
import { watchReturn } from "./return-watch.js";
import { VisitForm } from "./visit-form.js";
import { VisitView } from "./visit-view.js";
import { WakeLock } from "./wake-lock.js";
import { words } from "./words.js";

/**
 * `<meet-visit>` is the patient's page: it joins the visit (the model) with what the person sees and clicks.
 *
 * Attributes: `data-token`, `data-socket`, `data-consent`, `data-relay-only`; `state` is that of the visit, for styles and tests.
 */
export class MeetVisit extends HTMLElement {
  #abort = new AbortController();
  #wakeLock = new WakeLock();

  connectedCallback() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const { visit, media } = openVisit(this.dataset, words.language);
    const view = new VisitView(this, visit, media);
    const stage = new CallStage(
      this,
      media,
      {
        microphone: (on) => visit.outgoing.setMicrophone(on),
        camera: (on) => void visit.setCamera(on),
        switchCamera: () => visit.outgoing.switchCamera(),
        hangUp: () => visit.hangUp(),
      },
      signal,
    );
    const quality = new QualityView(this, media, visit.outgoing, signal);
    const failure = watchVisit(visit);
    const level = new LevelView(part(this, "level"), part(this, "level-words"), new LevelMeter());
    const form = new VisitForm(this, (name) => visit.enter(name, this.dataset["consent"] ?? ""));
    const render = () => {
      this.setAttribute("state", visit.state);
      view.render();
      stage.render(view.call);
      quality.watch(view.call);
      showFailure(this, failure.diagnosis);
      level.watch(media.track("audio"));
      void this.#wakeLock.keep(["waiting", "connected", "reconnecting"].includes(visit.state));
    };
    form.listen(signal);
    this.#bind(visit, media);
    onClick(this, "sound-only", () => view.acceptMedia(), signal);
    for (const [source, type] of /** @type {[EventTarget, string][]} */ ([
      [visit, "visit:changed"],
      [media, "media:changed"],
      [failure, "failure:changed"],
      [words, "words:changed"],
      [this, "stage:moved"],
    ])) {
      source.addEventListener(type, render, { signal });
    }
    signal.addEventListener("abort", () => {
      visit.close();
      failure.close();
      void level.close();
    });
    view.rescue(surroundings());
    // A click before this script ran would have been lost.
    for (const name of ["allow", "skip"]) part(this, name, HTMLButtonElement).disabled = false;
    render();
    if (visit.interrupted) void visit.resume();
  }

  disconnectedCallback() {
    this.#abort.abort();
    void this.#wakeLock.keep(false);
  }

  /**
   * @param {import("../visit/visit.js").Visit} visit
   * @param {import("../media/capture.js").LocalMedia} media
   */
  #bind(visit, media) {
    const { signal } = this.#abort;
    onClick(this, "allow", () => visit.allow(), signal);
    onClick(this, "skip", () => visit.allow({ video: false }), signal);
    onClick(this, "retry", () => retryMedia(media), signal);
    onClick(this, "leave", () => visit.hangUp(), signal);
    onClick(this, "claim-accept", () => visit.answerClaim(true), signal);
    onClick(this, "claim-refuse", () => visit.answerClaim(false), signal);
    onClick(this, "continue", () => visit.continueHere(), signal);
    onClick(this, "again", () => location.reload(), signal);
    onClick(this, "reload", () => location.reload(), signal);
    watchReturn((networkChanged) => visit.comeBack(networkChanged), signal);
    keepDevices(media, visit.outgoing, signal);
  }
}

/** @returns {import("../media/in-app-browser.js").Suitability} */
function surroundings() {
  return suitability({
    userAgent: navigator.userAgent,
    mediaDevices: Boolean(navigator.mediaDevices?.getUserMedia),
    peerConnection: "RTCPeerConnection" in globalThis,
    isSecureContext: globalThis.isSecureContext,
  });
}

customElements.define("meet-visit", MeetVisit);
