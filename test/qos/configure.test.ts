import { describe, expect, test } from "vitest";
import {
  configureNfdS,
  configureNfdSFromMoments,
  configureNfdU,
  configureSimple,
  constant,
  exponential,
  lognormal,
  simpleMistakes,
  uniform,
  YEAR,
} from "../../src/qos/index.ts";
import { largestInterval } from "../../src/qos/configure/largest-interval.ts";
import { Dice } from "../simulation/dice.ts";

const near = (value: number, digits: number): number => expect.closeTo(value, digits) as number;

/** The requirement of the worked examples of Chen, Toueg and Aguilera (2002): 30 s, 30 days, 60 s. */
const EXAMPLE = { detection: 30_000, recurrence: 30 * 86_400_000, duration: 60_000 };

describe("the worked examples of Chen, Toueg and Aguilera, with 1 % loss", () => {
  test("known distribution, exponential 0.02 s: interval 9.97 s, shift 20.03 s", () => {
    const found = configureNfdS(EXAMPLE, { loss: 0.01, delay: exponential(20) });
    expect(found).toEqual({
      achievable: true,
      interval: near(9_976.44, 2),
      shift: near(20_023.56, 2),
    });
  });

  test("mean 0.02 s and variance 0.02 s² alone: interval 9.71 s, shift 20.29 s", () => {
    const found = configureNfdSFromMoments(EXAMPLE, { loss: 0.01, mean: 20, variance: 0.02e6 });
    expect(found).toEqual({
      achievable: true,
      interval: near(9_709.8, 1),
      shift: near(20_290.2, 1),
    });
  });

  test("the true variance of the exponential costs less: 9.95 s", () => {
    const found = configureNfdSFromMoments(EXAMPLE, { loss: 0.01, mean: 20, variance: 400 });
    expect(found).toMatchObject({ interval: near(9_954.53, 2) });
  });

  test("clocks that do not agree, variance 0.02 s²: interval 9.72 s, margin 20.28 s", () => {
    const found = configureNfdU(EXAMPLE, { loss: 0.01, variance: 0.02e6 });
    expect(found).toEqual({
      achievable: true,
      interval: near(9_716.62, 2),
      margin: near(20_283.38, 2),
    });
  });
});

describe("the search for the largest interval", () => {
  test("finds what a scan finds, on requirements drawn at random", () => {
    const dice = new Dice(3);
    for (let round = 0; round < 40; round += 1) {
      const [detection, mean, loss] = [dice.between(500, 5_000), dice.between(1, 60), dice.between(0.001, 0.1)];
      const recurrence = detection * Math.exp(dice.between(1, 15));
      const found = configureNfdS({ detection, recurrence, minInterval: 20 }, { loss, delay: exponential(mean) });
      const keeps = (interval: number): boolean => {
        let chance = (1 - loss) * (1 - Math.exp(-detection / mean));
        for (let age = detection - interval; age > 0; age -= interval)
          chance *= loss + (1 - loss) * Math.exp(-age / mean);
        return interval / chance >= recurrence;
      };
      const steps = 3_000;
      const scanned = Array.from({ length: steps }, (_, index) => detection - ((detection - 20) * index) / steps);
      const interval = found.achievable ? found.interval : 0;
      expect(interval).toBeGreaterThan((scanned.find(keeps) ?? 0) * (1 - 1e-9) - 1e-9);
      if (found.achievable) expect(keeps(interval * (1 - 1e-9))).toBe(true);
    }
  });

  test("is not misled by the valley between two peaks, where halving would end", () => {
    // Of 2 intervals, 1 is left at the peak of each: the peak at 500 is enough, the valley just above 333 is not.
    const peaks = (interval: number): number => Math.log(interval) + Math.floor(1_000 / interval) * Math.log(10);
    const logWanted = Math.log(45_000);
    const found = largestInterval({ min: 1, max: 1_000, logRecurrence: peaks, logWanted });
    expect(found).toBeCloseTo(500, 6);
    expect(peaks(400)).toBeLessThan(logWanted);
  });
});

describe("the simple detector's own configuration", () => {
  const delay = lognormal(1, 0.5);

  test("keeps the timeout half an interval above a whole multiple, and what was asked", () => {
    const found = configureSimple({ detection: 2_000, recurrence: YEAR }, { loss: 0.001, delay });
    expect(found).toEqual({
      achievable: true,
      interval: near(570.51, 2),
      timeout: near(1_996.8, 1),
      tolerated: 2,
      guard: near(0.5, 9),
    });
    if (!found.achievable) return;
    expect(found.timeout + delay.quantile(0.99)).toBeCloseTo(2_000, 9);
    expect(simpleMistakes({ ...found, loss: 0.001, delay }).recurrence).toBeGreaterThan(YEAR);
  });

  test("guards by more than half an interval where jitter or late timers need it", () => {
    const found = configureSimple(
      { detection: 1_000, recurrence: 1e9 },
      { loss: 0.01, delay: uniform(0, 60), lateness: 40 },
    );
    if (!found.achievable) throw new Error(found.reason);
    const left = found.timeout - Math.floor(found.timeout / found.interval) * found.interval;
    expect(left).toBeGreaterThanOrEqual(59.9 + 80 + 0.003 * found.timeout);
    expect(found.guard).toBeGreaterThan(0.5);
  });

  test("asks for more heartbeats where only mean and variance are known, or losses come in bursts, or the primary stalls", () => {
    const requirement = { detection: 2_000, recurrence: YEAR };
    const interval = (conditions: Partial<Parameters<typeof configureSimple>[1]>): number => {
      const found = configureSimple(requirement, { loss: 0.01, delay: exponential(30), ...conditions });
      return found.achievable ? found.interval : 0;
    };
    const plain = interval({});
    expect(interval({ rate: "bound" })).toBeLessThan(plain);
    expect(interval({ burst: 3 })).toBeLessThan(plain);
    expect(interval({ stalls: { rate: 1 / 60_000, duration: exponential(130) } })).toBeLessThan(plain);
    expect(plain).toBeLessThan(1_000);
  });
});

describe("what cannot be had is an answer, and nonsense is not", () => {
  const delay = exponential(20);

  test.each([
    [
      "no heartbeat is that fast",
      () => configureNfdS({ detection: 5, recurrence: 1e9 }, { delay: constant(9) }),
      "No heartbeat arrives within 5 ms: the delay is always 9 ms.",
    ],
    [
      "the mean delay is longer",
      () => configureNfdSFromMoments({ detection: 15, recurrence: 1e9 }, { mean: 20, variance: 4 }),
      "A crash cannot be noticed within 15 ms where heartbeats take 20 ms on average.",
    ],
    [
      "no interval is short enough",
      () => configureNfdS({ detection: 100, recurrence: 1e30, minInterval: 20 }, { loss: 0.1, delay }),
      "With heartbeats at least 20 ms apart, no interval lets a crash be noticed within 100 ms and keeps mistakes 1e+30 ms apart.",
    ],
    [
      "delay takes it all",
      () => configureSimple({ detection: 50, recurrence: 1e9 }, { delay }),
      "A crash cannot be noticed within 50 ms: delay and timer take up to 92.1 ms of it.",
    ],
    [
      "stalls outlast the timeout",
      () =>
        configureSimple(
          { detection: 600, recurrence: YEAR },
          { delay: constant(1), stalls: { rate: 1 / 60_000, duration: exponential(100) } },
        ),
      "Stalls of the primary alone outlast the timeout of 599 ms every 24000000 ms; no interval changes that.",
    ],
  ])("%s", (_name, configure, reason) => {
    expect(configure()).toEqual({ achievable: false, reason });
  });

  test("a negative time or a NaN is refused with a sentence", () => {
    expect(() => configureNfdS({ detection: -1, recurrence: 1 }, { delay })).toThrow(
      new RangeError("The detection time must be a finite number above 0, and -1 is not."),
    );
    expect(() => configureNfdU({ detection: 1, recurrence: Number.NaN }, { variance: 1 })).toThrow(RangeError);
    expect(() => configureNfdU({ detection: 1, recurrence: 1 }, { variance: -1 })).toThrow(RangeError);
    expect(() => configureSimple({ detection: 1, recurrence: 1 }, { delay, share: 1 })).toThrow(RangeError);
  });
});
