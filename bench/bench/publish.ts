/** Where results go. */

import { writeFile } from "node:fs/promises";
import process from "node:process";
import { formatEnvironment } from "../cli/environment.ts";
import { formatTable } from "../cli/table.ts";
import { formatLatency } from "../latency/table.ts";
import type { BenchResult } from "../schema.ts";
import type { Skipped } from "../schema/head.ts";
import { formatStalls } from "../stall/table.ts";
import type { Order } from "./order.ts";

/**
 * Writes a result as the order wants it: text and a page for people, JSON for programs. Where stdout is JSON, the text goes to
 * stderr.
 */
export async function publish(result: BenchResult, { json, html, quiet }: Order): Promise<void> {
  const text = json === "-" ? process.stderr : process.stdout;
  if (!quiet) text.write(`${formatResult(result)}\n`);
  if (json !== undefined) {
    const written = `${JSON.stringify(result, null, 2)}\n`;
    if (json === "-") process.stdout.write(written);
    else await writeFile(json, written);
  }
  if (html !== undefined) {
    const { renderReport } = await import("../html/report.ts");
    await writeFile(html, renderReport(result));
  }
}

/** The report, whose first line says on what it was made. */
export function formatResult(result: BenchResult): string {
  const { seed, complete, skipped } = result;
  const [first, ...more] = [
    formatEnvironment(result, `seed ${seed}`),
    formatSetting(result),
    result.mode === "latency" ? formatLatency(result.cells) : formatStalls(result.cells),
    ...(skipped.length === 0 ? [] : [formatSkipped(skipped)]),
    ...(complete ? [] : ["Incomplete: the run ended early, and the figures are of what was measured until then."]),
  ];
  return [first, ...more].join("\n\n");
}

function formatSetting({ transport, election, engine, eager, standbys, load, simulated }: BenchResult): string {
  const parts = [
    `${transport}${engine === null ? "" : ` (${engine})`}`,
    election,
    ...(eager ? ["eager"] : []),
    `${standbys} ${standbys === 1 ? "standby" : "standbys"}`,
    ...(load === 0 ? [] : [`${load} busy ${load === 1 ? "process" : "processes"} beside them`]),
    ...(simulated ? ["SIMULATED: one process, and faults of its own making"] : []),
  ];
  return `${parts.join(", ")}; milliseconds since the fault`;
}

function formatSkipped(skipped: readonly Skipped[]): string {
  const rows = skipped.map(({ what, interval, timeout, why }) => [`  ${what}`, `${interval}/${timeout}`, why]);
  return `Skipped:\n${formatTable(rows, 3)}`;
}
