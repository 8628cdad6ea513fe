/** The parts of a report on false failovers. */

import type { StallCell, StallResult } from "../schema.ts";
import { groupBy } from "./groups.ts";
import { digits, distinct, formatShare } from "./numbers.ts";
import { paragraph, table, type Section } from "./page.ts";
import { falseFailovers } from "./plots/false-failovers.ts";
import { heatMap } from "./plots/heat-map.ts";

/** Who stood still, in words. */
const STALLED: Readonly<Record<StallCell["stalled"], string>> = {
  secondary: "the event loop of every secondary",
  primary: "the event loop of the primary",
  stop: "the primary's whole process (SIGSTOP)",
};

export function stallSections({ cells }: StallResult): readonly Section[] {
  const kinds = [...groupBy(cells, ({ stalled }) => stalled)];
  const each = (draw: (title: string, own: readonly StallCell[]) => string): string =>
    kinds.map(([stalled, own]) => draw(STALLED[stalled], own)).join("\n");
  return [
    { heading: "Result", body: summary(cells) },
    { heading: "False failovers", body: each(falseFailovers) },
    { heading: "The grid", body: each(grid) },
    { heading: "Every figure", body: figures(cells) },
  ];
}

function summary(cells: readonly StallCell[]): string {
  const sum = (pick: (cell: StallCell) => number): number => cells.reduce((total, cell) => total + pick(cell), 0);
  const both = sum(({ bothPrimaryMs }) => bothPrimaryMs);
  const told = `${sum(({ trials }) => trials)} trials in ${cells.length} cells: ${sum(({ falseFailovers: count }) => count)} false failovers, ${digits(both)} ms with two primaries.`;
  return paragraph(told, `verdict ${both === 0 ? "good" : "bad"}`);
}

function timingsOf({ interval, timeout }: StallCell): string {
  return `${interval} / ${timeout}`;
}

function grid(title: string, cells: readonly StallCell[]): string {
  const fields = cells.map((cell) => ({
    column: String(cell.stall),
    row: timingsOf(cell),
    value: cell.share,
    shown: formatShare(cell.share),
  }));
  return heatMap({
    title,
    reading: "The share of trials with a false failover; the more it stands out, the more.",
    columns: { label: "stood still for (ms)", values: distinct(cells.map(({ stall }) => stall)).map(String) },
    rows: { label: "interval / timeout (ms)", values: [...new Set(cells.map(timingsOf))] },
    fields,
    range: [0, 1],
  });
}

function figures(cells: readonly StallCell[]): string {
  const rows = cells.map((cell) => [
    ...[cell.stalled, String(cell.stall), timingsOf(cell), String(cell.trials), String(cell.falseFailovers)],
    ...[formatShare(cell.share), cell.shareCi95.map(formatShare).join(" to "), digits(cell.bothPrimaryMs)],
  ]);
  const head = [
    "who",
    "for (ms)",
    "interval / timeout",
    "trials",
    "false failovers",
    "share",
    "95 % CI",
    "two primaries (ms)",
  ];
  return table(head, rows, 1, "Every figure");
}
