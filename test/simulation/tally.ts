/** What many runs came to. */

import type { Report } from "./run.ts";

/** What the runs of one kind came to. */
interface Kind {
  seeds: number;
  failovers: number;
  /** The longest time that two were primary, in milliseconds. */
  longestOverlap: number;
  longestRecovery: number;
  /** Runs that were left without a primary, where that is not promised. */
  headless: number;
}

export class Tally {
  seeds = 0;
  bad = 0;
  /** Three or more instances, five or more faults, two or more failovers. */
  qualifying = 0;
  failovers = 0;
  /** The longest recovery after the last fault, as a share of what L2 allows. */
  longestRecovery = 0;
  steps = 0;
  readonly regimes: Record<string, Kind> = {};
  readonly faults: Record<string, number> = {};
  readonly instants: Record<string, number> = {};

  add(report: Report): void {
    const { regime, broken, nodes, failovers, faults, instants, steps, longestOverlap, recovery, bound } = report;
    const { headless } = report;
    this.seeds += 1;
    if (broken.length > 0) this.bad += 1;
    if (nodes >= 3 && faults.length >= 5 && failovers >= 2) this.qualifying += 1;
    this.failovers += failovers;
    this.steps += steps;
    this.longestRecovery = Math.max(this.longestRecovery, recovery / bound);
    for (const fault of faults) this.faults[fault] = (this.faults[fault] ?? 0) + 1;
    for (const instant of instants) this.instants[instant] = (this.instants[instant] ?? 0) + 1;
    const kind = (this.regimes[regime] ??= {
      seeds: 0,
      failovers: 0,
      longestOverlap: 0,
      longestRecovery: 0,
      headless: 0,
    });
    kind.seeds += 1;
    if (headless) kind.headless += 1;
    kind.failovers += failovers;
    kind.longestOverlap = Math.max(kind.longestOverlap, Math.round(longestOverlap));
    kind.longestRecovery = Math.max(kind.longestRecovery, Math.round((100 * recovery) / bound) / 100);
  }
}
