/** How often somebody who merely stood still was taken for dead, against how long it stood. */

import type { StallCell } from "../../schema.ts";
import { draw } from "../draw.ts";
import { groupBy } from "../groups.ts";
import { legend } from "../legend.ts";
import { axisX, axisY, dot, gridY, line, ruleX, type Markish } from "../library.ts";
import { digits, distinct, extent, formatMs } from "../numbers.ts";
import { figure } from "../page.ts";
import { seriesColor } from "../style.ts";

/** How far apart series stand that have a point in common, in pixels. */
const GAP = 9;

const READING =
  "Nobody died; somebody stood still. A dot is the share of trials in which another was promoted all the same, its whisker the 95 % confidence interval (Wilson), a dotted line the timeout of the series in its colour. A primary's pause that is longer than the timeout cannot be told from its death; a secondary's own can.";

/** The cells of those who stood still; those of one interval and timeout are a series. @returns HTML */
export function falseFailovers(title: string, cells: readonly StallCell[]): string {
  const series = [...groupBy(cells, ({ interval, timeout }) => `${interval}/${timeout}`).values()];
  const drawing = draw(`False failovers, ${title}`, ({ narrow }) => ({
    height: narrow ? 280 : 320,
    ...{ marginLeft: 48, marginBottom: 42, marginTop: 26, marginRight: 16 },
    x: {
      domain: extent(
        cells.flatMap(({ stall, timeout }) => [stall, timeout]),
        0.08,
      ),
    },
    y: { domain: [0, 1] },
    marks: [
      gridY({ strokeOpacity: 0.12, ticks: 5 }),
      ...series.flatMap((own, index) => marks(own, index, (index - (series.length - 1) / 2) * GAP)),
      axisX({
        ticks: [...distinct(cells.map(({ stall }) => stall))],
        tickFormat: digits,
        label: "stood still for (ms) →",
      }),
      axisY({ label: "↑ trials with a false failover", ticks: 5, tickFormat: "%" }),
    ],
  }));
  const entries = series.map(([first], index) => ({
    label: first === undefined ? "" : `${formatMs(first.interval)} / ${formatMs(first.timeout)}`,
    mark: "dot" as const,
    color: seriesColor(index),
  }));
  const timeouts = { label: "that timeout", mark: "dotted", color: "var(--muted)" } as const;
  return figure(title, drawing, READING, legend([...entries, timeouts]));
}

/** The timeout, the confidence interval of every share, and the shares, joined. */
function marks(cells: readonly StallCell[], index: number, dx: number): Markish[] {
  const stroke = seriesColor(index);
  const points = cells
    .toSorted((one, other) => one.stall - other.stall)
    .map((cell) => ({ ...cell, range: cell.shareCi95 }));
  return [
    ruleX(distinct(cells.map(({ timeout }) => timeout)), {
      stroke,
      strokeDasharray: "2 3",
      strokeOpacity: 0.8,
    }),
    ruleX(points, { x: "stall", y1: ({ range }: Ranged) => range[0], y2: ({ range }: Ranged) => range[1], stroke, dx }),
    line(points, { x: "stall", y: "share", stroke, strokeOpacity: 0.5, dx }),
    dot(points, { x: "stall", y: "share", fill: stroke, r: 4, dx }),
  ];
}

type Ranged = StallCell & { readonly range: StallCell["shareCi95"] };
