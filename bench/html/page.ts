/** One page in one file: no script, nothing that is fetched. */

import type { Drawing } from "./draw.ts";
import { escape } from "./escape.ts";
import { CHART_STYLE, PAGE_STYLE } from "./style.ts";

/** A page. What is called HTML is taken as it is; every other text may come from anywhere. */
export interface Page {
  readonly title: string;
  /** One sentence under the title. */
  readonly lead: string;
  /** What it was made on and with: names and values. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The command line that makes it again. */
  readonly command: readonly string[];
  readonly sections: readonly Section[];
}

/** A part of a page. */
export interface Section {
  readonly heading: string;
  /** HTML. */
  readonly body: string;
}

/** A whole document. */
export function page({ title, lead, facts, command, sections }: Page): string {
  const listed = facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join("");
  const parts = sections.map(({ heading, body }) => `<section><h2>${escape(heading)}</h2>\n${body}\n</section>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>${CHART_STYLE}${PAGE_STYLE}
</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p class="lead">${escape(lead)}</p>
<pre>${command.map((argument) => `<span class="whole">${escape(quote(argument))}</span>`).join(" ")}</pre>
<dl>${listed}</dl>
${parts.join("\n")}
</main>
</body>
</html>
`;
}

/** An argument as a shell takes it. */
function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

/** A plot with its title, its legend (HTML), and how to read it. */
export function figure(title: string, drawing: Drawing | string, reading: string, legend = ""): string {
  const drawn =
    typeof drawing === "string"
      ? drawing
      : `<div class="wide">${drawing.wide}</div><div class="narrow">${drawing.narrow}</div>`;
  const read = reading === "" ? "" : `<p class="reading">${escape(reading)}</p>`;
  return `<figure><figcaption>${escape(title)}</figcaption>${legend}${drawn}${read}</figure>`;
}

/** A paragraph. */
export function paragraph(text: string, kind = ""): string {
  return `<p${kind === "" ? "" : ` class="${kind}"`}>${escape(text)}</p>`;
}

/** A table whose first columns are text, and the others numbers. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns: number,
  label: string,
): string {
  const row = (tag: "th" | "td", cells: readonly string[]): string =>
    `<tr>${cells.map((text, column) => `<${tag}${column < textColumns ? ' class="text"' : ""}>${escape(text)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((cells) => row("td", cells)).join("");
  // Wider than a narrow screen, it is scrolled, also with the keyboard.
  return `<div class="scroll" role="region" aria-label="${escape(label)}" tabindex="0"><table><thead>${row("th", head)}</thead><tbody>${body}</tbody></table></div>`;
}
