import { describe, expect, test } from "vitest";
import {
  constant,
  type Delay,
  empirical,
  exponential,
  lognormal,
  mixture,
  uniform,
  withPauses,
} from "../../src/qos/index.ts";
import { Dice } from "../simulation/dice.ts";

const delays: readonly (readonly [name: string, delay: Delay])[] = [
  ["constant", constant(3)],
  ["exponential", exponential(20)],
  ["lognormal", lognormal(4, 1.2)],
  ["uniform", uniform(2, 12)],
  ["empirical", empirical([5, 1, 2, 2, 40])],
  ["mixture", withPauses(lognormal(1, 0.5), 0.02, uniform(50, 400))],
];

describe.each(delays)("a delay that is %s", (_name, delay) => {
  const inside = [0.01, 0.1, 0.5, 0.9, 0.99].map((q) => delay.quantile(q));

  test("has survival and cdf that add up to one", () => {
    for (const t of [-1, 0, ...inside]) expect(delay.survival(t) + delay.cdf(t)).toBeCloseTo(1, 13);
  });

  test("has the quantile as the smallest value that a share does not exceed", () => {
    for (const q of [0.01, 0.25, 0.5, 0.977, 0.999]) {
      const t = delay.quantile(q);
      expect(delay.cdf(t * (1 + 1e-12))).toBeGreaterThanOrEqual(q);
      expect(delay.cdf(t * (1 - 1e-9) - 1e-9)).toBeLessThanOrEqual(q);
    }
  });

  test("has the mean and variance that its expectation finds", () => {
    expect(delay.expect((d) => d)).toBeCloseTo(delay.mean, 6);
    expect(delay.expect((d) => (d - delay.mean) ** 2) / (delay.variance || 1)).toBeCloseTo(delay.variance ? 1 : 0, 5);
  });

  test("has the excess that its expectation finds", () => {
    for (const t of [-5, 0, ...inside]) {
      const excess = delay.expect((d) => Math.max(0, d - t), [t]);
      expect(Math.abs(delay.excess(t) - excess)).toBeLessThan(1e-7 * (1 + excess));
    }
  });

  test("draws samples that are distributed so (Kolmogorov-Smirnov, 99.9 %)", () => {
    const dice = new Dice(1);
    const count = 20_000;
    const drawn = Float64Array.from({ length: count }, () => delay.sample(() => dice.roll())).sort();
    const distance = drawn.reduce((worst, t, index) => {
      const [below, upTo] = [index / count, (index + 1) / count];
      const last = drawn[index + 1] !== t;
      const first = drawn[index - 1] !== t;
      const under = first ? Math.abs(1 - delay.survival(t * (1 - 1e-9)) - below) : 0;
      return Math.max(worst, last ? Math.abs(delay.cdf(t) - upTo) : 0, under);
    }, 0);
    expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
  });

  test("stays within its least and greatest value", () => {
    expect(delay.cdf(delay.min - 1e-9)).toBe(0);
    expect(delay.cdf(delay.max)).toBe(1);
    expect(delay.quantile(0)).toBe(delay.min);
    expect(delay.quantile(1)).toBe(delay.max);
  });
});

test("the far tail keeps its digits, where 1 - cdf has none left", () => {
  expect(lognormal(1, 0.5).survival(Math.exp(5))).toBeCloseTo(7.619853024160527e-24, 36);
  expect(exponential(20).survival(2_000) / Math.exp(-100)).toBeCloseTo(1, 12);
  expect(withPauses(constant(1), 1e-9, constant(500)).survival(100)).toBeCloseTo(1e-9, 20);
});

test("nonsense is refused with a sentence", () => {
  expect(() => constant(-1)).toThrow(
    new RangeError("The constant delay must be a finite number of at least 0, and -1 is not."),
  );
  expect(() => exponential(Number.NaN)).toThrow("The mean delay must be a finite number above 0, and NaN is not.");
  expect(() => lognormal(1, 0)).toThrow(RangeError);
  expect(() => uniform(5, 5)).toThrow("The greatest delay must be above the least, and 5 is not above 5.");
  expect(() => empirical([])).toThrow("at least one sample");
  expect(() => empirical([1, Number.NaN])).toThrow(RangeError);
  expect(() => mixture([])).toThrow("at least one part");
  expect(() => withPauses(constant(1), 1.5, constant(9))).toThrow(RangeError);
});
