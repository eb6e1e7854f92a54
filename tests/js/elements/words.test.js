import assert from "node:assert/strict";
import { test } from "node:test";
import { words } from "../../../static/js/elements/words.js";
import { rest } from "../fakes/turns.js";

const PHRASES = {
  de: { "room.left": "%(name)s ist gegangen, um %(time)s.", day: "Am %(day)s", plain: "100 % da" },
  en: { "room.left": "%(name)s left at %(time)s.", day: "On %(day)s", plain: "100 % there" },
};

/**
 * Serve the sentences of both languages; a test may hold a language back.
 * @param {import("node:test").TestContext} t
 */
function serve(t) {
  /** @type {Map<string, Promise<unknown>>} */
  const held = new Map();
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ address) => {
    const language = /** @type {"de" | "en"} */ (/\/phrases\/(.*)\.json$/.exec(address)?.[1]);
    await held.get(language);
    const status = PHRASES[language] ? 200 : 404;
    return new Response(JSON.stringify(PHRASES[language] ?? null), { status });
  });
  return held;
}

test("words fill whole sentences, and show times in the language", async (t) => {
  serve(t);
  const time = new Date(2026, 10, 24, 14, 5);

  await words.load("de");
  assert.equal(words.say("room.left", { name: "Jo", time }), "Jo ist gegangen, um 14:05.");
  assert.equal(words.say("day", { day: time }), "Am Dienstag, 24. November 2026");
  await words.load("en");
  assert.equal(words.say("room.left", { name: "Jo", time }), "Jo left at 02:05 PM.");
  assert.equal(words.say("plain"), "100 % there");
});

test("words say nothing for what they do not know, and know what they know", async (t) => {
  serve(t);
  await words.load("en");

  assert.equal(words.say("room.unknown"), "");
  assert.equal(words.say("room.left"), " left at .");
  assert.equal(words.has("room.left"), true);
  assert.equal(words.has("room.unknown"), false);
  assert.equal(words.has("toString"), false);
});

test("words show a value as it is, whatever it contains", async (t) => {
  serve(t);
  await words.load("en");

  assert.equal(
    words.say("room.left", { name: "%(time)s $& <b>", time: new Date(2026, 10, 24, 9, 0) }),
    "%(time)s $& <b> left at 09:00 AM.",
  );
});

test("words tell that they have changed, and keep what they have when there are none", async (t) => {
  serve(t);
  let changes = 0;
  words.addEventListener("words:changed", () => (changes += 1));
  await words.load("de");

  await assert.rejects(words.load(/** @type {"de"} */ (/** @type {unknown} */ ("fr"))), {
    name: "TypeError",
    message: "no words in fr",
  });

  assert.equal(changes, 1);
  assert.equal(words.language, "de");
  assert.equal(words.say("plain"), "100 % da");
});

test("words speak the language asked for last, also when another answer comes later", async (t) => {
  const held = serve(t);
  /** @type {(answer: null) => void} */
  let answer = () => {};
  held.set(
    "de",
    new Promise((resolve) => {
      answer = resolve;
    }),
  );

  const late = words.load("de");
  await words.load("en");
  answer(null);
  await late;
  await rest();

  assert.equal(words.language, "en");
  assert.equal(words.say("plain"), "100 % there");
});
