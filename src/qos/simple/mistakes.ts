import type { Mistakes } from "../mistakes.ts";
import { anyMistakes } from "./any.ts";
import { newestMistakes } from "./newest.ts";
import type { SimpleSetting } from "./setting.ts";

/** Which heartbeats restart the timer: only one that is newer than all before, or any that comes. */
export type RestartRule = "newest" | "any";

/**
 * The mistakes of the simple detector (Chen, Toueg and Aguilera's "common" algorithm), exact under independent losses and
 * delays. Losses that come in bursts and pauses of the primary are not in it: see `burstyMistakes` and `stallMistakes`.
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function simpleMistakes(setting: SimpleSetting, rule: RestartRule = "newest"): Mistakes {
  return rule === "newest" ? newestMistakes(setting) : anyMistakes(setting);
}
