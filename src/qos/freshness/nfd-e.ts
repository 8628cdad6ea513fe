import type { Mistakes } from "../mistakes.ts";
import { type Simulated, simulateMistakes, type SimulationLength } from "../simulation/simulate.ts";
import { nfdE } from "../simulation/detectors.ts";
import { independently } from "../simulation/channel.ts";
import { nfdUMistakes, type NfdUSetting } from "./nfd-u.ts";

/** NFD-E and what it hears: NFD-U with expected arrivals that it estimates itself. */
export interface NfdESetting extends NfdUSetting {
  /** From how many of the last heartbeats. Chen, Toueg and Aguilera saw no difference to NFD-U from 30 on. */
  readonly window: number;
}

/** What is known of NFD-E. */
export interface NfdEMistakes {
  /** NFD-U's, which NFD-E comes to as its window grows. */
  readonly limit: Mistakes;
  /** A simulation of NFD-E itself. */
  readonly simulated: Simulated;
}

/**
 * Mistakes of NFD-E (Chen, Toueg, Aguilera 2002, section 6.3). There is no closed form, because its estimates depend on one
 * another: so this is the limit for long windows, and a simulation with its standard errors. Rare mistakes need long ones.
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function nfdEMistakes(setting: NfdESetting, length: SimulationLength): NfdEMistakes {
  const { margin, window, ...heartbeats } = setting;
  const detector = nfdE(heartbeats.interval, margin, window);
  return {
    limit: nfdUMistakes({ ...heartbeats, margin }),
    simulated: simulateMistakes(detector, independently(heartbeats), length),
  };
}
