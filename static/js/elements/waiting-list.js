import { showFailure } from "./failure-view.js";
import { onClick, part, setText } from "./parts.js";
import { words } from "./words.js";

/** @typedef {import("../room/visitor.js").Visitor} Visitor */

/** Who waits: one item for each seat, changed in place, so that focus and screen readers stay where they are. */
export class WaitingList {
  #root;
  #list;
  #room;
  #failures;

  /**
   * @param {HTMLElement} root
   * @param {import("../room/consulting-room.js").ConsultingRoom} room
   * @param {import("./failure-view.js").RoomFailures} failures  Why somebody cannot be connected with
   */
  constructor(root, room, failures) {
    this.#root = root;
    this.#list = part(root, "waiting-list");
    this.#room = room;
    this.#failures = failures;
  }

  /** Bring the list in line with the room. */
  render() {
    const { visitors } = this.#room;
    for (const item of [...this.#items()]) {
      if (!visitors.has(item.dataset["seat"] ?? "")) item.remove();
    }
    const known = new Map([...this.#items()].map((item) => [item.dataset["seat"], item]));
    for (const [seat, visitor] of visitors) {
      this.#show(known.get(seat) ?? this.#add(seat), visitor);
    }
  }

  /** @returns {NodeListOf<HTMLElement>} */
  #items() {
    return this.#list.querySelectorAll('[data-part="waiting-patient"]');
  }

  /**
   * @param {string} seat
   * @returns {HTMLElement}
   */
  #add(seat) {
    const template = part(this.#root, "waiting-template", HTMLTemplateElement);
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const item = part(copy, "waiting-patient");
    item.dataset["seat"] = seat;
    words.apply(item);
    onClick(item, "admit", () => this.#room.admit(seat));
    onClick(item, "claim-accept", () => this.#room.answerClaim(seat, true));
    onClick(item, "claim-refuse", () => this.#room.answerClaim(seat, false));
    this.#list.append(item);
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {Visitor} visitor
   */
  #show(item, visitor) {
    const { peer, conversation, claim } = visitor;
    const current = this.#room.current === visitor;
    item.dataset["presence"] = peer.state;
    item.classList.toggle("waiting-list__item--current", current);
    setText(part(item, "patient-name"), conversation?.name || words.say("room.unnamed"));
    const startsAt = { alias: peer.alias ?? "", time: new Date(peer.startsAt ?? "") };
    setText(part(item, "patient-alias"), words.say("room.alias", startsAt));
    setText(part(item, "patient-since"), this.#since(visitor));
    showFailure(item, this.#failures.of(visitor));
    part(item, "claim").hidden = claim === null;
    part(item, "in-call").hidden = !current;
    const admit = part(item, "admit", HTMLButtonElement);
    admit.hidden = current;
    admit.disabled = this.#room.current !== null || !visitor.reachable;
  }

  /** @param {Visitor} visitor */
  #since({ peer, due, reachable }) {
    const time = (/** @type {string | null} */ iso) => ({ time: new Date(iso ?? Date.now()) });
    if (peer.state === "away") return words.say("room.away", time(peer.since));
    const since = time(peer.arrivedAt ?? peer.since);
    if (!due) return words.say("room.early", since);
    return reachable ? words.say("room.since", since) : words.say("room.connecting");
  }
}
