import { FailureWatch } from "../webrtc/failure-watch.js";
import { part, setText } from "./parts.js";
import { words } from "./words.js";

/**
 * @typedef {import("../webrtc/diagnosis.js").Diagnosis} Diagnosis
 * @typedef {import("../visit/visit.js").Visit} Visit
 * @typedef {import("../room/visitor.js").Visitor} Visitor
 */

/**
 * Say why there is no connection, and what helps.
 * @param {ParentNode} root  Holds the part `failure`
 * @param {Diagnosis | null} diagnosis
 */
export function showFailure(root, diagnosis) {
  const notice = part(root, "failure");
  notice.hidden = diagnosis === null;
  notice.dataset["cause"] = diagnosis?.cause ?? "";
  notice.dataset["side"] = diagnosis?.side ?? "";
  if (!diagnosis) return;
  const { cause, side, remedy } = diagnosis;
  setText(part(notice, "failure-cause"), words.say(`cause.${cause}.${side}`));
  setText(part(notice, "failure-remedy"), words.say(`remedy.${remedy}.${side}`));
}

/**
 * Watch a patient's way to the practice.
 * @param {Visit} visit
 * @returns {FailureWatch}
 */
export function watchVisit(visit) {
  return new FailureWatch(() => {
    const { state, waiting, conversation } = visit;
    return {
      due: state === "waiting" && waiting === "connecting",
      joining: state === "waiting" && waiting === "arriving" && visit.claim === null,
      attempt: conversation,
    };
  });
}

/** The ways to everybody who waits, each watched for itself. */
export class RoomFailures {
  /** @type {Map<Visitor, FailureWatch>} */
  #watches = new Map();
  #onChange;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @param {Iterable<Visitor>} visitors  Who is there now */
  watch(visitors) {
    const present = new Set(visitors);
    for (const [visitor, watch] of this.#watches) {
      if (present.has(visitor)) continue;
      watch.close();
      this.#watches.delete(visitor);
    }
    for (const visitor of present) {
      if (!this.#watches.has(visitor)) this.#watches.set(visitor, this.#begin(visitor));
    }
  }

  /**
   * @param {Visitor} visitor
   * @returns {Diagnosis | null}
   */
  of(visitor) {
    return this.#watches.get(visitor)?.diagnosis ?? null;
  }

  /** Watch nobody any more. */
  close() {
    this.watch([]);
  }

  /** @param {Visitor} visitor */
  #begin(visitor) {
    const watch = new FailureWatch(() => ({
      due: visitor.due && visitor.peer.state === "here" && !visitor.admitted,
      joining: false,
      attempt: visitor.conversation,
    }));
    watch.addEventListener("failure:changed", this.#onChange);
    return watch;
  }
}
