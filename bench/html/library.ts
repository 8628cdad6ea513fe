/**
 * Everything that is used of Observable Plot (ISC): the one place that knows it. Plots are drawn when a report is written, as
 * SVG, so a report needs no script, can be printed, and its pictures can be taken out of it. Of the libraries that draw without
 * a browser, Plot is the lightest of those that know axes, scales and facets: bundled it adds 92 kB to the packed package, Vega
 * and ECharts several times as much; uPlot, the smallest, draws only in a browser. The build puts the code into this file's
 * place, so that nobody has to install it; on JSR it is an ordinary dependency of the report alone.
 *
 * @module
 */

export {
  areaY,
  axisX,
  axisY,
  cell,
  dot,
  gridX,
  gridY,
  line,
  plot,
  ruleX,
  ruleY,
  text,
  tickX,
} from "@observablehq/plot";
export type { Markish, PlotOptions } from "@observablehq/plot";
