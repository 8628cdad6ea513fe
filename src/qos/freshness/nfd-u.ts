import type { Distribution } from "../delay/distribution.ts";
import type { Heartbeats } from "../heartbeats.ts";
import type { Mistakes } from "../mistakes.ts";
import { nfdSDetectionTime, nfdSMistakes, type NfdSSetting } from "./nfd-s.ts";

/** NFD-U and what it hears. It needs no common clock, but knows when each heartbeat is expected. */
export interface NfdUSetting extends Heartbeats {
  /** α: how long after its expected arrival a heartbeat is missed. Milliseconds. */
  readonly margin: number;
}

/** Expected arrivals are mean delays after the sending: NFD-S with δ = E(D) + α. */
function asNfdS({ margin, ...heartbeats }: NfdUSetting): NfdSSetting {
  return { ...heartbeats, shift: heartbeats.delay.mean + margin };
}

/**
 * Mistakes of NFD-U (Chen, Toueg, Aguilera 2002, section 6). Exact.
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function nfdUMistakes(setting: NfdUSetting): Mistakes {
  return nfdSMistakes(asNfdS(setting));
}

/**
 * How long after a crash NFD-U suspects for good; never longer than E(D) + α + η. Exact.
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function nfdUDetectionTime(setting: NfdUSetting): Distribution {
  return nfdSDetectionTime(asNfdS(setting));
}
