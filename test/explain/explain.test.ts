import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import * as v from "valibot";
import { describe, expect, onTestFinished, test } from "vitest";
import { explain } from "../../bench/explain/explain.ts";
import { readOrder } from "../../bench/explain/order.ts";
import { formatResult } from "../../bench/explain/text.ts";
import { ExplainResultSchema, type ExplainResult } from "../../bench/schema.ts";

const TOOL = resolve(import.meta.dirname, "../../.build/bench/main.js");

function explained(line: string): ExplainResult {
  const order = readOrder(line.split(" "));
  if (order === "help") throw new Error("asked for help");
  return explain(order.given, order.args);
}

function call(line: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [TOOL, "explain", ...line.split(" ")], { encoding: "utf8", timeout: 60_000 });
}

describe("what settings buy", () => {
  test("is, for 500 / 2 750 ms, 2.5 s on average, four losses in a row, and 0.0062 false failovers a year at 1 % loss", () => {
    const { detection, falseFailovers, tolerated, edge, advice } = explained("--interval 500 --timeout 2750 --loss 1%");
    expect(detection).toEqual({
      min: 2_250,
      mean: expect.closeTo(2_496.1, 1) as number,
      p50: expect.closeTo(2_498.6, 1) as number,
      p99: expect.closeTo(2_746.1, 1) as number,
      max: null,
      worst: expect.closeTo(2_753.2, 1) as number,
    });
    expect(falseFailovers.total).toBeCloseTo(0.00625, 5);
    expect(falseFailovers.bound).toBeGreaterThanOrEqual(falseFailovers.total);
    expect(tolerated).toBe(4);
    expect(edge).toMatchObject({ multiple: 5, above: 250, clear: true });
    expect(advice[0]).toBe("Nothing has to change: 0.0062 false failovers a year are within the 1 that you accept.");
    expect(advice[1]).toContain(
      "To notice it sooner, with as many heartbeats: heartbeatInterval: 500, heartbeatTimeout: 2250",
    );
  });

  test("at a whole multiple is warned of, and what to do instead is said", () => {
    const { warnings, falseFailovers, alternatives } = explained("--interval 1s --timeout 3s --loss 1%");
    expect(warnings).toEqual([
      "The timeout is exactly 3 intervals: when 2 heartbeats in a row are lost, the next one races the timer, and a moment of delay decides. 3.5 s, between two multiples, is safe.",
    ]);
    expect(falseFailovers.delay).toBeGreaterThan(40 * falseFailovers.loss);
    expect(alternatives.map(({ keeps, interval, timeout }) => [keeps, interval, timeout])).toEqual([
      ["interval", 1_000, 4_500],
      ["detection", 666, 3_000],
    ]);
    for (const { falseFailovers: rate } of alternatives) expect(rate).toBeLessThanOrEqual(1);
  });

  test("just above and just below a multiple is told apart", () => {
    const above = explained("--interval 100 --timeout 304 --delay uniform:1ms,20ms");
    expect(above.warnings[0]).toMatch(
      /^The timeout is only 4 ms above 3 intervals, and a heartbeat may be late by 19\.89 ms/,
    );
    const below = explained("--interval 100 --timeout 298 --delay uniform:1ms,20ms");
    expect(below.edge.clear).toBe(true);
    expect(below.warnings[0]).toMatch(
      /^The timeout is 2 ms below 3 intervals, so heartbeat 3 comes just too late to help/,
    );
  });

  test("that stalls outlast is not blamed on losses, and no interval is promised to help", () => {
    const { falseFailovers, advice, alternatives } = explained("--interval 100 --timeout 350 --stalls 1/min,exp:50ms");
    expect(falseFailovers.stalls).toBeGreaterThan(falseFailovers.stallFloor);
    expect(falseFailovers.stallFloor).toBeCloseTo(479.6, 1);
    expect(advice[0]).toContain("Most false failovers come from stalls of the primary");
    expect(alternatives.map(({ keeps }) => keeps)).toEqual(["interval"]);
    expect(advice.at(-1)).toContain("stalls that outlast 350 ms make 480 false failovers a year by themselves");
  });

  test("has no bound where losses come in bursts", () => {
    const { falseFailovers, given } = explained("--interval 500 --timeout 2600 --loss 1% --burst 2");
    expect(given.burst).toBe(2);
    expect(Number(falseFailovers.loss.toPrecision(3))).toBe(19_700);
    expect(falseFailovers.bound).toBeNull();
  });

  test("is told in words to somebody who has never heard of failure detectors", () => {
    const text = formatResult(explained("--interval 1s --timeout 3500ms --loss 1% --stalls 1/hour,exp:500ms"));
    expect(text).toContain(
      "The primary says every 1 s that it lives. Who has not heard it for 3.5 s takes it for dead.",
    );
    expect(text).toContain("When the primary dies, it is noticed");
    expect(text).toContain("2 in a row may be lost; 3 are a false failover");
    expect(text).toContain("you accept 1");
    expect(text.split("\n").every((line) => line.length <= 120)).toBe(true);
  });
});

describe("the command", () => {
  test("writes JSON alone to stdout, which its published schema accepts, and the report to stderr", () => {
    const { status, stdout, stderr } = call("--interval 1s --timeout 3s --loss 1% --stalls 1/min,exp:50ms --json -");
    expect(status).toBe(0);
    const result = v.parse(ExplainResultSchema, JSON.parse(stdout));
    expect(result).toEqual(explained("--interval 1s --timeout 3s --loss 1% --stalls 1/min,exp:50ms --json -"));
    expect(stderr).toContain("When it lives, it is given up by mistake");
  });

  test("writes JSON to a file, and nothing else where it is to be quiet", () => {
    const folder = mkdtempSync(join(tmpdir(), "explain-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "explain.json");
    const { status, stdout, stderr } = call(`--interval 1s --timeout 3500ms --quiet --json ${file}`);
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
    expect(v.is(ExplainResultSchema, JSON.parse(readFileSync(file, "utf8")))).toBe(true);
  });

  test("ends with 2 and a sentence where it was called in a way that cannot work", () => {
    const { status, stdout, stderr } = call("--interval 1s --timeout 1s");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe("--timeout is 1s, no longer than --interval 1s; every heartbeat would come too late.\n");
  });

  test.each([
    ["--interval 1s", "explain needs --interval and --timeout, such as --interval 1s --timeout 3500ms."],
    ["--interval 1s --timeout 3s --loss 100%", '--loss is "100%"; it must be a share from 0 % to less than 100 %'],
    ["--interval 1s --timeout 3s --loss -1%", "--loss"],
    [
      "--interval 1s --timeout 3s --delay gamma:1ms",
      '--delay is "gamma:1ms"; it must be constant:5ms, exp:50ms (mean)',
    ],
    ["--interval 1s --timeout 3s --delay exp:1ms,2ms", '--delay is "exp:1ms,2ms"; it must be constant:5ms'],
    ["--interval 1s --timeout 3s --delay uniform:5ms,5ms", "the second duration must be longer than the first."],
    ["--interval 1s --timeout 3s --delay lognormal:1ms,0", '--delay has a sigma of "0"'],
    ["--interval 1s --timeout 3s --delay exp:0ms", "it must be a duration above zero"],
    ["--interval 1s --timeout 3s --stalls 1/min", '--stalls is "1/min"; it must be a rate and a distribution'],
    ["--interval 1s --timeout 3s --stalls 1/fortnight,exp:5ms", "it must be a rate above zero"],
    ["--interval 1s --timeout 3s --loss 75% --burst 2", "it must be a number of heartbeats of at least 3"],
    ["--interval 1ms --timeout 2s", "--timeout is 2s, more than 1000 times --interval 1ms."],
    ["--interval 1s --timeout 3s --jitter 5", "--jitter"],
  ])("refuses %s with a sentence", (line, sentence) => {
    expect(() => readOrder(line.split(" "))).toThrow(sentence);
  });
});
