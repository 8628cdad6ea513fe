/** How the latencies of one cell are distributed, and how theory says they are. */

import type { LatencyCell } from "../../schema.ts";
import { drawOnce } from "../draw.ts";
import type { Entry } from "../legend.ts";
import { axisX, axisY, gridY, line } from "../library.ts";
import { digits, formatMs } from "../numbers.ts";
import { figure } from "../page.ts";
import { seriesColor } from "../style.ts";

const [DETECTION, TAKEOVER] = [seriesColor(0), seriesColor(1)];

/** What the lines of every one of these plots are. */
export const DISTRIBUTION_LEGEND: readonly Entry[] = [
  { label: "detection, observed", mark: "line", color: DETECTION },
  { label: "takeover, observed", mark: "line", color: TAKEOVER },
  { label: "detection, predicted", mark: "dashed", color: "var(--ink)" },
  { label: "floor, where not silence tells: the kernel's own notice", mark: "dotted", color: "var(--muted)" },
];

type Point = readonly [at: number, share: number];

/** A small plot of one cell. @returns HTML */
export function distribution(cell: LatencyCell): string {
  const title = `${cell.fault}, ${formatMs(cell.interval)} / ${formatMs(cell.timeout)}`;
  const [detection, takeover, floor] = (["detection", "takeover", "floor"] as const).map((what) =>
    steps(cell.samples.flatMap((sample) => sample[what] ?? [])),
  );
  // Where theory speaks, the floor is far to the left of everything and would only push it together.
  const ground = cell.prediction === null ? (floor ?? []) : [];
  const style = { curve: "step-after" } as const;
  const drawing = drawOnce(`Distribution of ${title}`, {
    ...{ width: 300, height: 200, marginLeft: 42, marginBottom: 38, marginTop: 22, marginRight: 12 },
    x: { nice: true },
    y: { domain: [0, 1] },
    marks: [
      gridY({ strokeOpacity: 0.12, ticks: 4 }),
      line(cell.prediction?.cdf ?? [], { stroke: "var(--ink)", strokeWidth: 1.75, strokeDasharray: "5 3" }),
      line(ground, { ...style, stroke: "var(--muted)", strokeDasharray: "2 2" }),
      line(takeover ?? [], { ...style, stroke: TAKEOVER, strokeWidth: 1.25 }),
      line(detection ?? [], { ...style, stroke: DETECTION, strokeWidth: 1.75 }),
      axisX({ ticks: 4, tickFormat: digits, label: "ms since the fault →" }),
      axisY({ ticks: 4, tickFormat: "%", label: "↑ share of trials" }),
    ],
  });
  return figure(title, drawing, verdict(cell));
}

/** The empirical distribution function: from nobody, one step for each. */
function steps(sample: readonly number[]): readonly Point[] {
  const sorted = sample.toSorted((one, other) => one - other);
  const [first] = sorted;
  if (first === undefined) return [];
  return [[first, 0], ...sorted.map((at, index): Point => [at, (index + 1) / sorted.length])];
}

function verdict({ trials, prediction, missed }: LatencyCell): string {
  const counted = `${trials} ${trials === 1 ? "trial" : "trials"}${missed > 0 ? `, ${missed} missed` : ""}`;
  const ks = prediction?.ks;
  if (ks === undefined || ks === null) return `${counted}.`;
  return `${counted}; Kolmogorov-Smirnov D = ${ks.d.toFixed(3)}, p = ${ks.p.toFixed(2)}.`;
}
