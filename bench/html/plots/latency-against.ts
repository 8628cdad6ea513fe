/** How long a failover took, against the timeout or against the interval. */

import type { LatencyCell } from "../../schema.ts";
import { draw, type Drawing, type Room } from "../draw.ts";
import { legend, type Entry } from "../legend.ts";
import { axisX, axisY, dot, gridY, line, ruleX, ruleY, type Markish, type PlotOptions } from "../library.ts";
import { distinct, extent, formatMs } from "../numbers.ts";
import { figure } from "../page.ts";
import { seriesColor } from "../style.ts";

/** How far apart series stand that have a point in common, in pixels. */
const GAP = 13;

type Setting = "timeout" | "interval";

const MARKS =
  "A dot is the median of a cell's trials, its whisker reaches from the fastest to the 99th percentile; a pale bar is where theory expects detection.";
const READING: Readonly<Record<Setting, string>> = {
  timeout: `${MARKS} Where only silence tells, latency rises with the timeout; where there is proof, it does not.`,
  interval: `${MARKS} Where only silence tells, a longer interval makes the range wider and its middle earlier: the last heartbeat was longer ago when the fault came.`,
};

/** One fault's cells; those of one value of the other setting are a series. @returns HTML */
export function latencyAgainst(setting: Setting, title: string, cells: readonly LatencyCell[]): string {
  const { drawing, entries } = latencyPlot(setting, title, cells);
  return figure(title, drawing, READING[setting], legend(entries));
}

/** The plot alone, and what its marks stand for. */
export function latencyPlot(
  setting: Setting,
  title: string,
  cells: readonly LatencyCell[],
): { readonly drawing: Drawing; readonly entries: readonly Entry[] } {
  const other: Setting = setting === "timeout" ? "interval" : "timeout";
  const keys = distinct(cells.map((cell) => cell[other]));
  const series = keys.map((key) =>
    cells.filter((cell) => cell[other] === key).toSorted((one, next) => one[setting] - next[setting]),
  );
  const drawing = draw(`Takeover against ${setting}, ${title}`, (room) => ({
    ...frame(setting, cells, room),
    marks: [
      gridY({ strokeOpacity: 0.12 }),
      ruleY([0]),
      ...series.flatMap((own, index) => marks(own, setting, index, (index - (keys.length - 1) / 2) * GAP)),
      axisX({
        ticks: [...distinct(cells.map((cell) => cell[setting]))],
        tickFormat: String,
        label: `${setting} (ms) →`,
      }),
      axisY({ label: "↑ fault to onPromote (ms)" }),
    ],
  }));
  const named = keys.map((key, index): Entry => ({
    label: `${other} ${formatMs(key)}`,
    mark: "dot",
    color: seriesColor(index),
  }));
  const predicted: Entry = { label: "predicted range of detection", mark: "band", color: "var(--ink)" };
  return { drawing, entries: cells.some(({ prediction }) => prediction !== null) ? [...named, predicted] : named };
}

function frame(setting: Setting, cells: readonly LatencyCell[], { narrow }: Room): PlotOptions {
  const highest = cells.flatMap(({ takeover, prediction }) => [takeover?.p99 ?? 0, prediction?.max ?? 0]);
  return {
    height: narrow ? 280 : 340,
    ...{ marginLeft: 48, marginBottom: 42, marginTop: 26, marginRight: 16 },
    x: { domain: extent(distinct(cells.map((cell) => cell[setting])), 0.12) },
    y: { domain: [0, Math.max(1, ...highest) * 1.05] },
  };
}

/** Predicted range, from the least to p99, and the medians, joined. */
function marks(cells: readonly LatencyCell[], setting: Setting, index: number, dx: number): Markish[] {
  const stroke = seriesColor(index);
  const points = cells.flatMap((cell) => (cell.takeover === null ? [] : [{ x: cell[setting], ...cell.takeover }]));
  const ranges = cells.flatMap((cell) => (cell.prediction === null ? [] : [{ x: cell[setting], ...cell.prediction }]));
  return [
    ruleX(ranges, { x: "x", y1: "min", y2: "max", stroke, strokeOpacity: 0.28, strokeWidth: GAP - 3, dx }),
    ruleX(points, { x: "x", y1: "min", y2: "p99", stroke, strokeWidth: 1.5, dx }),
    line(points, { x: "x", y: "p50", stroke, strokeOpacity: 0.5, dx }),
    dot(points, { x: "x", y: "p50", fill: stroke, r: 4, dx }),
  ];
}
