/** Merges what the processes of a group wrote down, and says what of it must not be. */

import type { Unit } from "./store.ts";
import type { Witnessed } from "./witnessed.ts";

/** What was found. */
export interface Findings {
  readonly reigns: number;
  /** Sentences; there should be none. */
  readonly violations: readonly string[];
  /** Terms that were given again, where nothing keeps them. */
  readonly again: readonly string[];
  /** Two at once in a group in one piece, one of whom stood still; for no longer than they may be. */
  readonly passing: readonly string[];
  /** For how long two were primary at once, in milliseconds. */
  readonly together: number;
}

/** From one moment to another, on the clock of the logs. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** From the first to the last moment at which somebody read that it is primary, without a "no" between them. */
export interface Reign extends Span {
  readonly name: string;
  readonly term: number;
}

/** What a group promises. */
export interface Promised {
  /** Two are never primary at once, and terms rise. */
  readonly exclusive: boolean;
  /** Otherwise: for how long two may be primary after a division, or where one of them has stood still; in milliseconds. */
  readonly overlap: number;
  /** For how long, in milliseconds, it matters that somebody stood still: what it said before may not have left it. */
  readonly timeout: number;
  /** Something keeps the terms, whoever is away; otherwise one may be given again by those who could not be told of it. */
  readonly durable: boolean;
  /** When it was not in one piece. */
  readonly divided: readonly Span[];
}

/** @param logs by the name of the process; a process that was restarted appends to its log */
export function check(
  logs: ReadonlyMap<string, readonly Witnessed[]>,
  units: readonly Unit[],
  { exclusive, overlap, timeout, durable, divided }: Promised,
): Findings {
  const reigns = [...logs]
    .flatMap(([name, log]) => reignsOf(name, log))
    .toSorted((one, other) => one.from - other.from);
  const violations = [...logs].flatMap(([name, log]) => unpaired(name, log));
  const again: string[] = [];
  const passing: string[] = [];
  const excused = divided.map(({ from, to }) => ({ from, to: to + overlap }));
  let together = 0;
  let latest: Reign | undefined;
  for (const reign of reigns) {
    if (latest !== undefined) {
      const both = { from: reign.from, to: Math.min(latest.to, reign.to) };
      together += Math.max(0, both.to - both.from);
      if (both.from <= both.to && (exclusive || !excused.some((span) => lies(both, span)))) {
        const before = { from: both.from - timeout, to: both.to };
        const slow = [latest, reign].some(({ name }) => stoodStill(logs.get(name), before));
        const passes = !exclusive && slow && both.to - both.from <= overlap;
        (passes ? passing : violations).push(`${show(latest)} and ${show(reign)} at once.`);
      }
      if (exclusive && reign.term <= latest.term)
        (durable ? violations : again).push(`The term did not rise from ${show(latest)} to ${show(reign)}.`);
    }
    if (latest === undefined || reign.to > latest.to) latest = reign;
  }
  if (exclusive)
    units.forEach(({ unit, term }, index) => {
      if (unit !== index + 1)
        violations.push(`Unit ${unit} of term ${term} was stored as number ${index + 1}: work was lost or done twice.`);
    });
  return { reigns: reigns.length, violations, again, passing, together };
}

function reignsOf(name: string, log: readonly Witnessed[]): Reign[] {
  const reigns: Reign[] = [];
  let reign: Reign | undefined;
  // A reading may be written down later than the next one.
  const readings = log.filter((entry) => entry.type === "reads").toSorted((one, other) => one.at - other.at);
  for (const { at, isPrimary, term } of readings) {
    if (reign !== undefined && (!isPrimary || term !== reign.term)) {
      reigns.push(reign);
      reign = undefined;
    }
    if (isPrimary) reign = { name, term, from: reign?.from ?? at, to: at };
  }
  if (reign !== undefined) reigns.push(reign);
  return reigns;
}

/** Promotions and demotions that do not alternate, in one life of a process. */
function unpaired(name: string, log: readonly Witnessed[]): string[] {
  const violations: string[] = [];
  let promoted = false;
  for (const { type, at } of log) {
    if (type !== "began" && type !== "promoted" && type !== "demoted") continue;
    if (type !== "began" && (type === "promoted") === promoted)
      violations.push(`${name} was ${type} at ${at.toFixed(1)}, and had been before.`);
    promoted = type === "promoted";
  }
  return violations;
}

/** Whether a process stood still at some time between two moments. */
function stoodStill(log: readonly Witnessed[] = [], { from, to }: Span): boolean {
  return log.some((entry) => entry.type === "stood" && entry.at >= from && entry.at - entry.milliseconds <= to);
}

function lies(inner: Span, outer: Span): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}

function show({ name, term, from, to }: Reign): string {
  return `${name} was primary of term ${term} from ${from.toFixed(1)} to ${to.toFixed(1)}`;
}
