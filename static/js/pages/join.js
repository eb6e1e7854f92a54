import { words } from "../elements/words.js";
import "../elements/meet-copy.js";
import "../elements/meet-language.js";

await words.load(/** @type {"de" | "en"} */ (document.documentElement.lang));
await import("../elements/meet-visit.js");
