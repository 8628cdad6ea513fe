import { describe, expect, test } from "vitest";
import {
  cdfBand,
  detectionTime,
  falseFailovers,
  exponential,
  lognormal,
  lostShare,
  missIndependence,
  proportionLowerLimit,
  proportionUpperLimit,
  rankSkew,
  rateLowerLimit,
  rateUpperLimit,
  samplesForCdf,
  trialsToExclude,
  YEAR,
} from "../../src/qos/index.ts";
import { Dice } from "../simulation/dice.ts";

describe("limits of a rate (Garwood)", () => {
  test("600 s without an event leave up to 157 564 a year possible", () => {
    expect(Math.round(rateUpperLimit(0, 600_000) * YEAR)).toBe(157_564);
    expect(rateUpperLimit(0, 1)).toBeCloseTo(-Math.log(0.05), 12);
  });

  test("are those of the tables: 5 events, 1.97 to 10.51 one-sided at 95 %, 1.62 to 11.67 at 97.5 %", () => {
    expect([rateLowerLimit(5, 1), rateUpperLimit(5, 1)]).toEqual([
      expect.closeTo(1.9701, 4),
      expect.closeTo(10.513, 3),
    ]);
    expect([rateLowerLimit(5, 1, 0.975), rateUpperLimit(5, 1, 0.975)]).toEqual([
      expect.closeTo(1.6235, 4),
      expect.closeTo(11.6683, 4),
    ]);
    expect(rateLowerLimit(0, 1)).toBe(0);
  });
});

describe("limits of a probability (Clopper and Pearson)", () => {
  test("are those of the tables: 3 of 20, 3.2 to 37.9 % two-sided at 95 %", () => {
    expect(proportionLowerLimit(3, 20, 0.975)).toBeCloseTo(0.03207, 5);
    expect(proportionUpperLimit(3, 20, 0.975)).toBeCloseTo(0.37893, 5);
    expect(proportionUpperLimit(0, 240)).toBeCloseTo(0.0124, 4);
    expect([proportionLowerLimit(0, 9), proportionUpperLimit(9, 9)]).toEqual([0, 1]);
  });

  test("2 995 trials without an event exclude 1 in 1 000; 29 956 exclude 1 in 10 000", () => {
    expect([trialsToExclude(1e-3), trialsToExclude(1e-4)]).toEqual([2_995, 29_956]);
    expect(trialsToExclude(0.01)).toBe(299);
  });

  test("proving one mistake a year through K independent misses of 100 ms takes 53 217, 2 039, 398, 149 clean samples", () => {
    const needed = [2, 3, 4, 5].map((misses) => trialsToExclude((100 / YEAR) ** (1 / misses)));
    expect(needed).toEqual([53_217, 2_039, 398, 149]);
  });
});

test("18 445 samples make a whole cdf true to 0.01 (Dvoretzky, Kiefer, Wolfowitz)", () => {
  expect(samplesForCdf(0.01)).toBe(18_445);
  expect(cdfBand(18_445)).toBeLessThanOrEqual(0.01);
});

describe("independence of misses", () => {
  test("is not contradicted by misses that are independent", () => {
    const dice = new Dice(5);
    const found = missIndependence(Array.from({ length: 30_000 }, () => dice.chance(0.02)));
    expect(found.clustered).toBe(false);
    expect(found.ratio).toBeGreaterThan(0.5);
    expect(found.ratio).toBeLessThan(1.6);
  });

  test("is contradicted by misses that come in bursts", () => {
    const dice = new Dice(5);
    let bad = false;
    const found = missIndependence(
      Array.from({ length: 30_000 }, () => (bad = bad ? dice.chance(2 / 3) : dice.chance(0.007))),
    );
    expect(found.clustered).toBe(true);
    expect(found.lower).toBeGreaterThan(10);
    expect(found.upper).toBeGreaterThan(found.ratio ?? Infinity);
  });

  test("is not known where nothing was missed", () => {
    expect(missIndependence([false, false, true])).toEqual({
      heartbeats: 3,
      misses: 1,
      pairs: 0,
      ratio: undefined,
      lower: undefined,
      upper: undefined,
      clustered: false,
    });
  });
});

test("the costs of crashes and mistakes add up: 7.6 s a year at 100 / 850 ms", () => {
  const setting = { interval: 100, timeout: 850, loss: 0.001, delay: lognormal(1, 0.5) };
  const mistakes = falseFailovers({ ...setting, stalls: { rate: 1 / 60_000, duration: exponential(50) } });
  const costs = { crashes: 4 / YEAR, takeover: 1_000, falseFailover: 5_000 };
  const lost = lostShare(costs, detectionTime(setting), { rate: mistakes.total });
  expect(lost * YEAR).toBeCloseTo(7_552, 0);
});

test("a skew below one interval is passed by one loss, the default by two in a row", () => {
  expect(rankSkew({ interval: 1_000, loss: 0.01, claimDelay: 5, skew: 609 }).overtaking).toBeCloseTo(0.01 / 1.01, 12);
  const { skew, overtaking } = rankSkew({ interval: 100, loss: 0.01, claimDelay: 5, lateness: 2 });
  expect(skew).toBe(109);
  expect(overtaking).toBeCloseTo(1e-4 / 1.01, 12);
});

test("nonsense is refused with a sentence", () => {
  expect(() => rateUpperLimit(1.5, 10)).toThrow(
    new RangeError("The count of events must be a whole number of at least 0, and 1.5 is not."),
  );
  expect(() => rateUpperLimit(1, 0)).toThrow(RangeError);
  expect(() => proportionUpperLimit(5, 4)).toThrow("There cannot be more events (5) than trials (4).");
  expect(() => cdfBand(0)).toThrow(RangeError);
  expect(() => trialsToExclude(1)).toThrow(RangeError);
  expect(() => rankSkew({ interval: 100, claimDelay: -1 })).toThrow(RangeError);
  expect(() => lostShare({ crashes: -1, takeover: 0, falseFailover: 0 }, { mean: 1 }, { rate: 0 })).toThrow(RangeError);
});
