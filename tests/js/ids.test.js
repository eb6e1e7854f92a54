import assert from "node:assert/strict";
import { test } from "node:test";
import { randomId } from "../../static/js/ids.js";

test("random id has 128 bits in the alphabet of the protocol, and is another one each time", () => {
  const ids = Array.from({ length: 1000 }, () => randomId());

  assert.equal(new Set(ids).size, 1000);
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
});
