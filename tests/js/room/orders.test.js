import assert from "node:assert/strict";
import { test } from "node:test";
import { Orders } from "../../../static/js/room/orders.js";

/** @typedef {import("../../../static/js/room/orders.js").Order} Order */

const SEAT = "seat-1";
const ADMIT = /** @type {Order} */ ({ type: "admit", seat: SEAT });
const PUT_BACK = /** @type {Order} */ ({ type: "put-back", seat: SEAT });
const END = /** @type {Order} */ ({ type: "end", consultation: "consultation-1" });
const SINCE = "2026-11-24T10:02:00Z";

function makeOrders() {
  /** @type {Order[]} */
  const sent = [];
  return { orders: new Orders((order) => sent.push(order)), sent };
}

test("orders are given again until they are confirmed", () => {
  const { orders, sent } = makeOrders();

  orders.give(ADMIT);
  orders.give(END);
  orders.repeat();
  orders.confirm({ type: "admitted", seat: SEAT, since: SINCE });
  orders.repeat();
  orders.confirm({ type: "ended", consultation: "consultation-1" });
  orders.repeat();

  assert.deepEqual(sent, [ADMIT, END, ADMIT, END, END]);
});

test("orders about a seat replace each other, and a late word on the first confirms nothing", () => {
  const { orders, sent } = makeOrders();

  orders.give(ADMIT);
  orders.give(PUT_BACK);
  orders.confirm({ type: "admitted", seat: SEAT, since: SINCE });
  orders.repeat();
  assert.equal(orders.putsBack(SEAT), true);
  orders.confirm({ type: "admitted", seat: SEAT, since: null });
  orders.repeat();

  assert.equal(orders.putsBack(SEAT), false);
  assert.deepEqual(sent, [ADMIT, PUT_BACK, PUT_BACK]);
});

test("orders about a seat that nobody sits in any more are forgotten", () => {
  const { orders, sent } = makeOrders();
  orders.give(ADMIT);

  orders.forget(SEAT);
  orders.repeat();

  assert.deepEqual(sent, [ADMIT]);
});
