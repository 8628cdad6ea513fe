/** The report for a terminal, for somebody who has never heard of failure detectors. */

import { formatDuration } from "../cli/duration.ts";
import { formatRate, formatShare } from "../cli/figures.ts";
import { bullets, indent } from "../cli/prose.ts";
import { formatTable } from "../cli/table.ts";
import type { ExplainResult } from "../schema/explain.ts";

export function formatResult(result: ExplainResult): string {
  const { warnings, advice } = result;
  return [
    head(result),
    death(result),
    life(result),
    ...(warnings.length > 0 ? [`Watch out\n\n${bullets(warnings)}`] : []),
    `What to change\n\n${bullets(advice)}`,
  ].join("\n\n");
}

function head({ given }: ExplainResult): string {
  const { interval, timeout, loss, burst, delay, stalls } = given;
  const lost =
    loss === 0
      ? "none"
      : `${formatShare(loss)}${burst * (1 - loss) > 1.0001 ? `, ${Number(burst.toPrecision(3))} in a row on average` : ", each by itself"}`;
  const still =
    stalls === null ? "never" : `${formatRate(stalls.perYear)} times a year, for this long: ${stalls.duration}`;
  const rows = [
    ["heartbeats lost", lost],
    ["on their way", delay],
    ["the primary stands still", still],
  ];
  return [
    `A heartbeat every ${formatDuration(interval)}, a timeout of ${formatDuration(timeout)}`,
    "",
    `  The primary says every ${formatDuration(interval)} that it lives. Who has not heard it for ${formatDuration(timeout)} takes it for dead.`,
    "  Calculated, not measured, from what was given:",
    "",
    indent(formatTable(rows, 2)),
  ].join("\n");
}

function death({ detection, given }: ExplainResult): string {
  const { min, mean, p99, max, worst } = detection;
  const rows = [
    [
      "at the earliest",
      formatDuration(min),
      `the crash came just before a heartbeat${given.loss > 0 ? "; sooner if some were lost just then" : ""}`,
    ],
    ["on average", formatDuration(mean), ""],
    ["99 of 100 within", formatDuration(p99), "whenever the crash comes"],
    ["", formatDuration(worst), "even if it comes just after a heartbeat"],
    [
      "at the latest",
      max === null ? "no limit" : formatDuration(max),
      max === null ? "a heartbeat may be under way for any time" : "",
    ],
  ];
  return `When the primary dies, it is noticed\n\n${indent(formatTable(rows, 3))}`;
}

function life({ falseFailovers, tolerated, given }: ExplainResult): string {
  const { loss, delay, stalls, stallFloor, total, bound } = falseFailovers;
  const rows = [
    [
      "from lost heartbeats",
      formatRate(loss),
      `${tolerated} in a row may be lost; ${tolerated + 1} are a false failover`,
    ],
    ["from late heartbeats", times(delay), "on top of those that are lost"],
    [
      "from stalls of the primary",
      times(stalls),
      given.stalls === null ? "none were given" : `${formatRate(stallFloor)} of them however often heartbeats come`,
    ],
    ["together", times(total), `you accept ${formatRate(given.falseFailovers)}`],
    bound === null
      ? ["at most", "not known", "losses that come in bursts have no bound"]
      : ["at most", formatRate(bound), "whatever the shape of the delays, with their mean and variance"],
  ];
  return `When it lives, it is given up by mistake, times a year\n\n${indent(formatTable(rows, 3))}`;
}

function times(rate: number): string {
  return rate === 0 ? "none" : formatRate(rate);
}
