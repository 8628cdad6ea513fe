import { describe, expect, test } from "vitest";
import * as v from "valibot";
import { picture } from "../../../bench/html/picture.ts";
import { latencyPlot } from "../../../bench/html/plots/latency-against.ts";
import { renderReport } from "../../../bench/html/report.ts";
import { BenchResultSchema, type BenchResult } from "../../../bench/schema.ts";
import { HOSTILE, latencyResult, stallResult } from "./results.ts";

const RESULTS: readonly BenchResult[] = [latencyResult(), stallResult()];

/** Elements that have no end tag in HTML. */
const VOID = new Set(["meta", "img", "br"]);

function headings(html: string): string[] {
  return [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading = ""]) => heading);
}

/** What is opened and not closed, or closed and not open. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  for (const [, end, name = "", rest = ""] of html.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:[^>"]|"[^"]*")*)>/g)) {
    if (VOID.has(name) || rest.endsWith("/")) continue;
    if (end !== "/") open.push(name);
    else if (open.pop() !== name) return [...open, `/${name}`];
  }
  return open;
}

describe.each(RESULTS.map((result) => ({ mode: result.mode, result, html: renderReport(result) })))(
  "the page of a result on $mode",
  ({ result, html }) => {
    test("is made of a result that the schema takes", () => {
      expect(v.safeParse(BenchResultSchema, result).success).toBe(true);
    });

    test("refers to nothing outside, and runs nothing", () => {
      expect(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|url\(|@import/i);
      expect(html).not.toMatch(/<(script|link|iframe|object|embed|img|image|use|a|base)\b/i);
      expect(html).not.toMatch(/<[^>]*\s(src|href|xlink:href|on\w+)\s*=/i);
    });

    test("takes nothing that came from outside for HTML", () => {
      expect(html).not.toContain(HOSTILE);
      expect(html).not.toContain("<script");
      expect(html.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(3);
    });

    test("is one document whose every element is closed", () => {
      expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(unbalanced(html)).toEqual([]);
      expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/);
    });

    test("is the same when the result was saved and read again", () => {
      const again = renderReport(v.parse(BenchResultSchema, JSON.parse(JSON.stringify(result))));
      // Not `toBe`: two pages side by side are no help.
      expect(again === html).toBe(true);
    });

    test("says what it was made on and with", () => {
      for (const fact of ["node 20.20.2", "nats-server 2.9.10", "4096 MiB", "failover-watcher bench --transport nats"])
        expect(html.replaceAll(/<[^>]*>/g, "")).toContain(fact);
    });

    test("has a picture for wide screens and one for narrow ones, each with a name for those who do not see it", () => {
      const pictures = [...html.matchAll(/<svg role="img"[^>]*>/g)].map(([tag]) => tag);
      expect(pictures.length).toBeGreaterThan(0);
      for (const picture of pictures) expect(picture).toMatch(/aria-label="[^"]{10,}"/);
      expect(html.match(/class="wide"/g)?.length).toBe(html.match(/class="narrow"/g)?.length);
    });
  },
);

describe("a report on latency", () => {
  const result = latencyResult();
  const html = renderReport(result);

  test("has every part", () => {
    expect(headings(html)).toEqual([
      "Result",
      "Latency against timeout",
      "Latency against interval",
      "Distributions and predictions",
      "The grid",
      "Every figure",
      "Skipped",
    ]);
  });

  test("draws the distribution of every cell, and what theory says where it says anything", () => {
    const drawn = [...html.matchAll(/aria-label="Distribution of ([^"]*)"[\s\S]*?<\/svg>/g)];
    expect(drawn.map(([, title]) => title)).toEqual(
      result.cells.map(({ fault, interval, timeout }) => `${fault}, ${interval} ms / ${timeout} ms`),
    );
    const predicted = drawn.filter(([svg]) => svg.includes('stroke-dasharray="5 3"'));
    expect(predicted.length).toBe(result.cells.filter(({ prediction }) => prediction !== null).length);
  });

  test("tells in bad colours that a trial was missed or a promise broken", () => {
    expect(html).toContain('class="verdict good"');
    const [first, ...others] = result.cells;
    if (first === undefined) throw new Error("The result has no cell");
    const broken = { ...result, cells: [{ ...first, bothPrimaryMs: 3 }, ...others] };
    expect(renderReport(broken)).toContain('class="verdict bad"');
  });

  test("shows a cell of which nothing was counted, and a run of no cell at all", () => {
    const [first] = result.cells;
    if (first === undefined) throw new Error("The result has no cell");
    const nothing = { detection: null, takeover: null, serving: null, floor: null, idle: null, prediction: null };
    const missed = { ...result, cells: [{ ...first, ...nothing, trials: 1, missed: 1, samples: [] }] };
    for (const page of [renderReport(missed), renderReport({ ...result, cells: [], complete: false })]) {
      expect(page).not.toMatch(/NaN|undefined|Infinity/);
      expect(unbalanced(page)).toEqual([]);
    }
    expect(renderReport(missed)).toContain("1 trial, 1 missed.");
  });
});

test("a report on false failovers has every part", () => {
  expect(headings(renderReport(stallResult()))).toEqual([
    "Result",
    "False failovers",
    "The grid",
    "Every figure",
    "Skipped",
  ]);
});

test("a picture of its own brings its colours, its legend and its title, and refers to nothing outside", () => {
  const cells = latencyResult().cells.filter(({ fault }) => fault === "hang");
  const { drawing, entries } = latencyPlot("timeout", "hang", cells);
  const svg = picture(HOSTILE, entries, drawing.wide);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="904" height="422"/);
  expect(svg).not.toContain(HOSTILE);
  for (const shown of ["interval 50 ms", "predicted range of detection", "--series-0:", "prefers-color-scheme: dark"])
    expect(svg).toContain(shown);
  expect(unbalanced(svg)).toEqual([]);
  expect(svg.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|url\(|@import|<script/i);
});
