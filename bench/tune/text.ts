/** The report for a terminal, for somebody who has never heard of failure detectors. */

import { formatDuration } from "../cli/duration.ts";
import { formatEnvironment } from "../cli/environment.ts";
import { bullets, indent } from "../cli/prose.ts";
import { formatTable } from "../cli/table.ts";
import type { TuneResult } from "../schema/tune.ts";
import { formatCount, formatShare, perYear } from "../cli/figures.ts";
import { HEADINGS, legend, rowsOf } from "./rows.ts";

export function formatResult(result: TuneResult): string {
  return [
    formatEnvironment(result, result.transport),
    seen(result),
    front(result),
    ...(result.obstacles.length > 0 ? [`In the way\n\n${bullets(result.obstacles)}`] : []),
    advice(result),
  ].join("\n\n");
}

function seen({ seen: found, trace, processes, complete, misses }: TuneResult): string {
  const where = processes === 2 ? "between two processes" : "within one process, over no bus at all";
  const how = `${formatDuration(trace.duration)} of heartbeats every ${formatDuration(trace.interval)}, ${where}${complete ? "" : ", cut short"}`;
  const { delay, stalls, holdUps, readerStalls } = found;
  const rows = [
    [
      "lost",
      `${formatCount(found.lost)} of ${formatCount(found.sent)}: at most ${formatShare(found.lossLimit)} (95 %)${found.longestRun > 1 ? `; up to ${found.longestRun} in a row` : ""}`,
    ],
    [
      "on their way",
      `${ms(delay.p50)} (half), ${ms(delay.p99)} (99 of 100), ${ms(delay.max)} (slowest), beyond the fastest`,
    ],
    ["sender stalls", counted(stalls)],
    ["hold-ups", counted(holdUps)],
    ["reader stalls", `${counted(readerStalls)}${readerStalls.count === 0 ? "" : "; they do not count"}`],
    ...(misses === null ? [] : [["misses", independence(misses)]]),
  ];
  return `What was seen: ${how}\n\n${indent(formatTable(rows, 2))}`;
}

function counted({ count, longest }: { readonly count: number; readonly longest: number }): string {
  return count === 0 ? "none" : `${formatCount(count)}, the longest ${ms(longest)}`;
}

function independence({ misses, ratio, lower, upper, clustered, interval }: NonNullable<TuneResult["misses"]>): string {
  const at = `every ${formatDuration(interval)}`;
  if (ratio === null) return `none ${at}, so whether they come in clusters is not known`;
  const limits = `${round(ratio)} times as often in pairs as by chance (95 %: ${round(lower ?? 0)} to ${round(upper ?? Infinity)})`;
  return `${formatCount(misses)} ${at}, ${limits}: ${clustered ? "in clusters" : "no sign of clusters"}`;
}

function front(result: TuneResult): string {
  return [
    "What an interval and a timeout buy",
    indent(formatTable([...HEADINGS, ...rowsOf(result)], 1)),
    indent(legend(result).join("\n")),
  ].join("\n\n");
}

function advice({ recommended, why, evidence, code, request }: TuneResult): string {
  const point = recommended?.point;
  if (point === null || point === undefined || code === null)
    return `No settings can be recommended: what was asked for (${request.detectWithin === null ? "" : `within ${formatDuration(request.detectWithin)}, `}${perYear(request.falseFailovers)}) cannot be had here.`;
  return [
    `Recommended: a heartbeat every ${formatDuration(point.interval)}, a timeout of ${formatCount(point.timeout)} ms`,
    bullets([...why, ...(evidence === null ? [] : [evidence])]),
    indent(code),
  ].join("\n\n");
}

function ms(value: number): string {
  return formatDuration(Number(value.toPrecision(3)));
}

function round(value: number): number {
  return Number(value.toPrecision(2));
}
