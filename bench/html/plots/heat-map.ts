/** A grid of cells, shaded by one figure of each. */

import { draw } from "../draw.ts";
import { axisX, axisY, cell, text } from "../library.ts";
import { figure } from "../page.ts";
import { SHADES } from "../style.ts";

/** One field of the grid. */
export interface Field {
  readonly column: string;
  readonly row: string;
  /** Undefined where there is none. */
  readonly value: number | undefined;
  readonly shown: string;
}

/** What a grid shows. */
export interface HeatMap {
  readonly title: string;
  readonly reading: string;
  readonly columns: { readonly label: string; readonly values: readonly string[] };
  readonly rows: { readonly label: string; readonly values: readonly string[] };
  readonly fields: readonly Field[];
  /** What the lightest and the darkest shade stand for; otherwise the least and the greatest value there is. */
  readonly range?: readonly [least: number, greatest: number];
}

/** @returns HTML */
export function heatMap({ title, reading, columns, rows, fields, range }: HeatMap): string {
  const values = fields.flatMap(({ value }) => value ?? []);
  const [least, greatest] = range ?? [Math.min(...values), Math.max(...values)];
  const shaded = fields.map((field) => ({ ...field, shade: shadeOf(field.value, least, greatest) }));
  const widest = Math.max(...rows.values.map((value) => value.length));
  const drawing = draw(title, ({ narrow, width }) => ({
    width: Math.min(width, 110 + columns.values.length * (narrow ? 90 : 130)),
    height: 70 + rows.values.length * 44,
    ...{ marginLeft: 24 + widest * 7, marginBottom: 40, marginTop: 30, marginRight: 8 },
    x: { domain: [...columns.values], type: "band", padding: 0.04 },
    y: { domain: [...rows.values], type: "band", padding: 0.04 },
    marks: [
      cell(shaded, {
        ...{ x: "column", y: "row", rx: 3 },
        fill: ({ shade }: Shaded) => (shade === undefined ? "none" : `var(--shade-${shade})`),
        stroke: ({ shade }: Shaded) => (shade === undefined ? "var(--rule)" : "none"),
      }),
      text(shaded, {
        ...{ x: "column", y: "row", text: "shown", fontSize: 13 },
        fill: ({ shade }: Shaded) => (shade === undefined ? "var(--muted)" : `var(--on-shade-${shade})`),
      }),
      axisX({ label: columns.label, labelAnchor: "right", labelArrow: "right", tickSize: 0 }),
      axisY({ label: rows.label, labelAnchor: "top", labelArrow: "up", tickSize: 0 }),
    ],
  }));
  return figure(title, drawing, reading);
}

type Shaded = Field & { readonly shade: number | undefined };

function shadeOf(value: number | undefined, least: number, greatest: number): number | undefined {
  if (value === undefined) return undefined;
  const share = greatest > least ? (value - least) / (greatest - least) : 0;
  return Math.min(SHADES - 1, Math.floor(share * SHADES));
}
