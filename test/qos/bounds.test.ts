import { describe, expect, test } from "vitest";
import {
  constant,
  type Delay,
  empirical,
  exponential,
  lognormal,
  nfdSBounds,
  nfdSMistakes,
  simpleMistakes,
  simpleRateBound,
  uniform,
  withPauses,
} from "../../src/qos/index.ts";

const DELAYS: readonly (readonly [string, Delay])[] = [
  ["constant", constant(3)],
  ["exponential", exponential(20)],
  ["lognormal", lognormal(8, 1)],
  ["uniform", uniform(10, 60)],
  ["measured", empirical([1, 2, 2, 3, 40])],
  ["with pauses", withPauses(lognormal(1, 0.5), 0.02, uniform(50, 400))],
];

describe.each(DELAYS)("bounds that need mean and variance alone hold for a delay that is %s", (_name, delay) => {
  const { mean, variance, min } = delay;
  const settings = [0, 0.01, 0.2].flatMap((loss) => [60, 100, 170, 250].map((span) => ({ loss, span })));

  test.each(settings)("of NFD-S (loss $loss, shift $span)", ({ loss, span }) => {
    const exact = nfdSMistakes({ interval: 100, loss, delay, shift: span });
    const bounds = nfdSBounds({ interval: 100, loss, mean, variance, shift: span });
    expect(exact.rate).toBeLessThanOrEqual(bounds.rate * (1 + 1e-9));
    expect(exact.recurrence).toBeGreaterThanOrEqual(bounds.recurrence * (1 - 1e-9));
    expect(exact.duration).toBeLessThanOrEqual(bounds.duration * (1 + 1e-9));
  });

  test.each(settings)("of the simple detector (loss $loss, timeout $span)", ({ loss, span }) => {
    const exact = simpleMistakes({ interval: 100, loss, delay, timeout: span }).rate;
    const bound = simpleRateBound({ interval: 100, timeout: span, loss, mean, variance, min });
    expect(exact).toBeLessThanOrEqual(bound * (1 + 1e-9));
  });
});

test("without slack nothing can be said of the duration, and nothing good of the rate", () => {
  const bounds = nfdSBounds({ interval: 100, mean: 50, variance: 9, shift: 50 });
  expect(bounds).toEqual({ rate: 0.01, recurrence: 100, duration: Infinity });
});

test("moments that make no sense are refused", () => {
  expect(() => nfdSBounds({ interval: 100, mean: -1, variance: 9, shift: 50 })).toThrow(RangeError);
  expect(() => simpleRateBound({ interval: 100, timeout: 300, mean: 1, variance: Number.NaN })).toThrow(
    "The variance of the delay must be a finite number of at least 0, and NaN is not.",
  );
});
