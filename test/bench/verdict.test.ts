import { expect, test } from "vitest";
import { kept } from "../../bench/bench/verdict.ts";
import type { LatencyCell, LatencyResult, StallCell, StallResult } from "../../bench/schema.ts";

const SETTING = { transport: "nats", election: "claims", eager: false } as const;

function latency(found: Partial<LatencyCell>, setting: Partial<LatencyResult> = {}): LatencyResult {
  const cell = { missed: 0, falsePromotions: 0, bothPrimaryMs: 0, ...found } as LatencyCell;
  return { ...SETTING, mode: "latency", cells: [cell], ...setting } as LatencyResult;
}

function stall(found: Partial<StallCell>): StallResult {
  const cell = { stalled: "primary", falseFailovers: 0, bothPrimaryMs: 0, ...found } as StallCell;
  return { ...SETTING, mode: "stall", cells: [cell] } as Partial<StallResult> as StallResult;
}

test("a run without a miss, a false promotion and a second primary keeps every promise", () => {
  expect(kept(latency({}))).toBe(true);
});

test.each([{ missed: 1 }, { falsePromotions: 1 }, { bothPrimaryMs: 0.5 }])("%o breaks one", (found) => {
  expect(kept(latency(found))).toBe(false);
});

test("two primaries break no promise on a mesh and with eager, where none is made, and one under a host lock", () => {
  const both = { bothPrimaryMs: 5 };
  expect(kept(latency(both, { transport: "zeromq" }))).toBe(true);
  expect(kept(latency(both, { eager: true }))).toBe(true);
  expect(kept(latency(both, { transport: "zeromq", election: "host-lock", eager: true }))).toBe(false);
});

test("whoever takes over from a primary that stood still breaks no promise, whoever stood still himself does", () => {
  expect(kept(stall({ stalled: "primary", falseFailovers: 3 }))).toBe(true);
  expect(kept(stall({ stalled: "stop", falseFailovers: 3 }))).toBe(true);
  expect(kept(stall({ stalled: "secondary", falseFailovers: 1 }))).toBe(false);
  expect(kept(stall({ stalled: "stop", bothPrimaryMs: 1 }))).toBe(false);
});
