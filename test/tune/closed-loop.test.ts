import { describe, expect, test } from "vitest";
import { proportionLowerLimit } from "../../src/qos/index.ts";
import { closeLoop, type Outcome } from "./closed-loop.ts";
import { MIXES } from "./mixes.ts";

const EFFORT = { sample: 300_000, watch: 1_200_000, crashes: 60 };

describe("a recommendation keeps what it promises, under the faults it was made for", () => {
  test.for(MIXES.map(([mix, asked]) => ({ mix, asked })))(
    "given $mix.name, when its settings are used, then crashes are noticed and live primaries spared as promised",
    async ({ mix, asked }) => {
      const outcome: Outcome = await closeLoop(mix, asked, 1, EFFORT);
      // What was counted does not contradict, with 99 % confidence, what was asked for; nor, by more than the factor 2 with
      // which five minutes tell a rate, what the model says.
      expect(outcome.lower).toBeLessThanOrEqual(asked);
      expect(outcome.lower).toBeLessThanOrEqual(2 * outcome.modelled);
      expect(outcome.upper).toBeGreaterThanOrEqual(outcome.modelled / 2);
      // Ninety-nine of a hundred crashes are noticed in time.
      expect(proportionLowerLimit(outcome.late, outcome.crashes, 0.99)).toBeLessThanOrEqual(0.01);
      expect(Math.abs(outcome.mean - outcome.promisedMean)).toBeLessThan(4 * outcome.error);
    },
  );
});
