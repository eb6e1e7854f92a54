import assert from "node:assert/strict";
import test from "node:test";

import { formatAccessCode } from "../../../static/js/elements/access-code.js";

test("an access code is written in capitals and groups of three", () => {
  for (const typed of ["abcdefghj", "ABC-DEF-GHJ", "abc def ghj", " a-b-c d.e.f_g h j "]) {
    assert.equal(formatAccessCode(typed), "ABC-DEF-GHJ");
  }
});

test("an access code that is still being typed gets a dash only between characters", () => {
  const typed = ["", "a", "abc", "abcd", "abc-def", "abcdefg"];

  const written = typed.map(formatAccessCode);

  assert.deepEqual(written, ["", "A", "ABC", "ABC-D", "ABC-DEF", "ABC-DEF-G"]);
});

test("anything longer than an access code is left as it was pasted", () => {
  const link = "https://video.praxis.example/join/abc";

  assert.equal(formatAccessCode(link), link);
});
