/** Failovers, as text for a terminal. */

import { formatTable } from "../cli/table.ts";
import type { Idle, LatencyCell, Prediction } from "../schema/latency.ts";
import type { Spread } from "../schema/spread.ts";

const HEADER = ["", "min", "p50", "p90", "p95", "p99", "max", "mean", "95 % of the mean", ""];

/** One block for each cell: what was counted, what was observed, and what theory says. Milliseconds. */
export function formatLatency(cells: readonly LatencyCell[]): string {
  return cells.map((cell) => [title(cell), ...body(cell), ...idleLine(cell.idle)].join("\n")).join("\n\n");
}

function title({ fault, interval, timeout, trials, missed, falsePromotions, bothPrimaryMs }: LatencyCell): string {
  const counted = `${trials} ${trials === 1 ? "trial" : "trials"}, ${missed} missed, ${falsePromotions} false ${falsePromotions === 1 ? "promotion" : "promotions"}`;
  return `${fault}, interval ${interval} ms, timeout ${timeout} ms: ${counted}, two primaries for ${bothPrimaryMs} ms`;
}

function body({ detection, prediction, takeover, serving, floor, gap, demotion, claims }: LatencyCell): string[] {
  const rows = [
    ...row("floor", floor),
    ...row("detection", detection),
    ...predicted(prediction),
    ...row("takeover", takeover),
    ...row("serving", serving),
    ...row("gap", gap),
    ...row("demotion", demotion),
    ...row("claims", claims),
  ];
  return rows.length === 0 ? [] : [formatTable([HEADER, ...rows])];
}

function row(name: string, spread: Spread | null): string[][] {
  if (spread === null) return [];
  const { min, p50, p90, p95, p99, max, mean, meanCi95 } = spread;
  const interval = meanCi95 === null ? "" : meanCi95.map(format).join(" to ");
  return [[`  ${name}`, ...[min, p50, p90, p95, p99, max, mean].map(format), interval, ""]];
}

function predicted(prediction: Prediction | null): string[][] {
  if (prediction === null) return [];
  const { min, mean, max, ks } = prediction;
  const fit = ks === null ? "" : `KS D ${ks.d.toFixed(3)}, p ${ks.p.toFixed(3)}`;
  return [["  predicted", format(min), "", "", "", "", format(max), format(mean), "", fit]];
}

function idleLine(idle: Idle | null): string[] {
  if (idle === null) return [];
  const { primaryCpu, standbyCpu, messages, bytes } = idle;
  const cpu = `${primaryCpu.toFixed(1)} ms of processor time per second (primary), ${standbyCpu.toFixed(1)} (standby)`;
  return [`  idle: ${cpu}; the group sends ${messages.toFixed(1)} messages, ${Math.round(bytes)} bytes per second`];
}

function format(milliseconds: number): string {
  return milliseconds.toFixed(1);
}
