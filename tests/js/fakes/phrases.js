import { readFile } from "node:fs/promises";

/** @returns {Promise<Set<string>>} Keys of every phrase that the server gives a page */
export async function phraseKeys() {
  const source = new URL("../../../meetone/rooms/phrases.py", import.meta.url);
  const text = await readFile(source, "utf8");
  return new Set([...text.matchAll(/^ {4}"([\w.-]+)":/gm)].map(([, key = ""]) => key));
}
