import { describe, expect, test } from "vitest";
import { kolmogorovSmirnov } from "../../bench/statistics/kolmogorov.ts";
import { spreadOf } from "../../bench/statistics/spread.ts";
import { studentT } from "../../bench/statistics/student.ts";
import { wilson } from "../../bench/statistics/wilson.ts";
import { nextRandom } from "../../src/random.ts";

test("a sample is told by nearest ranks and by its mean with Student's interval", () => {
  const spread = spreadOf([4, 1, 3, 2, 5]);
  expect(spread).toMatchObject({ count: 5, min: 1, p50: 3, p90: 5, p95: 5, p99: 5, max: 5, mean: 3 });
  // 3 +- t(4) * sqrt(2.5 / 5), with t(4) = 2.776.
  expect(spread?.meanCi95?.[0]).toBeCloseTo(3 - 2.776 * Math.SQRT1_2, 2);
  expect(spread?.meanCi95?.[1]).toBeCloseTo(3 + 2.776 * Math.SQRT1_2, 2);
});

test("a single value has no interval, and no value has no spread", () => {
  expect(spreadOf([7])?.meanCi95).toBeNull();
  expect(spreadOf([])).toBeNull();
});

test.each([
  [1, 12.706],
  [2, 4.303],
  [4, 2.776],
  [9, 2.262],
  [29, 2.045],
  [199, 1.972],
])("Student's t of %i degrees of freedom is that of the tables", (freedom, table) => {
  expect(Math.abs(studentT(freedom) - table)).toBeLessThan(0.002);
});

test("Wilson's interval is that of the tables, and never leaves 0 to 1", () => {
  expect(wilson(0, 10).map((bound) => bound.toFixed(3))).toEqual(["0.000", "0.278"]);
  expect(wilson(5, 10).map((bound) => bound.toFixed(3))).toEqual(["0.237", "0.763"]);
  expect(wilson(10, 10)[1]).toBeLessThanOrEqual(1);
  expect(wilson(0, 0)).toEqual([0, 1]);
});

describe("the test of Kolmogorov and Smirnov", () => {
  const uniform = (value: number): number => Math.min(1, Math.max(0, value));
  const draw = (count: number, seed: number): number[] => {
    let state = seed;
    return Array.from({ length: count }, () => {
      const [value, next] = nextRandom(state);
      state = next;
      return value;
    });
  };

  test("finds the largest distance on either side of a step", () => {
    expect(kolmogorovSmirnov([0.5], uniform).d).toBe(0.5);
    expect(kolmogorovSmirnov([0.1, 0.2, 0.9], uniform).d).toBeCloseTo(2 / 3 - 0.2, 12);
  });

  test("has the probabilities of the tables", () => {
    // For 200 values 0.0960 is the 5 % point, 0.1152 the 1 % point (Stephens).
    const shifted = (d: number): number =>
      kolmogorovSmirnov(
        Array.from({ length: 200 }, (_, index) => (index + 1) / 200),
        (value) => value - d,
      ).p;
    expect(shifted(0.0954)).toBeCloseTo(0.05, 2);
    expect(shifted(0.1143)).toBeCloseTo(0.01, 2);
  });

  test("takes what was drawn from it, at its own rate of error, and refuses what was shifted by a tenth", () => {
    const seeds = Array.from({ length: 200 }, (_, seed) => seed);
    const refused = seeds.filter((seed) => kolmogorovSmirnov(draw(200, seed * 7919), uniform).p < 0.05).length;
    // 10 of 200 on average, with a standard deviation of 3.1.
    expect(refused).toBeGreaterThan(1);
    expect(refused).toBeLessThan(22);
    const shifted = draw(200, 1).map((value) => value + 0.15);
    expect(kolmogorovSmirnov(shifted, uniform).p).toBeLessThan(0.01);
  });
});
