import { onClick, part, setText } from "./parts.js";
import { words } from "./words.js";

/**
 * @typedef {import("../webrtc/conversation.js").Conversation} Conversation
 * @typedef {object} CallView  What there is to show of a call
 * @property {Conversation | null} conversation  With the other side
 * @property {boolean} admitted  Whether pictures may flow
 * @property {import("../media/capture.js").LocalMedia} media  Ours
 * @property {boolean} reconnecting
 * @typedef {object} CallActions
 * @property {(on: boolean) => void} microphone
 * @property {(on: boolean) => void} camera
 * @property {() => Promise<unknown>} switchCamera
 * @property {() => Promise<unknown>} hangUp
 */

/** What is taken for granted until the other side has said what it shows. */
const SHOWING = Object.freeze({ microphone: "on", camera: "on", page: "visible" });

/** The parts of a call that both pages share: two pictures, words over them, and the bar of buttons. */
export class CallStage {
  #root;
  #remote;
  #local;

  /**
   * @param {HTMLElement} root  The element that holds the parts
   * @param {import("../media/capture.js").LocalMedia} media
   * @param {CallActions} actions
   * @param {AbortSignal} signal
   */
  constructor(root, media, actions, signal) {
    this.#root = root;
    this.#remote = part(root, "remote-video", HTMLVideoElement);
    this.#local = part(root, "local-video", HTMLVideoElement);
    for (const kind of /** @type {const} */ (["microphone", "camera"])) {
      const button = part(root, kind);
      const toggle = () => actions[kind](button.ariaPressed !== "true");
      button.addEventListener("click", toggle, { signal });
    }
    onClick(root, "switch-camera", actions.switchCamera, signal);
    onClick(root, "hang-up", actions.hangUp, signal);
    onClick(root, "switch-sound-on", () => this.#play(), signal);
    media.addEventListener("media:changed", () => void this.#offerCameras(media), { signal });
    for (const type of ["loadeddata", "resize", "emptied"]) {
      this.#remote.addEventListener(
        type,
        () => this.#root.dispatchEvent(new Event("stage:moved")),
        {
          signal,
        },
      );
    }
  }

  /** @param {CallView} view */
  render(view) {
    const { conversation, admitted, media } = view;
    this.#showPictures(media.stream, admitted ? conversation : null);
    for (const kind of /** @type {const} */ (["microphone", "camera"])) {
      const button = part(this.#root, kind, HTMLButtonElement);
      button.ariaPressed = String(media[kind] === "on");
      button.disabled = media[kind] === "missing";
    }
    setText(part(this.#root, "verification-code"), spaced(conversation?.code ?? ""));
    setText(part(this.#root, "other-state"), this.#aboutOther(view));
    setText(part(this.#root, "stage-message"), this.#overPicture(view));
  }

  /**
   * @param {MediaStream | null} own
   * @param {Conversation | null} other  Only while admitted: the stage belongs to one person at a time
   */
  #showPictures(own, other) {
    const remote = other?.remote ?? null;
    this.#show(this.#local, own);
    if (this.#show(this.#remote, remote)) void this.#play();
    if (!remote) part(this.#root, "switch-sound-on").hidden = true;
    setText(part(this.#root, "other-name"), other?.name ?? "");
  }

  /** @param {import("../media/capture.js").LocalMedia} media */
  async #offerCameras(media) {
    part(this.#root, "switch-camera").hidden = (await media.cameraCount()) < 2;
  }

  /**
   * @param {CallView} view
   * @returns {string} One sentence beside the name
   */
  #aboutOther({ conversation, admitted }) {
    if (!conversation || !admitted) return "";
    if (conversation.unverified) return words.say("call.unverified");
    if (conversation.flow === "unstable") return words.say("call.unstable");
    const { microphone, camera, page } = conversation.state ?? SHOWING;
    if (page === "hidden") return words.say("call.other-hidden");
    // With the camera off as well, the sentence over the picture says both.
    return microphone !== "on" && (camera === "on" || camera === "paused")
      ? words.say("call.other-silent")
      : "";
  }

  /**
   * @param {CallView} view
   * @returns {string} One sentence over the picture; nobody looks at a dark or frozen one without being told
   */
  #overPicture({ conversation, admitted, reconnecting }) {
    if (reconnecting) return words.say("call.reconnecting");
    if (!conversation || !admitted) return "";
    const { microphone, camera } = conversation.state ?? SHOWING;
    if (camera === "paused") return words.say("call.other-paused");
    if (camera !== "on") {
      return words.say(microphone === "on" ? "call.other-dark" : "call.other-neither");
    }
    return this.#remote.videoWidth > 0 ? "" : words.say("call.no-picture");
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {MediaStream | null} stream
   * @returns {boolean} Whether the stream is another one than before
   */
  #show(video, stream) {
    if (video.srcObject === stream) return false;
    video.srcObject = stream;
    return stream !== null;
  }

  async #play() {
    const button = part(this.#root, "switch-sound-on");
    try {
      await this.#remote.play();
      button.hidden = true;
    } catch (error) {
      // Another stream has taken its place, which plays for itself; else the browser wants a click first.
      button.hidden = !(error instanceof DOMException && error.name === "NotAllowedError");
    }
  }
}

/**
 * @param {string} code
 * @returns {string} In two groups, easier to read out
 */
function spaced(code) {
  return code ? `${code.slice(0, 3)} ${code.slice(3)}` : "";
}
