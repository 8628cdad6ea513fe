/** Detection time against false failovers: seen, by the model, and at most. */

import type { TuneResult } from "../../schema/tune.ts";
import { formatRate } from "../../cli/figures.ts";
import { draw } from "../draw.ts";
import { legend } from "../legend.ts";
import { axisX, axisY, dot, gridY, line, ruleX, ruleY } from "../library.ts";
import { digits } from "../numbers.ts";
import { figure } from "../page.ts";
import { seriesColor } from "../style.ts";

/** Below it no model deserves a digit. */
const LEAST = 1e-6;

const READING =
  "To the left a crash is noticed sooner, and further down a live primary is given up less often. The trace alone proves little: that is the upper line. The model says what is likely, the bound what is possible if everything is as bad as the trace allows. Below one in a million years nothing is drawn. Left of the first point no setting keeps the promise (dashed).";

/** @returns HTML */
export function tuneFront({ front, request, recommended }: TuneResult): string {
  const series = [
    { name: "what the trace alone allows (95 %)", value: (limit: number) => limit },
    { name: "bound", value: (_: number, bound: number) => bound },
    { name: "model", value: (_: number, __: number, model: number) => model },
  ].map(({ name, value }, index) => ({
    name,
    color: seriesColor(index),
    points: front.flatMap(({ within, point }) =>
      point === null
        ? []
        : [{ within, rate: Math.max(LEAST, value(point.observed.limit, point.bound, point.model.total)) }],
    ),
  }));
  if (series.every(({ points }) => points.length === 0)) return "";
  const chosen = recommended === null ? [] : [recommended.within];
  const drawing = draw("Detection time against false failovers a year", ({ narrow }) => ({
    height: narrow ? 300 : 360,
    ...{ marginLeft: 64, marginBottom: 42, marginTop: 26, marginRight: 16 },
    x: { type: "log" },
    y: { type: "log" },
    marks: [
      gridY({ strokeOpacity: 0.12, ticks: 5 }),
      ruleY([Math.max(LEAST, request.falseFailovers)], { stroke: "var(--muted)", strokeDasharray: "5 3" }),
      ruleX(chosen, { stroke: "var(--good)", strokeDasharray: "2 3" }),
      ...series.flatMap(({ points, color }) => [
        line(points, { x: "within", y: "rate", stroke: color }),
        dot(points, { x: "within", y: "rate", fill: color, r: 3 }),
      ]),
      axisX({ label: "a crash is noticed within (ms) →", ticks: narrow ? 3 : 6, tickFormat: digits }),
      axisY({ label: "↑ false failovers a year", ticks: 5, tickFormat: formatRate }),
    ],
  }));
  const entries = [
    ...series.map(({ name, color }) => ({ label: name, mark: "dot" as const, color })),
    { label: "asked for", mark: "dashed" as const, color: "var(--muted)" },
    { label: "recommended", mark: "dotted" as const, color: "var(--good)" },
  ];
  return figure("Detection time against false failovers", drawing, READING, legend(entries));
}
