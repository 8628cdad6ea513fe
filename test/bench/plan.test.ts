import { expect, test } from "vitest";
import { makePlan } from "../../bench/bench/plan.ts";

const CELLS = [
  { fault: "crash", interval: 50 },
  { fault: "hang", interval: 100 },
  { fault: "cut", interval: 100 },
];

test("two runs with the same seed have the same plan, and another seed has another", () => {
  expect(makePlan(CELLS, 20, 7)).toEqual(makePlan(CELLS, 20, 7));
  expect(makePlan(CELLS, 20, 7)).not.toEqual(makePlan(CELLS, 20, 8));
});

test("every cell gets as many trials as were asked for, in no order, after a warm-up that is not among them", () => {
  const { warmUp, trials } = makePlan(CELLS, 20, 7);
  expect(warmUp?.cell).toBe(CELLS[0]);
  for (const cell of CELLS) expect(trials.filter((planned) => planned.cell === cell)).toHaveLength(20);
  const faults = trials.map(({ cell }) => cell.fault);
  expect(faults.toSorted()).not.toEqual(faults);
  expect(new Set(faults.slice(0, 10)).size).toBe(CELLS.length);
});

test("phases are uniform over one whole interval, which comes after a whole one", () => {
  const interval = 100;
  const phases = makePlan([{ interval }], 2_000, 3).trials.map(({ phase }) => phase);
  const tenths = Array.from({ length: 10 }, (_, tenth) => {
    const from = interval + (tenth * interval) / 10;
    return phases.filter((phase) => phase >= from && phase < from + interval / 10).length;
  });
  // Each holds 200 of 2000 on average, with a standard deviation of 13.4.
  for (const count of tenths) expect(Math.abs(count - 200)).toBeLessThan(60);
  expect(tenths.reduce((sum, count) => sum + count, 0)).toBe(phases.length);
});

test("a grid of nothing plans nothing", () => {
  expect(makePlan([], 5, 1)).toEqual({ warmUp: undefined, trials: [] });
});
