import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalMedia } from "../../../static/js/media/capture.js";
import { Outgoing } from "../../../static/js/webrtc/outgoing.js";
import { CAMERA, FakeMediaDevices, FakeMediaStream, MICROPHONE } from "../fakes/media.js";
import { rest } from "../fakes/turns.js";

/** @typedef {import("../../../static/js/webrtc/conversation.js").Conversation} Conversation */

/** As much of a conversation as tracks flow to. */
class Listener {
  /** @type {{ audio: object | null, video: object | null }} */
  tracks = { audio: null, video: null };
  /** @type {string[]} kinds that ever flowed */
  ever = [];
  /** @type {{ microphone: string, camera: string, page: string }[]} */
  told = [];

  /** @param {{ audio: object | null, video: object | null }} tracks */
  async attach(tracks) {
    await rest(1);
    this.tracks = tracks;
    if (tracks.audio) this.ever.push("audio");
    if (tracks.video) this.ever.push("video");
  }

  /** @param {{ type: string, microphone: string, camera: string, page: string }} message */
  say({ microphone, camera, page }) {
    this.told.push({ microphone, camera, page });
    return true;
  }

  get flows() {
    const { audio, video } = this.tracks;
    return [...(audio ? ["audio"] : []), ...(video ? ["video"] : [])];
  }
}

/** @param {Listener} listener */
const asConversation = (listener) =>
  /** @type {Conversation} */ (/** @type {unknown} */ (listener));

function makeOutgoing() {
  const devices = new FakeMediaDevices(MICROPHONE, CAMERA);
  const media = new LocalMedia({
    mediaDevices: /** @type {MediaDevices} */ (/** @type {unknown} */ (devices)),
    isSecureContext: true,
    MediaStreamClass: /** @type {typeof MediaStream} */ (/** @type {unknown} */ (FakeMediaStream)),
  });
  const abort = new AbortController();
  const outgoing = new Outgoing(media, abort.signal);
  const [one, two] = [new Listener(), new Listener()];
  return { outgoing, media, devices, abort, one, two };
}

test("outgoing tracks flow to nobody before they are called for", async () => {
  const { outgoing, media, one } = makeOutgoing();

  outgoing.announce(asConversation(one));
  await media.open();
  outgoing.setCamera(false);
  await outgoing.switchCamera();
  await rest();

  assert.deepEqual(one.ever, []);
  assert.deepEqual(one.told[0], { microphone: "off", camera: "off", page: "visible" });
  assert.deepEqual(one.told.at(-1), { microphone: "on", camera: "off", page: "visible" });
});

test("outgoing tracks flow to one conversation at most", async () => {
  const { outgoing, media, one, two } = makeOutgoing();
  await media.open();

  await outgoing.flow(asConversation(one));
  assert.deepEqual(one.flows, ["audio", "video"]);
  await outgoing.flow(asConversation(two));

  assert.deepEqual(one.flows, []);
  assert.deepEqual(two.flows, ["audio", "video"]);
});

test("outgoing tracks that are stopped in the middle of a change flow to nobody", async () => {
  const { outgoing, media, one, two } = makeOutgoing();
  await media.open();
  await outgoing.flow(asConversation(one));

  await Promise.all([outgoing.flow(asConversation(two)), outgoing.stop()]);
  await rest();

  assert.deepEqual([one.flows, two.flows], [[], []]);
  assert.deepEqual(two.ever, []);
});

test("outgoing tracks wait on a new connection until they are called for anew", async () => {
  const { outgoing, media, devices, one, two } = makeOutgoing();
  await media.open();
  await outgoing.flow(asConversation(one));

  outgoing.announce(asConversation(two));
  devices.live.find(({ kind }) => kind === "video")?.end();
  await media.retry("video");
  await rest();

  assert.deepEqual(two.ever, []);
  await outgoing.flow(asConversation(two));
  assert.deepEqual(two.flows, ["audio", "video"]);
});

test("outgoing tracks of a device that comes later flow as soon as it comes", async () => {
  const { outgoing, media, one } = makeOutgoing();
  await outgoing.flow(asConversation(one));
  assert.deepEqual(one.flows, []);

  await media.open();
  await rest();

  assert.deepEqual(one.flows, ["audio", "video"]);
});

test("outgoing tracks that are switched off stay, and the other side is told", async () => {
  const { outgoing, media, one } = makeOutgoing();
  await media.open();
  await outgoing.flow(asConversation(one));

  outgoing.setMicrophone(false);
  outgoing.setPage("hidden");
  await rest();

  assert.deepEqual(one.flows, ["audio", "video"]);
  assert.equal(media.track("audio")?.enabled, false);
  assert.deepEqual(one.told.at(-1), { microphone: "off", camera: "on", page: "hidden" });
});

test("outgoing tracks follow no device any more after the end", async () => {
  const { outgoing, media, abort, one } = makeOutgoing();
  await outgoing.flow(asConversation(one));

  abort.abort();
  await media.open();
  await rest();

  assert.deepEqual(one.flows, []);
});
