import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../../static/js/signalling/backoff.js";

test("backoff doubles its span up to the cap", () => {
  const backoff = new Backoff(() => 1);

  const delays = Array.from({ length: 7 }, () => backoff.next(false, null));

  assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
});

test("backoff urgent stays within 2 s", () => {
  const backoff = new Backoff(() => 1);

  const delays = Array.from({ length: 4 }, () => backoff.next(true, null));

  assert.deepEqual(delays, [500, 1000, 2000, 2000]);
});

test("backoff jitters over the whole span", () => {
  assert.equal(new Backoff(() => 0).next(false, null), 0);
  assert.equal(new Backoff(() => 0.5).next(false, null), 250);
});

test("backoff told when to come back adds its jitter to that", () => {
  assert.equal(new Backoff(() => 0.5).next(false, 30), 30_250);
});

test("backoff reset starts anew", () => {
  const backoff = new Backoff(() => 1);
  backoff.next(false, null);
  backoff.next(false, null);

  backoff.reset();

  assert.equal(backoff.next(false, null), 500);
});
