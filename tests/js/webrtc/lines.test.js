import assert from "node:assert/strict";
import { test } from "node:test";
import { adoptLines, createLines, expectLines } from "../../../static/js/webrtc/lines.js";
import { FakePeerConnection, installWebRtc } from "../fakes/peer-connection.js";

/** @param {FakePeerConnection} peer */
const asPeer = (peer) => /** @type {RTCPeerConnection} */ (/** @type {unknown} */ (peer));

/** @param {string[]} kinds */
const description = (...kinds) =>
  ["v=0", ...kinds.flatMap((kind) => [`m=${kind} 9 UDP/TLS/RTP/SAVPF 111`, "a=mid:0"]), ""].join(
    "\r\n",
  );

test("lines of a description are sound, camera, screen and the channels", () => {
  expectLines(description("audio", "video", "video", "application"));
});

for (const kinds of [
  ["audio", "video", "video"],
  ["audio", "video", "application"],
  ["video", "audio", "video", "application"],
  ["audio", "video", "video", "video", "application"],
  ["audio", "video", "video", "application", "application"],
  ["audio", "video", "video", "text"],
  [],
]) {
  test(`lines are refused that are ${kinds.join(", ") || "none"}`, () => {
    assert.throws(() => expectLines(description(...kinds)), {
      name: "TypeError",
      message: "a description has the lines audio video video application",
    });
  });
}

test("lines that a browser did not make of an offer are missed", (t) => {
  const network = installWebRtc(t);
  const peer = new FakePeerConnection(network, {});

  assert.throws(() => adoptLines(asPeer(peer)), { name: "TypeError" });
});

test("lines are made by browsers without RED as well", (t) => {
  const network = installWebRtc(t);
  Object.assign(globalThis.RTCRtpReceiver, { getCapabilities: () => null });
  const peer = new FakePeerConnection(network, {});

  const { audio } = createLines(asPeer(peer));

  assert.equal(audio, peer.transceivers[0]);
  assert.equal(peer.transceivers[0]?.preferences, null);
});
