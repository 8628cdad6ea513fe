/** The rows as people read them. */

import process from "node:process";
import { runCommand } from "./programs.ts";
import { current, type Runtime } from "../../bench/group/runtime.ts";
import { TITLES } from "./buses.ts";
import { COLUMNS, isMixed, type Plan, type Row } from "./matrix.ts";

const WIDTHS = { runtimes: 22, bus: 20, cell: 12 } as const;

/** What is played, in words: `primary + secondaries` where they differ. */
export function titleOf(plan: Plan): string {
  const { runtimes, bus } = plan;
  const [primary, ...secondaries] = runtimes;
  const who = isMixed(plan) ? `${primary} + ${secondaries.join(" + ")}` : primary;
  return `${who.padEnd(WIDTHS.runtimes)}${TITLES[bus].padEnd(WIDTHS.bus)}`;
}

export function formatHead(): string {
  return `${"runtime".padEnd(WIDTHS.runtimes)}${"transport".padEnd(WIDTHS.bus)}${COLUMNS.map((name) => name.padEnd(WIDTHS.cell)).join("")}`.trimEnd();
}

/** One line: every cell as `ok`, `FAILED`, or `-` where the question does not arise. */
export function formatRow(row: Row): string {
  const cells = COLUMNS.map((column) => {
    const cell = row.cells[column];
    return (cell === null ? "-" : cell === undefined ? "ok" : "FAILED").padEnd(WIDTHS.cell);
  });
  return `${titleOf(row)}${cells.join("")}`.trimEnd();
}

/** What went wrong, a sentence each. */
export function failuresOf({ cells }: Row): string[] {
  return COLUMNS.flatMap((column) => {
    const cell = cells[column];
    return typeof cell === "string" ? [`${column}: ${cell}`] : [];
  });
}

/** A runtime's own word on its version. */
export async function versionOf(runtime: Runtime): Promise<string> {
  if (runtime === current) return `${runtime} ${process.version}`;
  const [first = ""] = (await runCommand(runtime, ["--version"])).split("\n");
  return first.startsWith(runtime) ? first : `${runtime} ${first}`;
}
