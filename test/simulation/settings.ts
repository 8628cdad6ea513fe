/** How the instances of a run are set up: each differently, within what S1 asks of a group. */

import type { Settings } from "../../src/core/state.ts";
import { fixed } from "../../src/detectors/fixed.ts";
import { nfde } from "../../src/detectors/nfde.ts";
import type { Dice } from "./dice.ts";
import type { ElectionName, Regime } from "./regimes.ts";

/** The longest interval of a group, in milliseconds. */
export const INTERVAL = 100;

const FIXED = fixed();
const ADAPTIVE = nfde();

/** Who is set up. */
interface Who {
  readonly index: number;
  readonly incarnation: number;
  readonly initialTerm: number;
  /** The longest timeout of the group. */
  readonly longest: number;
  /** What decides for it, and what it calls that. */
  readonly election: ElectionName;
  readonly electionName: string;
}

export function drawSettings(dice: Dice, regime: Regime, who: Who): Settings {
  const { index, incarnation, longest, initialTerm, election, electionName } = who;
  // S1's condition: the smallest timeout exceeds 2/3 of the largest, here with room for clocks that differ by 2 %.
  const observer = index >= 3 && dice.chance(0.3);
  const timeout = Math.max(longest * dice.between(0.72, 1), INTERVAL * 3);
  return {
    instanceId: `n${index}`,
    incarnation: `n${index}-${incarnation}`,
    priority: dice.whole(0, 2),
    interval: INTERVAL * dice.between(0.8, 1),
    timeout,
    // On an intact mesh a window has to be longer than messages take.
    claimWindow: Math.min(INTERVAL * dice.pick(regime.name === "intact" ? [0.5] : [0.1, 0.5, 0.5]), timeout / 3.5),
    promoteTimeout: longest * dice.between(1, 3),
    demoteTimeout: timeout / 3,
    backoffMin: 20,
    backoffMax: 2_000,
    election: observer ? "none" : election === "claims" ? "claims" : "campaign",
    electionName: observer ? undefined : electionName,
    deadline: election !== "lock",
    publish: "everyone",
    probes: dice.chance(0.8),
    witness: election === "lock",
    eager: regime.eager,
    keepsWhenIsolated: regime.keeps,
    releaseOnOverrun: dice.chance(0.2),
    health: dice.chance(0.2),
    fence: election === "lock" && dice.chance(0.5),
    initialTerm,
    detector: dice.chance(0.05) ? ADAPTIVE : FIXED,
  };
}
