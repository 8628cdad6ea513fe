/** An instance that works: what it does as a primary is checked by its store. */

import { employ } from "../../bench/group/work.ts";
import { makeWork } from "./work.ts";

employ(makeWork);
await import("../../bench/group/instance.ts");
