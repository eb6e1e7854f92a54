import assert from "node:assert/strict";
import { test } from "node:test";
import { QualityMonitor } from "../../../static/js/quality/monitor.js";
import { FakeClock, settled } from "../fakes/clock.js";
import { received, sent, snapshot } from "../fakes/snapshot.js";

/**
 * @typedef {import("../../../static/js/quality/monitor.js").Watched} Watched
 * @typedef {import("../../../static/js/webrtc/control.js").HeardMessage} HeardMessage
 */

/** A conversation over a way that carries so much. */
class FakeConversation {
  id = "connection-1";
  restarts = 0;
  /** @type {Watched["flow"]} */
  flow = "flowing";
  /** @type {Watched["state"]} */
  state = null;
  /** @type {HeardMessage | null} */
  heard = null;
  /** @type {import("../../../static/js/webrtc/senders.js").Shape[]} */
  shapes = [];
  /** @type {HeardMessage[]} */
  said = [];
  available = 3_000_000;
  concealed = 0;
  breaks = false;
  #seconds = 0;
  #concealed = 0;
  #bytes = 0;

  async traffic() {
    if (this.breaks) throw new DOMException("closed", "InvalidStateError");
    this.#seconds += 1;
    this.#concealed += this.concealed * 48_000;
    this.#bytes += (this.available * 0.9) / 8;
    const bytes = this.#bytes;
    const { pair } = snapshot();
    return snapshot({
      at: this.#seconds * 1000,
      pair: pair && { ...pair, availableOutgoing: this.available },
      audio: {
        received: received({ samples: this.#seconds * 48_000, concealed: this.#concealed }),
        sent: sent(),
      },
      video: { received: received(), sent: sent({ bytes }) },
    });
  }

  /** @param {import("../../../static/js/webrtc/senders.js").Shape} shape */
  async shape(shape) {
    this.shapes.push(shape);
  }

  /** @param {HeardMessage} message */
  say(message) {
    this.said.push(message);
    return true;
  }
}

function call() {
  const clock = new FakeClock();
  const camera = { width: 1280, height: 720 };
  /** @type {boolean[]} */
  const paused = [];
  const monitor = new QualityMonitor({
    media: { camera: "on", track: () => ({ getSettings: () => camera }) },
    onPaused: (isPaused) => {
      if (isPaused !== (paused.at(-1) ?? false)) paused.push(isPaused);
    },
    clock,
  });
  const conversation = new FakeConversation();
  const go = async (/** @type {number} */ seconds) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1000);
      await settled();
    }
  };
  return { clock, camera, paused, monitor, conversation, go };
}

test("monitor tells how good a call is from the second look on", async () => {
  const { monitor, conversation, go } = call();
  monitor.watch(conversation);

  const seen = () => [monitor.observed?.verdict.level, monitor.observed?.decision.step];
  await go(1);
  assert.deepEqual(seen(), [undefined, undefined]);
  await go(1);
  assert.deepEqual(seen(), [4, "full"]);
  assert.equal(conversation.shapes.length, 1);
});

test("monitor holds the picture back on a narrow way and says so", async () => {
  const { monitor, conversation, go, paused } = call();
  monitor.watch(conversation);
  await go(20);

  conversation.available = 80_000;
  await go(2);

  assert.equal(monitor.observed?.decision.step, "paused");
  assert.equal(conversation.shapes.at(-1)?.picture.active, false);
  assert.equal(conversation.shapes.at(-1)?.sound.maxBitrate, 16_000);
  assert.deepEqual(paused, [true]);
  conversation.available = 3_000_000;
  await go(60);
  assert.equal(monitor.observed?.decision.best, true);
  assert.equal(conversation.shapes.at(-1)?.picture.active, true);
  assert.deepEqual(paused, [true, false]);
});

test("monitor asks the browser only for what is new", async () => {
  const { monitor, conversation, go, camera } = call();
  monitor.watch(conversation);
  await go(20);
  assert.equal(conversation.shapes.length, 1);

  camera.width = 720;
  camera.height = 1280;
  await go(5);

  assert.equal(conversation.shapes.length, 2);
});

test("monitor tells the other side what had to be made up, and once when it is over", async () => {
  const { monitor, conversation, go } = call();
  monitor.watch(conversation);
  await go(5);
  assert.deepEqual(conversation.said, []);

  conversation.concealed = 0.25;
  await go(2);
  conversation.concealed = 0;
  await go(5);

  assert.deepEqual(
    conversation.said.map(({ concealed }) => concealed),
    [0.25, 0.25, 0],
  );
});

test("monitor sends less when the other side hears gaps, as long as it says so", async () => {
  const { monitor, conversation, go } = call();
  monitor.watch(conversation);
  await go(20);

  conversation.heard = { type: "heard", concealed: 0.3 };
  await go(1);
  conversation.heard = { type: "heard", concealed: 0.3 };
  await go(1);
  assert.equal(monitor.observed?.decision.step, "medium");

  await go(20);
  assert.equal(monitor.observed?.decision.step, "full");
});

test("monitor turns the order round for a close-up", async () => {
  const { monitor, conversation, go } = call();
  monitor.watch(conversation);
  await go(3);

  monitor.detail = true;
  await go(1);

  assert.equal(conversation.shapes.at(-1)?.picture.hint, "detail");
});

test("monitor warns once of a call that stays bad", async () => {
  const { monitor, conversation, go } = call();
  let warnings = 0;
  monitor.addEventListener("quality:changed", () => {
    if (monitor.observed?.verdict.warn) warnings += 1;
  });
  monitor.watch(conversation);
  await go(15);

  conversation.available = 40_000;
  await go(30);

  assert.equal(monitor.observed?.verdict.level, 1);
  assert.equal(warnings, 1);
});

test("monitor forgets a call that is over, and a reading on its way", async () => {
  const { monitor, conversation, go, clock, paused } = call();
  monitor.watch(conversation);
  await go(12);
  conversation.available = 40_000;
  await go(4);
  assert.deepEqual(paused, [true]);

  clock.advance(1000);
  monitor.watch(null);
  await settled();

  assert.equal(monitor.observed, null);
  assert.deepEqual(paused, [true, false]);
  assert.equal(clock.pending, 0);
});

test("monitor of another conversation begins anew", async () => {
  const { monitor, conversation, go } = call();
  monitor.watch(conversation);
  await go(12);
  conversation.available = 40_000;
  await go(4);

  const next = new FakeConversation();
  monitor.watch(next);
  await go(2);

  assert.equal(monitor.observed?.decision.best, true);
  assert.equal(next.shapes.length, 1);
});

test("monitor decides nothing while nothing arrives at all", async () => {
  const { monitor, conversation, go } = call();
  monitor.watch(conversation);
  await go(20);

  conversation.flow = "stalled";
  conversation.available = 40_000;
  await go(20);
  assert.equal(monitor.observed?.decision.step, "full");

  conversation.flow = "flowing";
  await go(2);
  assert.equal(monitor.observed?.decision.step, "paused");
});

test("monitor outlives a browser that gives no statistics", async (context) => {
  const warn = context.mock.method(console, "warn", () => {});
  const { monitor, conversation, go } = call();
  monitor.watch(conversation);
  conversation.breaks = true;
  await go(3);
  assert.equal(warn.mock.callCount(), 3);

  conversation.breaks = false;
  await go(2);
  assert.equal(monitor.observed?.verdict.level, 4);
});
