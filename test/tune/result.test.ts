import { describe, expect, test } from "vitest";
import * as v from "valibot";
import { renderTune } from "../../bench/html/tune-page.ts";
import { TuneResultSchema, type TuneResult } from "../../bench/schema.ts";
import type { Request } from "../../bench/tune/request.ts";
import { resultOf } from "../../bench/tune/result.ts";
import { formatResult } from "../../bench/tune/text.ts";
import { YEAR } from "../../src/qos/index.ts";
import { dice } from "../detectors/support.ts";
import { traceOf, type World } from "./support.ts";

const REQUEST: Request = {
  detection: undefined,
  falseFailovers: 1 / YEAR,
  heartbeats: 0.01,
  standbys: 1,
  costs: undefined,
};
/** Ten minutes. */
const SLOTS = 30_000;

const tuned = (world: Omit<World, "slots">, wanted: Partial<Request> = {}): TuneResult =>
  resultOf(traceOf({ slots: SLOTS, ...world }), { ...REQUEST, ...wanted }, ["--detect-within", "<script>"], true);

/** Delays around a millisecond, as on a quiet machine. */
function quiet(seed: number): (slot: number) => number {
  const random = dice(seed);
  const delays = Array.from({ length: SLOTS }, () => 0.5 - 0.5 * Math.log(1 - random()));
  return (slot) => delays[slot] ?? 1;
}

/** Stalls at random moments, exponential; some are long, so that not one seed decides. */
function stallsOf(count: number, mean: number, seed: number): NonNullable<World["stalls"]> {
  const random = dice(seed);
  return Array.from({ length: count }, () => {
    const from = random() * (SLOTS * 20 - 5_000);
    return [from, from - Math.log(1 - random()) * mean] as const;
  }).sort(([a], [b]) => a - b);
}

const quietResult = tuned({ delay: quiet(1) });
const stalling = { delay: quiet(2), stalls: stallsOf(40, 120, 3) };

describe("a recommendation", { timeout: 120_000 }, () => {
  test("given a quiet bus, when it is tuned, then the soonest settings that keep the promise are recommended, with three heartbeats and no knife edge", () => {
    const point = quietResult.recommended?.point;
    if (point === null || point === undefined) throw new Error("Nothing was recommended.");
    expect(point.model.total).toBeLessThanOrEqual(1);
    expect(point.bound).toBeLessThanOrEqual(1);
    expect(point.tolerated).toBeGreaterThanOrEqual(2);
    expect((point.timeout / point.interval) % 1).toBeGreaterThanOrEqual(0.25);
    expect(1_000 / point.interval).toBeLessThanOrEqual(10);
    expect(
      quietResult.front
        .filter(({ within }) => within < (quietResult.recommended?.within ?? 0))
        .every(({ point: none }) => none === null),
    ).toBe(true);
    expect(quietResult.code).toContain(`heartbeatInterval: ${point.interval}`);
    expect(quietResult.code).toContain(`heartbeatTimeout: ${point.timeout}`);
  });

  test("given ten minutes without a long gap, when it is tuned, then the evidence is told for what it is", () => {
    expect(quietResult.evidence).toMatch(
      /^600 s without a gap over \d+ ms: the data alone support at most 158 000 false failovers a year \(95 %\); the rest is model\.$/,
    );
  });

  test("given a detection time, when it is tuned, then the fewest heartbeats that keep the promise within it are recommended", () => {
    const { recommended } = tuned({ delay: quiet(1) }, { detection: 2_000 });
    expect(recommended?.within).toBe(2_000);
    expect(recommended?.point?.detection.worst).toBeLessThanOrEqual(2_000);
    expect(recommended?.point?.interval).toBeGreaterThan(quietResult.recommended?.point?.interval ?? Infinity);
  });

  test("given stalls and a detection time that they outlast, when it is tuned, then nothing is recommended, and the stalls are named", () => {
    const result = tuned(stalling, { detection: 500 });
    expect(result.recommended).toBeNull();
    expect(result.code).toBeNull();
    expect(result.obstacles.join(" ")).toMatch(/Within 500 ms: not achievable here\. Stalls .* Fix the stalls first/);
    expect(result.obstacles.join(" ")).toMatch(/The soonest that can be had .* is \d/);
  });

  test("given stalls, when it is tuned for any time, then the timeout is at least three times the longest, and lets at most one false failover a year pass", () => {
    const { recommended, seen } = tuned(stalling);
    expect(seen.stalls.count).toBeGreaterThan(20);
    expect(recommended?.point?.timeout).toBeGreaterThanOrEqual(3 * seen.stalls.longest);
    expect(recommended?.point?.model.total).toBeLessThanOrEqual(1);
  });

  test("given losses that come in clusters, when it is tuned, then that is noticed, and they are not multiplied as if they came alone", () => {
    const [together, alone] = [dice(8), dice(9)];
    let until = -1;
    const inClusters = (slot: number): boolean => {
      if (together() < 0.001) until = slot + 15;
      return slot < until;
    };
    const wanted = { falseFailovers: 100_000 / YEAR, detection: 1_000 };
    const clustered = tuned({ delay: quiet(4), isLost: inClusters }, wanted);
    const independent = tuned({ delay: quiet(4), isLost: () => alone() < 0.015 }, wanted);
    expect(clustered.misses?.clustered).toBe(true);
    expect(clustered.why.join(" ")).toContain("in clusters");
    expect(independent.misses?.clustered).toBe(false);
    const rate = ({ front }: TuneResult): number =>
      front.find(({ within }) => within === 500)?.point?.model.loss ??
      front.find(({ within }) => within === 500)?.best?.total ??
      0;
    expect(rate(clustered)).toBeGreaterThan(100 * rate(independent));
  });

  test("given costs, when it is tuned, then no other settings lose less", () => {
    const costs = { crashes: 4 / YEAR, takeover: 1_000, falseFailover: 5_000 };
    const { recommended, front } = tuned(stalling, { costs });
    const lost = recommended?.point?.lost ?? Infinity;
    expect(lost).toBeGreaterThan(4_000);
    for (const { point } of front) expect(point?.lost ?? Infinity).toBeGreaterThanOrEqual(lost);
  });

  test("given two standbys, when it is tuned, then losses make twice the false failovers, and stalls the same", () => {
    const random = dice(12);
    const lost = Array.from({ length: SLOTS }, () => random() < 0.02);
    const world = { ...stalling, isLost: (slot: number): boolean => lost[slot] ?? false };
    const [one, two] = [1, 2].map((standbys) => tuned(world, { standbys, detection: 5_000 }));
    const points = [one, two].map((result) => result?.front.find(({ within }) => within === 5_000)?.point);
    expect(points[0]?.interval).toBe(points[1]?.interval);
    expect(points[1]?.model.loss).toBeCloseTo(2 * (points[0]?.model.loss ?? Number.NaN), 12);
    expect(points[1]?.model.stalls).toBe(points[0]?.model.stalls);
  });

  test("given fewer heartbeats than are needed, when it is tuned, then it is said that more would do", () => {
    const { obstacles, recommended } = tuned({ delay: quiet(1) }, { heartbeats: 0.001, detection: 2_000 });
    expect(recommended).toBeNull();
    expect(obstacles.join(" ")).toContain("With at most 1 heartbeats a second, no three of them fit into the timeout");
  });
});

describe("a result", () => {
  const results = [quietResult, tuned(stalling), tuned(stalling, { detection: 500 })];

  test.for(results)("is what its schema says, also when it was saved and read", (result) => {
    const again: unknown = JSON.parse(JSON.stringify(result));
    expect(v.parse(TuneResultSchema, again)).toEqual(again);
    expect(again).toEqual(result);
  });

  test.for(results)("is a text that says what its words mean, and has no line too long for a terminal", (result) => {
    const text = formatResult(result);
    expect(text).toContain("failovers of a primary that lives, a year");
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
    const prose = text
      .split("\n")
      .slice(1)
      .filter((line) => !/^ {2}(noticed|within|[\d ]+) /.test(line));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(130);
  });

  test.for(results)("is a page without anything from outside, that takes nothing for HTML", (result) => {
    const html = renderTune(result);
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toMatch(/<script|NaN|undefined|Infinity|\[object/);
    expect(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|url\(|@import/i);
  });
});
