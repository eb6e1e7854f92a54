import assert from "node:assert/strict";
import { test } from "node:test";
import { suitability } from "../../../static/js/media/in-app-browser.js";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const ANDROID = "Mozilla/5.0 (Linux; Android 16; Pixel 9";
const CHROME =
  "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/150.0.0.0 Mobile Safari/537.36";

const everything = { mediaDevices: true, peerConnection: true, isSecureContext: true };
const nothing = { mediaDevices: false, peerConnection: false, isSecureContext: true };

const SAFARI = `${IPHONE} Version/26.1 Mobile/15E148 Safari/604.1`;
const APP = `${IPHONE} Mobile/15E148`;
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";

/** @type {[string, string, object, string][]} */
const CASES = [
  ["Safari on a phone", SAFARI, everything, "ok"],
  ["Chrome on a phone", `${ANDROID}) ${CHROME}`, everything, "ok"],
  ["Firefox", FIREFOX, everything, "ok"],
  ["page on the home screen of an iPhone", APP, everything, "ok"],
  ["app of an iPhone without a camera", APP, nothing, "in-app"],
  ["Android WebView", `${ANDROID}; wv) ${CHROME}`, everything, "in-app"],
  ["Facebook", `${APP} [FBAN/FBIOS;FBAV/480.0]`, everything, "in-app"],
  ["Messenger", `${ANDROID}) ${CHROME} [FB_IAB/Orca-Android;FBAV/480.0;]`, everything, "in-app"],
  ["Instagram", `${APP} Instagram 350.0.0.0`, everything, "in-app"],
  ["Line", `${APP} Safari Line/14.0.0`, everything, "in-app"],
  ["WeChat", `${APP} MicroMessenger/8.0.50`, everything, "in-app"],
  [
    "in-app browser in an insecure page",
    `${APP} Instagram 350.0`,
    { ...nothing, isSecureContext: false },
    "in-app",
  ],
  ["insecure page", FIREFOX, { ...nothing, isSecureContext: false }, "insecure"],
  ["browser without camera access", SAFARI, { ...everything, mediaDevices: false }, "unsupported"],
  ["browser without WebRTC", FIREFOX, { ...everything, peerConnection: false }, "unsupported"],
];

for (const [what, userAgent, apis, expected] of CASES) {
  test(`${what} is ${expected}`, () => {
    assert.equal(suitability({ userAgent, ...everything, ...apis }), expected);
  });
}
