import { describe, expect, test } from "vitest";
import {
  constant,
  type DetectionSetting,
  detectionTime,
  empirical,
  exponential,
  lognormal,
  uniform,
  withPauses,
  worstDetection,
} from "../../src/qos/index.ts";
import { Dice } from "../simulation/dice.ts";

describe("the detection time of the simple detector", () => {
  test.each([
    ["BFD-like", 50, 150, 126, 151],
    ["fast", 50, 275, 251, 276],
    ["lan", 100, 550, 501, 550],
    ["etcd", 100, 1_000, 951, 1_000],
    ["default", 500, 2_750, 2_501, 2_746],
    ["wan", 1_000, 5_500, 5_001, 5_491],
    ["VRRP, priority 100", 1_000, 3_609, 3_110, 3_600],
  ])("has the mean and p99 of the preset %s", (_name, interval, timeout, mean, p99) => {
    const time = detectionTime({ interval, timeout, delay: lognormal(1, 0.5) });
    expect(Math.round(time.mean)).toBe(mean);
    expect(Math.round(time.quantile(0.99))).toBe(p99);
  });

  test("without losses lies between timeout - interval and timeout, plus the delay and the timer's lateness", () => {
    const time = detectionTime({ interval: 100, timeout: 350, delay: uniform(1, 5), lateness: uniform(0, 3) });
    expect(time.min).toBe(251);
    expect(time.max).toBe(358);
    expect(time.mean).toBeCloseTo(350 + 3 - 50 + 1.5, 9);
    expect(time.variance).toBeCloseTo(100 ** 2 / 12 + 4 ** 2 / 12 + 3 ** 2 / 12, 6);
  });

  test("is shorter by interval times loss / (1 - loss) where heartbeats are lost", () => {
    const time = detectionTime({ interval: 100, timeout: 2_000, loss: 0.2, delay: constant(2) });
    expect(time.mean).toBeCloseTo(2_002 - 50 - 25, 6);
    expect(time.min).toBe(0);
  });

  const settings: readonly (readonly [string, DetectionSetting])[] = [
    ["heavy loss", { interval: 500, timeout: 700, loss: 0.5, delay: constant(30) }],
    [
      "loss and late timers",
      { interval: 100, timeout: 250, loss: 0.2, delay: exponential(20), lateness: lognormal(2, 1) },
    ],
    ["pauses", { interval: 50, timeout: 120, loss: 0.1, delay: withPauses(lognormal(1, 0.5), 0.1, uniform(20, 200)) }],
    ["measured delays", { interval: 40, timeout: 100, delay: empirical([1, 2, 2, 30]), lateness: empirical([0, 1]) }],
    ["a timeout below the interval", { interval: 100, timeout: 40, delay: uniform(0, 10) }],
  ];
  test.each(settings)("with %s agrees with draws of it in mean, deviation and shape", (_name, setting) => {
    const time = detectionTime(setting);
    const dice = new Dice(7);
    const count = 40_000;
    const drawn = Float64Array.from({ length: count }, () => time.sample(() => dice.roll())).sort();
    const mean = drawn.reduce((sum, t) => sum + t, 0) / count;
    const deviation = Math.sqrt(time.variance);
    expect(Math.abs(mean - time.mean)).toBeLessThan((4 * deviation) / Math.sqrt(count));
    const variance = drawn.reduce((sum, t) => sum + (t - time.mean) ** 2, 0) / count;
    const fourth = drawn.reduce((sum, t) => sum + (t - time.mean) ** 4, 0) / count;
    expect(Math.abs(variance - time.variance)).toBeLessThan(4 * Math.sqrt((fourth - variance ** 2) / count));
    for (const share of [0.1, 0.5, 0.9, 0.99]) {
      const quantile = time.quantile(share);
      const upTo = drawn.findLastIndex((t) => t <= quantile * (1 + 1e-9)) + 1;
      expect(Math.abs(upTo / count - time.cdf(quantile * (1 + 1e-9)))).toBeLessThan(4 * Math.sqrt(0.25 / count));
      expect(time.cdf(quantile * (1 + 1e-9))).toBeGreaterThanOrEqual(share - 1e-9);
    }
  });

  test("keeps, at the worst moment for a crash, within the timeout and the delay's quantile", () => {
    const setting = { interval: 100, timeout: 350, delay: exponential(5) };
    expect(worstDetection(setting, 0.99)).toBeCloseTo(350 + 5 * Math.log(100), 9);
  });

  test("refuses nonsense with a sentence", () => {
    const setting = { interval: 100, timeout: 350, delay: constant(1) };
    expect(() => detectionTime({ ...setting, interval: 0 })).toThrow(
      new RangeError("The interval must be a finite number above 0, and 0 is not."),
    );
    expect(() => detectionTime({ ...setting, timeout: Number.NaN })).toThrow(RangeError);
    expect(() => detectionTime({ ...setting, loss: 1 })).toThrow(
      "The loss must be at least 0 and below 1, and 1 is not.",
    );
  });
});
