/** How pages and plots look: light and dark as the reader's system asks for, wide and narrow as there is room. */

/** So many series have a colour of their own; more begin anew. */
export const SERIES = 6;

/** Shades of a heat map, from little to much. */
export const SHADES = 6;

/** The colour of a series: of Okabe and Ito's palette, which people who see fewer colours can tell apart. */
export function seriesColor(index: number): string {
  return `var(--series-${index % SERIES})`;
}

/** Colours of both schemes. Every series has a contrast of at least 3 to 1 against its paper. */
const LIGHT = `
  --paper: #ffffff; --card: #f6f7f9; --ink: #1b1f24; --muted: #57606a; --rule: #d8dee4; --good: #116329; --bad: #b42318;
  --series-0: #0072b2; --series-1: #d55e00; --series-2: #008f6b; --series-3: #b5508a; --series-4: #8a6d00; --series-5: #5b5fc7;
  --shade-0: #e8f1fa; --shade-1: #bfdaf0; --shade-2: #8dbde2; --shade-3: #4f94cb; --shade-4: #2069a8; --shade-5: #0c3f73;
  --on-shade-0: #1b1f24; --on-shade-1: #1b1f24; --on-shade-2: #1b1f24; --on-shade-3: #0b1015; --on-shade-4: #ffffff; --on-shade-5: #ffffff;`;
const DARK = `
  --paper: #12161b; --card: #1a2027; --ink: #e6e9ed; --muted: #9aa4af; --rule: #333c46; --good: #57c17b; --bad: #ff8a7a;
  --series-0: #56b4e9; --series-1: #f2904a; --series-2: #3fcfa4; --series-3: #e79cc6; --series-4: #e3c341; --series-5: #a5a8ff;
  --shade-0: #16283a; --shade-1: #1c4060; --shade-2: #225c8c; --shade-3: #3d86c0; --shade-4: #7db7e4; --shade-5: #c7e2f7;
  --on-shade-0: #e6e9ed; --on-shade-1: #e6e9ed; --on-shade-2: #ffffff; --on-shade-3: #06090c; --on-shade-4: #0b1015; --on-shade-5: #0b1015;`;

/** What a plot needs wherever it stands. */
export const CHART_STYLE: string = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
.chart { --plot-background: var(--paper); color: var(--ink); font: 12px system-ui, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums; display: block; max-width: 100%; height: auto; }
.chart [aria-label$="tick label"] { fill: var(--muted); }`;

/** What a page needs besides. */
export const PAGE_STYLE: string = `
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .35rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.75rem 0 .25rem; }
p { max-width: 46rem; margin: .35rem 0 .75rem; }
.lead, .reading, figcaption small, .note { color: var(--muted); }
.reading { font-size: .9rem; }
.verdict { font-weight: 600; } .verdict.good { color: var(--good); } .verdict.bad { color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; font-size: .9rem; margin: 1rem 0; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font: .85rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre { background: var(--card); border: 1px solid var(--rule); border-radius: 6px; padding: .7rem .9rem; white-space: pre-wrap;
  overflow-wrap: anywhere; margin: .75rem 0; }
figure { margin: 1rem 0 1.5rem; } figcaption { font-weight: 600; margin-bottom: .25rem; } figcaption small { font-weight: 400; }
.many { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 270px), 1fr)); gap: 1rem 1.5rem; }
.many figure { margin: .5rem 0; } .many .chart { width: 100%; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; margin: .25rem 0 .35rem; padding: 0; font-size: .85rem; }
.legend li { display: flex; align-items: center; gap: .45rem; } .legend svg { flex: none; }
.scroll { overflow-x: auto; margin: .75rem 0; } .scroll:focus-visible { outline: 2px solid var(--series-0); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .3rem .75rem .3rem 0; text-align: right; border-bottom: 1px solid var(--rule); }
th { color: var(--muted); font-weight: 500; vertical-align: bottom; white-space: normal; } .whole { display: inline-block; } .text { text-align: left; }
td.text:last-child { white-space: normal; min-width: 16rem; }
.narrow { display: none; } .narrow .chart { width: 100%; max-width: 460px; }
@media (max-width: 620px) { .wide { display: none; } .narrow { display: block; } main { padding: 1.25rem 1rem 3rem; }
  dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
@media print { :root { ${LIGHT} } body { font-size: 12px; } figure { break-inside: avoid; } }`;
