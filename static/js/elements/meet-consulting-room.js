import { randomId } from "../ids.js";
import { ConsultingRoom } from "../room/consulting-room.js";
import { SignallingClient } from "../signalling/client.js";
import { PROTOCOL_VERSION } from "../signalling/messages.js";
import { CallStage } from "./call-stage.js";
import { keepDevices } from "./device-life.js";
import { RoomFailures } from "./failure-view.js";
import { openMedia, socketUrl } from "./open-visit.js";
import { onClick } from "./parts.js";
import { QualityView } from "./quality-view.js";
import { offerRelay } from "./relay-choice.js";
import { watchReturn } from "./return-watch.js";
import { RoomView } from "./room-view.js";
import { WaitingList } from "./waiting-list.js";
import { WakeLock } from "./wake-lock.js";
import { words } from "./words.js";

/**
 * `<meet-consulting-room>` is the practitioner's page: it joins the room (the model) with what is seen and clicked.
 *
 * Attributes: `data-socket`, `data-name`, `data-relay-only`; `state` is that of the room, for styles and tests.
 */
export class MeetConsultingRoom extends HTMLElement {
  #abort = new AbortController();
  #wakeLock = new WakeLock();

  connectedCallback() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const media = openMedia();
    const { room, signalling } = openRoom(this.dataset, media);
    const view = new RoomView(this, room, media);
    const failures = new RoomFailures(() => render());
    const list = new WaitingList(this, room, failures);
    const stage = new CallStage(
      this,
      media,
      {
        microphone: (on) => (media.active ? room.outgoing.setMicrophone(on) : void room.allow()),
        camera: (on) => (media.active ? room.outgoing.setCamera(on) : void room.allow()),
        switchCamera: () => room.outgoing.switchCamera(),
        hangUp: () => room.hangUp(),
      },
      signal,
    );
    const quality = new QualityView(this, media, room.outgoing, signal);
    const render = () => {
      this.setAttribute("state", room.state);
      view.render();
      failures.watch(room.visitors.values());
      list.render();
      stage.render(view.call);
      quality.watch(view.call);
      signalling.urgent = room.state !== "idle";
      void this.#wakeLock.keep(room.state !== "idle");
    };
    offerRelay(this, room.ways, signal);
    onClick(this, "end", () => room.end(), signal);
    onClick(this, "allow", () => room.allow(), signal);
    onClick(this, "continue", () => room.open(), signal);
    for (const [source, type] of /** @type {[EventTarget, string][]} */ ([
      [room, "room:changed"],
      [media, "media:changed"],
      [words, "words:changed"],
      [this, "stage:moved"],
    ])) {
      source.addEventListener(type, render, { signal });
    }
    watchReturn((networkChanged) => room.comeBack(networkChanged), signal);
    keepDevices(media, room.outgoing, signal);
    signal.addEventListener("abort", () => {
      room.close();
      failures.close();
    });
    render();
    room.open();
  }

  disconnectedCallback() {
    this.#abort.abort();
    void this.#wakeLock.keep(false);
  }
}

/**
 * Put a room together from what the page carries.
 * @param {DOMStringMap} data  `socket`, `name`
 * @param {import("../media/capture.js").LocalMedia} media
 * @returns {{ room: ConsultingRoom, signalling: SignallingClient }}
 */
function openRoom({ socket = "", name = "" }, media) {
  const instance = randomId();
  const signalling = new SignallingClient({
    url: socketUrl(socket),
    instance,
    join: () => ({ type: "join", version: PROTOCOL_VERSION, instance }),
  });
  const host = { name, language: words.language };
  return { room: new ConsultingRoom({ signalling, media, host }), signalling };
}

customElements.define("meet-consulting-room", MeetConsultingRoom);
