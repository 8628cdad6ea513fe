import { expect, test } from "vitest";
import { fixed } from "../../src/detectors/fixed.ts";
import { arrival, dice, hearing, INTERVAL, TIMEOUT } from "./support.ts";

test("given any arrival, when fixed() is asked, then it waits for the timeout in force from there", () => {
  expect(hearing(fixed(), [arrival({ at: 1_000 })]).due).toBe(1_000 + TIMEOUT);
  expect(hearing(fixed(), [arrival({ at: 1_000, timeout: 500, slot: 4, lateness: 30 })]).due).toBe(1_500);
});

test("given crashes at random phases and delays of 1 to 3 ms, when fixed() watches, then T_D is TO - U eta + D: mean, least and most", () => {
  const random = dice(1);
  const detections = Array.from({ length: 20_000 }, () => {
    const crashed = random() * INTERVAL;
    const { due } = hearing(fixed(), [arrival({ at: 1 + 2 * random() })]);
    return due - crashed;
  });
  const mean = detections.reduce((sum, one) => sum + one, 0) / detections.length;
  // Standard error: sqrt(100^2/12 + 4/12) / sqrt(20000) = 0.2.
  expect(Math.abs(mean - (TIMEOUT + 2 - INTERVAL / 2))).toBeLessThan(0.8);
  expect(Math.min(...detections)).toBeGreaterThanOrEqual(TIMEOUT + 1 - INTERVAL);
  expect(Math.max(...detections)).toBeLessThanOrEqual(TIMEOUT + 3);
});
