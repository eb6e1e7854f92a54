import { LocalMedia } from "../../../static/js/media/capture.js";
import { ConsultingRoom } from "../../../static/js/room/consulting-room.js";
import { SignallingClient } from "../../../static/js/signalling/client.js";
import { VisitMemory } from "../../../static/js/visit/memory.js";
import { Visit } from "../../../static/js/visit/visit.js";
import { makeCertificate } from "../../../static/js/webrtc/certificate.js";
import { FakeClock } from "./clock.js";
import { CAMERA, FakeMediaDevices, FakeMediaStream, MICROPHONE } from "./media.js";
import { installWebRtc } from "./peer-connection.js";
import { FakeHub } from "./signalling.js";
import { FakeStorage } from "./storage.js";
import { rest } from "./turns.js";

/**
 * @typedef {import("./media.js").FakeTrack} FakeTrack
 * @typedef {import("./peer-connection.js").FakePeerConnection} FakePeerConnection
 */

export const NOW = Date.parse("2026-11-24T10:02:00Z");
const STEP_MILLISECONDS = 250;

let instances = 0;

/** A practice with its server, and whoever comes: real pages' models, whose time a test moves. */
export class FakePractice {
  hub = new FakeHub();
  #clock = new FakeClock();
  #t;

  /** @param {import("node:test").TestContext} t */
  constructor(t) {
    this.#t = t;
    this.network = installWebRtc(t);
    t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  }

  /**
   * Open the consulting room's page.
   * @param {PageOptions} [options]
   */
  openRoom(options = {}) {
    const page = this.#openPage("/ws/room", options);
    const { signalling, media } = page;
    const host = /** @type {const} */ ({ name: "Dr. Weber", language: "de" });
    const room = new ConsultingRoom({ signalling, media, host });
    room.open();
    this.#t.after(() => room.close());
    return { ...page, room };
  }

  /**
   * Open the page behind an invitation.
   * @param {string} token
   * @param {PageOptions & { storage?: Storage | null }} [options]
   */
  openVisit(token, { storage = new FakeStorage(), ...options } = {}) {
    const memory = new VisitMemory(storage, token);
    const page = this.#openPage("/ws/visit", { ...options, token, memory });
    const { signalling, media } = page;
    const certificate = options.certificate ?? makeCertificate();
    const visit = new Visit({ signalling, media, memory, certificate, language: "de" });
    this.#t.after(() => visit.close());
    return { ...page, visit, storage, memory };
  }

  /**
   * Let time pass for everybody.
   * @param {number} milliseconds
   */
  async pass(milliseconds) {
    for (let left = milliseconds; left > 0; left -= STEP_MILLISECONDS) {
      const step = Math.min(left, STEP_MILLISECONDS);
      this.#t.mock.timers.tick(step);
      this.#clock.advance(step);
      await rest(4);
    }
    await rest();
  }

  /**
   * @typedef {object} PageOptions
   * @property {FakeMediaDevices} [devices]
   * @property {boolean} [granted] Whether the browser gives the devices without asking
   * @property {Promise<RTCCertificate>} [certificate]
   */

  /**
   * @param {string} path
   * @param {PageOptions & { token?: string, memory?: VisitMemory }} options
   */
  #openPage(path, { devices = new FakeMediaDevices(MICROPHONE, CAMERA), granted = true, ...rest }) {
    instances += 1;
    const instance = `instance-${instances}`;
    const { token, memory } = rest;
    const media = new LocalMedia({
      mediaDevices: /** @type {MediaDevices} */ (/** @type {unknown} */ (devices)),
      permissions: /** @type {Permissions} */ (
        /** @type {unknown} */ ({
          query: async () => ({ state: granted ? "granted" : "prompt" }),
        })
      ),
      isSecureContext: true,
      MediaStreamClass: /** @type {typeof MediaStream} */ (
        /** @type {unknown} */ (FakeMediaStream)
      ),
    });
    const signalling = new SignallingClient({
      url: `wss://practice.example${path}`,
      instance,
      join: (resume) => ({
        type: "join",
        version: 1,
        instance,
        ...(resume ? { resume } : token ? { token } : {}),
        language: "de",
      }),
      ...(memory ? { storage: memory.secret } : {}),
      WebSocketClass: this.hub.WebSocketClass,
      random: () => 0.5,
      clock: this.#clock,
    });
    return { media, devices, signalling };
  }
}

/**
 * What a connection sends just now.
 * @param {FakePeerConnection | undefined} peer
 * @returns {string[]} kinds
 */
export function sending(peer) {
  if (peer?.connectionState !== "connected") return [];
  return peer.transceivers
    .filter(({ sender }) => sender.track?.readyState === "live")
    .map(({ kind }) => kind);
}

/**
 * What a connection ever put on its lines.
 * @param {FakePeerConnection | undefined} peer
 * @returns {(FakeTrack | null)[]}
 */
export function everSent(peer) {
  return (peer?.transceivers ?? []).flatMap(({ sender }) => sender.history).filter(Boolean);
}
