/** Stalls, as text for a terminal. */

import { formatTable } from "../cli/table.ts";
import type { StallCell, Stalled } from "../schema/stall.ts";

const WHO: Readonly<Record<Stalled, string>> = {
  secondary: "secondaries, blocked",
  primary: "primary, blocked",
  stop: "primary, stopped",
};

/** One line for each cell. */
export function formatStalls(cells: readonly StallCell[]): string {
  const header = [
    "stalled",
    "for ms",
    "interval",
    "timeout",
    "trials",
    "false failovers",
    "share",
    "95 %",
    "two primaries ms",
  ];
  const rows = cells.map(
    ({ stalled, stall, interval, timeout, trials, falseFailovers, share, shareCi95, bothPrimaryMs }) => [
      WHO[stalled],
      ...[stall, interval, timeout, trials, falseFailovers].map(String),
      percent(share),
      shareCi95.map(percent).join(" to "),
      bothPrimaryMs.toFixed(1),
    ],
  );
  return formatTable([header, ...rows]);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
