/** Merges what the processes of a group wrote down, and says what of it must not be. */

import type { Unit } from "./store.ts";
import type { Witnessed } from "./witnessed.ts";

/** From the first to the last moment at which somebody read that it is primary, without a "no" between them. */
export interface Reign {
  readonly name: string;
  readonly term: number;
  readonly from: number;
  readonly to: number;
}

/** What was found. */
export interface Findings {
  readonly reigns: number;
  /** Sentences; none is right. */
  readonly violations: readonly string[];
  /** For how long two were primary at once, in milliseconds. */
  readonly together: number;
}

/** What a group promises. */
export interface Promised {
  /** Two are never primary at once, and terms rise. */
  readonly exclusive: boolean;
}

/** @param logs by the name of the process; a process that was restarted appends to its log */
export function check(
  logs: ReadonlyMap<string, readonly Witnessed[]>,
  units: readonly Unit[],
  { exclusive }: Promised,
): Findings {
  const reigns = [...logs]
    .flatMap(([name, log]) => reignsOf(name, log))
    .toSorted((one, other) => one.from - other.from);
  const violations: string[] = [];
  let together = 0;
  let latest: Reign | undefined;
  for (const reign of reigns) {
    if (latest !== undefined) {
      together += Math.max(0, Math.min(latest.to, reign.to) - reign.from);
      if (exclusive && reign.from <= latest.to) violations.push(`${show(latest)} and ${show(reign)} at once.`);
      if (exclusive && reign.term <= latest.term)
        violations.push(`The term did not rise from ${show(latest)} to ${show(reign)}.`);
    }
    if (latest === undefined || reign.to > latest.to) latest = reign;
  }
  if (exclusive)
    units.forEach(({ unit, term }, index) => {
      if (unit !== index + 1)
        violations.push(`Unit ${unit} of term ${term} was stored as number ${index + 1}: work was lost or done twice.`);
    });
  return { reigns: reigns.length, violations, together };
}

function reignsOf(name: string, log: readonly Witnessed[]): Reign[] {
  const reigns: Reign[] = [];
  let reign: Reign | undefined;
  for (const entry of log) {
    if (entry.type !== "reads") continue;
    const { at, isPrimary, term } = entry;
    if (reign !== undefined && (!isPrimary || term !== reign.term)) {
      reigns.push(reign);
      reign = undefined;
    }
    if (isPrimary) reign = { name, term, from: reign?.from ?? at, to: at };
  }
  if (reign !== undefined) reigns.push(reign);
  return reigns;
}

function show({ name, term, from, to }: Reign): string {
  return `${name} was primary of term ${term} from ${from.toFixed(1)} to ${to.toFixed(1)}`;
}
