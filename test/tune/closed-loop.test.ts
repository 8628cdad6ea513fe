import { describe, expect, test } from "vitest";
import { proportionLowerLimit } from "../../src/qos/index.ts";
import { closeLoop, type Outcome } from "./closed-loop.ts";
import { MIXES } from "./mixes.ts";

const EFFORT = { sample: 300_000, watch: 900_000, crashes: 40 };

describe("a recommendation keeps what it promises, under the faults it was made for", { timeout: 120_000 }, () => {
  test.for(MIXES.map(([mix, asked], index) => ({ mix, asked, seed: 10_000 * index + 1 })))(
    "given $mix.name, when its settings are used, then crashes are noticed and live primaries spared as promised",
    async ({ mix, asked, seed }) => {
      const outcome: Outcome = await closeLoop(mix, asked, seed, EFFORT);
      const { recommended, strained } = outcome;
      // What was counted does not contradict, with 99 % confidence, what was asked for.
      expect(recommended.lower).toBeLessThanOrEqual(asked);
      // Nor what the model says, here and where there is more to count, by more than the factor 2 with which five minutes
      // tell how rare things are that happen twelve times in one.
      for (const { lower, upper, modelled } of [recommended, strained]) {
        expect(lower).toBeLessThanOrEqual(2 * modelled);
        expect(upper).toBeGreaterThanOrEqual(modelled / 2);
      }
      expect(strained.count).toBeGreaterThan(5);
      // Ninety-nine of a hundred crashes are noticed in time.
      expect(proportionLowerLimit(outcome.late, outcome.crashes, 0.99)).toBeLessThanOrEqual(0.01);
      expect(Math.abs(outcome.mean - outcome.promisedMean)).toBeLessThan(4 * outcome.error);
    },
  );
});
