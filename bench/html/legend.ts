/** What the marks of a plot stand for. */

import { escape } from "./escape.ts";

/** One mark and its meaning. */
export interface Entry {
  readonly label: string;
  readonly mark: "line" | "dashed" | "dotted" | "band" | "dot" | "square";
  /** A CSS colour. */
  readonly color: string;
}

/** A list, as HTML. */
export function legend(entries: readonly Entry[]): string {
  const items = entries.map(({ label, mark, color }) => `<li>${swatch(mark, color)}${escape(label)}</li>`);
  return `<ul class="legend">${items.join("")}</ul>`;
}

/** A mark in small, as SVG. */
export function swatch(mark: Entry["mark"], color: string): string {
  const paint = escape(color);
  const shape = {
    line: `<path d="M0 6h22" stroke="${paint}" stroke-width="2"/>`,
    dashed: `<path d="M0 6h22" stroke="${paint}" stroke-width="2" stroke-dasharray="5 3"/>`,
    dotted: `<path d="M0 6h22" stroke="${paint}" stroke-width="2" stroke-dasharray="2 2"/>`,
    band: `<rect width="22" height="12" fill="${paint}" fill-opacity=".28"/>`,
    dot: `<path d="M0 6h22" stroke="${paint}" stroke-width="1.5"/><circle cx="11" cy="6" r="4" fill="${paint}"/>`,
    square: `<rect x="4" width="14" height="12" rx="2" fill="${paint}"/>`,
  }[mark];
  return `<svg width="22" height="12" aria-hidden="true">${shape}</svg>`;
}
