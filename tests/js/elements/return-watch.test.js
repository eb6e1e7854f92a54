import assert from "node:assert/strict";
import { test } from "node:test";
import { watchReturn } from "../../../static/js/elements/return-watch.js";
import { FakeClock } from "../fakes/clock.js";

/** A clock whose device can sleep: time goes on, timers do not. */
class SleepyClock extends FakeClock {
  #slept = 0;

  /** @override */
  now() {
    return super.now() + this.#slept;
  }

  /** @param {number} milliseconds */
  sleep(milliseconds) {
    this.#slept += milliseconds;
  }
}

function watch() {
  const page = new EventTarget();
  const tab = Object.assign(new EventTarget(), { hidden: false });
  const network = Object.assign(new EventTarget(), { type: "wifi" });
  const clock = new SleepyClock();
  /** @type {boolean[]} */
  const returns = [];
  const abort = new AbortController();
  watchReturn((changed) => returns.push(changed), abort.signal, { page, tab, network, clock });
  return { page, tab, network, clock, returns, abort };
}

test("a network that is back is another one", () => {
  const { page, returns } = watch();

  page.dispatchEvent(new Event("online"));

  assert.deepEqual(returns, [true]);
});

test("a tab that is looked at again is back, one that is hidden is not", () => {
  const { tab, returns } = watch();

  tab.hidden = true;
  tab.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(returns, []);
  tab.hidden = false;
  tab.dispatchEvent(new Event("visibilitychange"));

  assert.deepEqual(returns, [false]);
});

test("another kind of network is a change, another speed of the same is none", () => {
  const { network, returns } = watch();

  network.dispatchEvent(new Event("change"));
  assert.deepEqual(returns, []);
  network.type = "cellular";
  network.dispatchEvent(new Event("change"));

  assert.deepEqual(returns, [true]);
});

test("no network at all is nothing to come back on", () => {
  const { network, returns } = watch();

  network.type = "none";
  network.dispatchEvent(new Event("change"));

  assert.deepEqual(returns, [false]);
});

test("a device that slept is back once, and one that was busy for some seconds is not", () => {
  const { clock, returns } = watch();

  clock.advance(60_000);
  clock.sleep(4000);
  clock.advance(10_000);
  assert.deepEqual(returns, []);
  clock.sleep(90_000);
  clock.advance(10_000);

  assert.deepEqual(returns, [false]);
});

test("a page that is taken down watches nothing", () => {
  const { page, clock, returns, abort } = watch();

  abort.abort();
  page.dispatchEvent(new Event("online"));

  assert.deepEqual(returns, []);
  assert.equal(clock.pending, 0);
});

test("a browser that tells nothing of its network is watched all the same", () => {
  const page = new EventTarget();
  const tab = Object.assign(new EventTarget(), { hidden: false });
  /** @type {boolean[]} */
  const returns = [];
  const where = { page, tab, network: null, clock: new FakeClock() };

  watchReturn((changed) => returns.push(changed), new AbortController().signal, where);
  page.dispatchEvent(new Event("online"));

  assert.deepEqual(returns, [true]);
});
