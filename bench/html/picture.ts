/** One plot as a picture of its own: SVG that brings its colours and its legend with it, light and dark. */

import { escape } from "./escape.ts";
import { swatch, type Entry } from "./legend.ts";
import { CHART_STYLE } from "./style.ts";

/** Pixels of the page: what is above the plot, and what is around everything. */
const HEAD = 58;
const MARGIN = 12;

/** How wide a letter is, about, and a swatch with what is around it. */
const LETTER = 7;
const SWATCH = 52;

/** @param chart as SVG, with its width and height in pixels */
export function picture(title: string, entries: readonly Entry[], chart: string): string {
  const [, width = "0", height = "0"] = /width="(\d+)" height="(\d+)"/.exec(chart) ?? [];
  const size = `width="${Number(width) + 2 * MARGIN}" height="${Number(height) + HEAD + 2 * MARGIN}"`;
  let x = MARGIN;
  const legend = entries.map(({ label, mark, color }) => {
    const at = x;
    x += SWATCH + LETTER * label.length;
    const sign = swatch(mark, color).replace("<svg ", `<svg x="${at}" y="39" `);
    return `${sign}<text x="${at + 30}" y="50">${escape(label)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escape(title)}">
<style>${CHART_STYLE}
text { font: 13px system-ui, "Segoe UI", Roboto, sans-serif; fill: var(--ink); } .chart text { font-size: 12px; }
.title { font-size: 15px; font-weight: 600; }</style>
<rect width="100%" height="100%" rx="6" fill="var(--paper)"/>
<text class="title" x="${MARGIN}" y="${MARGIN + 14}">${escape(title)}</text>
${legend.join("\n")}
${chart.replace("<svg ", `<svg x="${MARGIN}" y="${HEAD + MARGIN}" `)}
</svg>
`;
}
