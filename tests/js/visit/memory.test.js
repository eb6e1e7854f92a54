import assert from "node:assert/strict";
import { test } from "node:test";
import { VisitMemory } from "../../../static/js/visit/memory.js";
import { FakeStorage } from "../fakes/storage.js";

const TOKEN = "token-1";
const JO = { token: TOKEN, resume: null, name: "Jo Beispiel", consent: "1" };

test("memory survives a reload of the same invitation", () => {
  const storage = new FakeStorage();
  const memory = new VisitMemory(storage, TOKEN);

  memory.write({ name: "Jo Beispiel", consent: "1" });
  memory.secret.set("secret-1");

  const reloaded = new VisitMemory(storage, TOKEN);
  assert.deepEqual(reloaded.read(), { ...JO, resume: "secret-1" });
  assert.equal(reloaded.secret.get(), "secret-1");
});

test("memory of one invitation is nothing to another", () => {
  const storage = new FakeStorage();
  new VisitMemory(storage, TOKEN).write({ name: "Jo Beispiel", resume: "secret-1" });

  const other = new VisitMemory(storage, "token-2");

  assert.equal(other.read(), null);
  assert.equal(other.secret.get(), null);
});

test("memory that loses the secret keeps what the person entered", () => {
  const storage = new FakeStorage();
  const memory = new VisitMemory(storage, TOKEN);
  memory.write({ name: "Jo Beispiel", consent: "1", resume: "secret-1" });

  memory.secret.clear();

  assert.deepEqual(memory.read(), JO);
  assert.deepEqual(new VisitMemory(storage, TOKEN).read(), JO);
});

test("memory that is cleared leaves nothing in the tab", () => {
  const storage = new FakeStorage();
  const memory = new VisitMemory(storage, TOKEN);
  memory.write({ name: "Jo Beispiel" });

  memory.clear();
  memory.secret.clear();

  assert.equal(memory.read(), null);
  assert.equal(storage.length, 0);
});

test("memory reads what something else wrote as nothing", () => {
  for (const text of ["", "{", "null", "7", '"token-1"', '{"token":7}']) {
    const storage = new FakeStorage();
    storage.setItem("meetone-visit", text);

    assert.equal(new VisitMemory(storage, TOKEN).read(), null);
  }
});

test("memory lasts as long as the page where the browser keeps nothing", () => {
  const full = new FakeStorage();
  full.isFull = true;
  for (const storage of [null, full]) {
    const memory = new VisitMemory(storage, TOKEN);

    memory.write({ name: "Jo Beispiel", consent: "1" });

    assert.deepEqual(memory.read(), JO);
    assert.equal(new VisitMemory(storage, TOKEN).read(), null);
  }
});
