import "../elements/meet-copy.js";
import "../elements/meet-language.js";
import { start } from "./start.js";

await start(() => import("../elements/meet-visit.js"));
