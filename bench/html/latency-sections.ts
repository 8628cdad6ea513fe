/** The parts of a report on latency. */

import type { LatencyCell, LatencyResult } from "../schema.ts";
import { groupBy } from "./groups.ts";
import { legend } from "./legend.ts";
import { digits, distinct } from "./numbers.ts";
import { paragraph, table, type Section } from "./page.ts";
import { distribution, DISTRIBUTION_LEGEND } from "./plots/distribution.ts";
import { heatMap } from "./plots/heat-map.ts";
import { latencyAgainst } from "./plots/latency-against.ts";

/** What befell the primary, in words. */
const FAULTS: Readonly<Record<LatencyCell["fault"], string>> = {
  crash: "crash (SIGKILL)",
  hang: "hang (SIGSTOP)",
  shutdown: "shutdown (SIGTERM)",
  cut: "cut off from the bus",
};

export function latencySections(result: LatencyResult): readonly Section[] {
  const { cells } = result;
  const faults = [...groupBy(cells, ({ fault }) => fault)];
  const each = (draw: (title: string, own: readonly LatencyCell[]) => string): string =>
    faults.map(([fault, own]) => draw(FAULTS[fault], own)).join("\n");
  return [
    { heading: "Result", body: summary(cells) },
    {
      heading: "Latency against timeout",
      body: each((title, own) => latencyAgainst("timeout", title, own)),
    },
    {
      heading: "Latency against interval",
      body: each((title, own) => latencyAgainst("interval", title, own)),
    },
    {
      heading: "Distributions and predictions",
      body:
        legend(DISTRIBUTION_LEGEND) +
        `<div class="many">${cells.map(distribution).join("\n")}</div>` +
        paragraph(
          "Each line rises, trial by trial, from none to all: the share that was over by then. Where what was observed follows the dashed prediction, theory holds; a Kolmogorov-Smirnov p below 0.05 says that it does not.",
          "reading",
        ),
    },
    { heading: "The grid", body: each((title, own) => grid(title, own, result)) },
    { heading: "Every figure", body: figures(cells) + idle(cells) },
  ];
}

function summary(cells: readonly LatencyCell[]): string {
  const sum = (pick: (cell: LatencyCell) => number): number => cells.reduce((total, cell) => total + pick(cell), 0);
  const [trials, missed] = [sum((cell) => cell.trials), sum((cell) => cell.missed)];
  const [wrong, both] = [sum((cell) => cell.falsePromotions), sum((cell) => cell.bothPrimaryMs)];
  const kept = missed === 0 && wrong === 0 && both === 0;
  const told = `${trials} trials in ${cells.length} cells: ${missed} missed, ${wrong} false promotions, ${digits(both)} ms with two primaries.`;
  return paragraph(told, `verdict ${kept ? "good" : "bad"}`);
}

function grid(title: string, cells: readonly LatencyCell[], { cells: all, skipped }: LatencyResult): string {
  const places = [...all, ...skipped];
  const values = (pick: (place: (typeof places)[number]) => number): string[] => distinct(places.map(pick)).map(String);
  const [columns, rows] = [values(({ interval }) => interval), values(({ timeout }) => timeout).toReversed()];
  const fields = columns.flatMap((column) =>
    rows.map((row) => {
      const found = cells.find(({ interval, timeout }) => String(interval) === column && String(timeout) === row);
      const value = found?.takeover?.p50;
      return { column, row, value, shown: value === undefined ? "–" : digits(value) };
    }),
  );
  return heatMap({
    title,
    reading:
      "The median time from the fault to onPromote in milliseconds; the more it stands out, the longer. A dash: no figure.",
    columns: { label: "interval (ms)", values: columns },
    rows: { label: "timeout (ms)", values: rows },
    fields,
  });
}

function figures(cells: readonly LatencyCell[]): string {
  const head = ["fault", "interval / timeout", "from the fault to", "trials", "min", "p50", "p90", "p95", "p99", "max"];
  const rows = cells.flatMap((cell) =>
    (["floor", "detection", "takeover", "serving"] as const).flatMap((what) => {
      const spread = cell[what];
      if (spread === null) return [];
      const { count, min, p50, p90, p95, p99, max, mean, meanCi95 } = spread;
      const interval = meanCi95 === null ? "" : `${digits(meanCi95[0])} to ${digits(meanCi95[1])}`;
      const theory = what === "detection" ? cell.prediction : null;
      const predicted = theory === null ? "" : [theory.min, theory.mean, theory.max].map(digits).join(" / ");
      return [
        [
          ...[cell.fault, `${cell.interval} / ${cell.timeout}`, what, String(count)],
          ...[min, p50, p90, p95, p99, max, mean].map(digits),
          ...[interval, predicted],
        ],
      ];
    }),
  );
  return table(
    [...head, "mean", "its 95 % CI", "predicted min / mean / max"],
    rows,
    3,
    "Every figure, in milliseconds",
  );
}

/** What a group costs while nothing happens. */
function idle(cells: readonly LatencyCell[]): string {
  const rows = cells.flatMap(({ interval, timeout, fault, idle: cost }) =>
    cost === null
      ? []
      : [
          [
            ...[fault, `${interval} / ${timeout}`],
            ...[cost.primaryCpu, cost.standbyCpu, cost.messages, cost.bytes].map(digits),
          ],
        ],
  );
  if (rows.length === 0) return "";
  const head = ["fault", "interval / timeout", "primary, CPU ms/s", "standby, CPU ms/s", "messages/s", "bytes/s"];
  return paragraph("While nothing happens, a group costs so much:") + table(head, rows, 2, "What an idle group costs");
}
