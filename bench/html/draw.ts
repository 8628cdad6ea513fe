/** Plots as SVG, drawn without a browser. */

import { plot, type PlotOptions } from "./library.ts";
import { Paper } from "./paper.ts";

/** How much room a plot has, in pixels of the page. */
export interface Room {
  readonly width: number;
  readonly narrow: boolean;
}

/** The same plot for a wide and for a narrow screen; the page's style shows one of them. */
export interface Drawing {
  readonly wide: string;
  readonly narrow: string;
}

const WIDE: Room = { width: 880, narrow: false };
const NARROW: Room = { width: 360, narrow: true };

/** One SVG. @param label what it shows, for those who do not see it */
export function drawOnce(label: string, options: PlotOptions): string {
  const drawn: unknown = plot({
    ...options,
    className: "chart",
    ariaLabel: label,
    // The library asks for nothing of a document that this one does not have.
    document: new Paper() as never,
  });
  return String(drawn).replace("<svg ", '<svg role="img" xmlns="http://www.w3.org/2000/svg" ');
}

/** Draws for both kinds of screen. */
export function draw(label: string, describe: (room: Room) => PlotOptions): Drawing {
  const [wide, narrow] = [WIDE, NARROW].map((room) => drawOnce(label, { width: room.width, ...describe(room) }));
  return { wide: wide ?? "", narrow: narrow ?? "" };
}
