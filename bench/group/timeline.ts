/** Everything that the instances of a trial told, and what can be read from it. Times in milliseconds of the host's clock. */

import type { Report } from "./report.ts";

/** Something that an instance told. */
export interface Entry {
  readonly name: string;
  readonly report: Report;
}

/** From when to when somebody read `isPrimary === true`. */
interface Reign {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/**
 * For how long two or more instances read `isPrimary === true` at once.
 * @param halted who stopped running at which moment: it reads nothing until it wakes
 */
export function bothPrimary(entries: readonly Entry[], halted: { readonly name: string; readonly at: number }): number {
  const edges = reigns(entries, halted)
    .flatMap(({ from, to }) => [
      { at: from, step: 1 },
      { at: to, step: -1 },
    ])
    .toSorted((one, other) => one.at - other.at || one.step - other.step);
  let [count, since, total] = [0, 0, 0];
  for (const { at, step } of edges) {
    if (count >= 2) total += at - since;
    count += step;
    since = at;
  }
  return total;
}

/**
 * From the last moment at which one instance read true, to the first at which another did. (When it read false for the first
 * time says less: a process that waits for the processor reads nothing.) Undefined where one of the two did not happen.
 */
export function gap(entries: readonly Entry[], old: string, from: number): number | undefined {
  const readings = entries.flatMap(({ name, report }) =>
    report.type === "reads" && report.at >= from ? [{ name, ...report }] : [],
  );
  const fell = readings.find(({ name, isPrimary }) => name === old && !isPrimary)?.before;
  const rose = readings.find(({ name, isPrimary }) => name !== old && isPrimary)?.at;
  return fell === undefined || rose === undefined ? undefined : rose - fell;
}

function reigns(entries: readonly Entry[], halted: { readonly name: string; readonly at: number }): Reign[] {
  const found: Reign[] = [];
  const open = new Map<string, number>();
  const close = (name: string, to: number): void => {
    const from = open.get(name);
    open.delete(name);
    if (from !== undefined) found.push({ name, from, to });
  };
  const [before, after] = [true, false].map((early) => entries.filter(({ report }) => report.at < halted.at === early));
  for (const entry of before ?? []) take(entry);
  close(halted.name, halted.at);
  for (const entry of after ?? []) take(entry);
  for (const name of open.keys()) close(name, entries.at(-1)?.report.at ?? halted.at);
  return found;

  function take({ name, report }: Entry): void {
    if (report.type !== "reads" && report.type !== "woke") return;
    if (!report.isPrimary) close(name, report.before);
    else if (!open.has(name)) open.set(name, report.at);
  }
}
