import { describe, expect, test } from "vitest";
import type { Arrival } from "../../src/detector.ts";
import { logTail, quantile } from "../../src/detectors/normal.ts";
import { phi } from "../../src/detectors/phi.ts";
import { arrival, dice, hearing, INTERVAL, TIMEOUT } from "./support.ts";

/** Heartbeats with these gaps between them, from 0 on. */
function beats(gaps: readonly number[]): Arrival[] {
  let at = 0;
  return [arrival({ at, slot: 0 }), ...gaps.map((gap, index) => arrival({ at: (at += gap), slot: index + 1 }))];
}

describe("the tail of the normal distribution", () => {
  test.for([
    [1, 1.2816],
    [2, 2.3263],
    [3, 3.0902],
    [5, 4.2649],
    [8, 5.612],
    [16, 8.2221],
  ] as const)("given 10^-%s, when its quantile is asked for, then it is the tables' %s", ([digits, z]) => {
    expect(quantile(digits)).toBeCloseTo(z, 3);
    expect(logTail(quantile(digits))).toBeCloseTo(-digits, 9);
  });

  test("given the seam of its two formulas, when it is crossed, then nothing jumps", () => {
    expect(logTail(2 - 1e-9)).toBeCloseTo(logTail(2 + 1e-9), 8);
    expect(logTail(-1) / Math.log10(0.8413447460685429)).toBeCloseTo(1, 9);
  });
});

describe("phi", () => {
  const gaps = [90, 110, 90, 110];

  test("given gaps of mean 100 and deviation 10, when phi 8 is the threshold, then it convicts after mean + pause + 5.61 deviations", () => {
    const { due } = hearing(phi({ minStd: 1, pause: 30, minTimeout: 1 }), beats(gaps));
    expect(due - 400).toBeCloseTo(100 + 30 + 5.612 * 10, 2);
  });

  test("given a silence, when the level is read, then it is -log10(1 - F), and the threshold at the deadline", () => {
    const detector = phi({ threshold: 5, minStd: 1, pause: 30, minTimeout: 1 });
    const { state, due } = hearing(detector, beats(gaps));
    expect(detector.level?.(state, 400 + 130)).toBeCloseTo(Math.log10(2), 9);
    expect(detector.level?.(state, 400 + 150)).toBeCloseTo(-Math.log10(0.0227501319), 6);
    expect(detector.level?.(state, due)).toBeCloseTo(5, 6);
  });

  test("given a bus so quiet that the deviation is nothing, when minStd is 20, then that is the deviation", () => {
    const { due } = hearing(phi({ minStd: 20, pause: 0, minTimeout: 1 }), beats([100, 100, 100]));
    expect(due - 300).toBeCloseTo(100 + 5.612 * 20, 2);
  });

  test("given no minTimeout, when the gaps would allow less, then the timeout in force is the least", () => {
    expect(hearing(phi({ minStd: 1, pause: 0 }), beats(gaps)).due).toBe(400 + TIMEOUT);
    const longer = beats(gaps).map((one) => ({ ...one, timeout: 800 }));
    expect(hearing(phi({ minStd: 1, pause: 0 }), longer).due).toBe(400 + 800);
  });

  test("given fewer than two gaps, when it is asked, then the timeout holds and there is no suspicion", () => {
    const detector = phi({ minStd: 1, pause: 0, minTimeout: 1 });
    const { state, due } = hearing(detector, beats([100]));
    expect(due).toBe(100 + TIMEOUT);
    expect(detector.level?.(state, 10_000)).toBe(0);
  });

  test("given an answer out of turn, when it is observed, then silence counts from it, but the rhythm is what it was", () => {
    const detector = phi({ minStd: 1, pause: 0, minTimeout: 1 });
    const known = hearing(detector, beats(gaps)).state;
    const after = detector.observe(known, arrival({ at: 450, slot: 4 }));
    expect(after).toEqual({ ...known, heardAt: 450 });
    expect(detector.observe(after, arrival({ at: 500, slot: 5 })).gaps.at(-1)).toBe(100);
  });

  test("given a heartbeat that was read when this program had stood still, when it is observed, then neither gap beside it is learnt", () => {
    const detector = phi({ minStd: 1, pause: 0, minTimeout: 1 });
    const known = hearing(detector, beats(gaps)).state;
    const stalled = detector.observe(known, arrival({ at: 590, slot: 5, stalled: true }));
    const next = detector.observe(stalled, arrival({ at: 600, slot: 6 }));
    expect(next.gaps).toEqual(known.gaps);
    expect(detector.observe(next, arrival({ at: 700, slot: 7 })).gaps.at(-1)).toBe(100);
  });

  test("given a window of 2, when more gaps come, then the last two count", () => {
    const { state } = hearing(phi({ minStd: 1, pause: 0, window: 2 }), beats([10, 20, 30, 50]));
    expect(state).toMatchObject({ gaps: [30, 50], mean: 40, deviation: 10 });
  });

  test("given gaps that are normal indeed, when 100 000 are watched with threshold 2, then one in a hundred is a mistake", () => {
    const random = dice(3);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const detector = phi({ threshold: 2, minStd: 0.1, pause: 0, minTimeout: 1 });
    let state = detector.initial;
    let [at, due, mistakes] = [0, Infinity, 0];
    for (let slot = 0; slot < 100_000; slot += 1) {
      at += INTERVAL + 5 * normal();
      if (at > due) mistakes += 1;
      const heard = arrival({ at, slot });
      state = detector.observe(state, heard);
      due = detector.deadline(state, heard);
    }
    // An estimate from 200 gaps is a little too narrow at times: about 4 % more mistakes; four standard errors are 13 %.
    expect(mistakes).toBeGreaterThan(870);
    expect(mistakes).toBeLessThan(1_200);
  });

  test.for([
    {
      options: { pause: 100 },
      sentence: "Cannot make a phi detector: option minStd is missing; give one.",
    },
    { options: { minStd: 10 }, sentence: "Cannot make a phi detector: option pause is missing; give one." },
    {
      options: { minStd: 0, pause: 0 },
      sentence: "Cannot make a phi detector: option minStd is 0; it must be a number of milliseconds above 0.",
    },
    {
      options: { minStd: 1, pause: 0, threshold: 0 },
      sentence: "Cannot make a phi detector: option threshold is 0; it must be a number from 0.5 to 300.",
    },
  ])("given $options, when it is made, then it is refused in a sentence", ({ options, sentence }) => {
    expect(() => phi(options as never)).toThrow(sentence);
  });
});
