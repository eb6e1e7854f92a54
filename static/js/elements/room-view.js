import { mediaProblem } from "./media-problem.js";
import { part, setText } from "./parts.js";
import { words } from "./words.js";

const FAILURES = new Map([
  ["taken-over", "room.taken-over"],
  ["not-signed-in", "failed.not-signed-in"],
  ["version", "failed.version"],
  ["too-many-sockets", "failed.too-many-sockets"],
]);

/** What the practitioner's page says beside the list and the call. */
export class RoomView {
  #root;
  #room;
  #media;
  #count = 0;

  /**
   * @param {HTMLElement} root
   * @param {import("../room/consulting-room.js").ConsultingRoom} room
   * @param {import("../media/capture.js").LocalMedia} media
   */
  constructor(root, room, media) {
    this.#root = root;
    this.#room = room;
    this.#media = media;
  }

  /** @returns {import("./call-stage.js").CallView} */
  get call() {
    const { current, state } = this.#room;
    return {
      conversation: current?.conversation ?? null,
      admitted: current?.admitted ?? false,
      media: this.#media,
      reconnecting: state === "reconnecting",
    };
  }

  /** Say everything anew. */
  render() {
    const { visitors, reason, offline } = this.#room;
    const trouble = this.#trouble(reason, offline);
    setText(part(this.#root, "message"), trouble);
    part(this.#root, "message").hidden = trouble === "";
    this.#sayIdle();
    part(this.#root, "continue").hidden = reason !== "taken-over";
    part(this.#root, "nobody").hidden = visitors.size > 0 || reason !== "";
    if (visitors.size !== this.#count) {
      setText(part(this.#root, "news"), visitors.size > this.#count ? words.say("room.came") : "");
    }
    this.#count = visitors.size;
    const ready = this.#room.granted !== false && visitors.size === 0;
    part(this.#root, "allow-row").hidden = this.#media.active || ready || reason !== "";
    const problem = mediaProblem(this.#media.state);
    setText(part(this.#root, "media-problem"), problem ? words.say(`media.${problem}`) : "");
    part(this.#root, "local-video").hidden = this.#media.camera !== "on";
  }

  /** A page that was refused knows nothing of the room any more, so it says nothing of it. */
  #sayIdle() {
    const { departed, reason } = this.#room;
    const title = departed ? "room.left" : "room.idle.title";
    setText(part(this.#root, "idle-title"), reason ? "" : words.say(title));
    part(this.#root, "idle-hint").hidden = reason !== "";
  }

  /**
   * @param {string} reason
   * @param {boolean} offline
   */
  #trouble(reason, offline) {
    if (reason) return words.say(FAILURES.get(reason) ?? "failed.other");
    return offline ? words.say("room.no-server") : "";
  }
}
