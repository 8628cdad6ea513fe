/** Durations as people write and read them. */

import { Refusal } from "./refusal.ts";

const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads `50`, `50ms`, `5s`, `1.5s`, `10m` or `1h`, as milliseconds.
 * @param what whose value it is, as the command line calls it: `--interval`
 * @throws {Refusal} where it is none
 */
export function parseDuration(what: string, text: string): number {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const milliseconds = Number(amount) * (UNITS[unit] ?? Number.NaN);
  if (amount === "" || !(milliseconds > 0))
    throw new Refusal(
      `${what} is ${JSON.stringify(text)}; it must be a duration above zero, such as 50, 50ms, 5s or 10m.`,
    );
  return milliseconds;
}

/** Reads several of them, separated by commas, each once. @throws {Refusal} where one is none */
export function parseDurations(what: string, text: string): readonly number[] {
  return [...new Set(text.split(",").map((part) => parseDuration(what, part)))];
}

/** Milliseconds in the largest unit that leaves a short number: `50 ms`, `2.75 s`, `3 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${round(milliseconds / 1_000)} s`;
  if (milliseconds < 3_600_000) return `${round(milliseconds / 60_000)} min`;
  return `${round(milliseconds / 3_600_000)} h`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
