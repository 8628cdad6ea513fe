import { describe, expect, test } from "vitest";
import { throughCodec } from "./codec.ts";
import { runOnMemory } from "./on-memory.ts";
import { REGIMES, type RegimeName } from "./regimes.ts";
import { run, type Report, type RunOptions } from "./run.ts";
import { Tally } from "./tally.ts";

/** Replay one with `npm run simulate -- --seed N`, and the `--regime` that it is run in. */
function broken(seeds: readonly number[], options: RunOptions = {}): string[] {
  return seeds.flatMap((seed) => sentencesOf(run(seed, options)));
}

function sentencesOf({ seed, regime, broken }: Report): string[] {
  return broken.map((sentence) => `seed ${seed} (${regime}): ${sentence}`);
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** Arithmetic alone, so nothing but a busy machine makes it slow. */
const PATIENT = { timeout: 300_000 };

const NAMES = Object.keys(REGIMES) as RegimeName[];

describe("the protocol alone, under seeded faults", PATIENT, () => {
  test("under every bus and election together, no promise is broken, and every run has three instances, five faults and two failovers", () => {
    const tally = new Tally();
    const found = range(1, 2_000).flatMap((seed) => {
      const report = run(seed);
      tally.add(report);
      return sentencesOf(report);
    });
    expect(found).toEqual([]);
    expect(tally.qualifying).toBe(tally.seeds);
    expect(tally.longestRecovery).toBeLessThanOrEqual(1);
  });

  test.each(NAMES)("with %s, no promise is broken", (regime) => {
    expect(broken(range(1_000_001, 200), { regime })).toEqual([]);
  });

  test("with the real codec in the loop, no promise is broken, and every run is the same as without", () => {
    for (const seed of range(2_000_001, 60)) {
      const report = run(seed, { carry: throughCodec });
      expect(sentencesOf(report)).toEqual([]);
      expect(report).toEqual(run(seed));
    }
  });

  test("where two may be primary, they are at times, so that the measure of it can be trusted", () => {
    const overlaps = (regime: RegimeName): number =>
      Math.max(...range(1, 100).map((seed) => run(seed, { regime }).longestOverlap));
    expect(overlaps("mesh")).toBeGreaterThan(0);
    expect(overlaps("torn")).toBeGreaterThan(0);
    expect(overlaps("mixed")).toBeGreaterThan(0);
  });

  test("a candidate that has held another off before does so again: with its first claim alone, these seeds had two at once", () => {
    expect(broken([544, 890, 1_120, 1_147, 2_249, 3_151, 3_188, 3_858], { regime: "claims" })).toEqual([]);
  });

  test("nobody's heartbeat ends a claim's hold but its owner's: when anybody's did, these seeds had two at once", () => {
    expect(broken([2_829, 53_990, 56_772, 57_177, 77_871], { regime: "claims" })).toEqual([]);
  });

  test("where no acknowledgement is a barrier, a claim's window is longer by a stop: when it was not, these seeds had two at once", () => {
    expect(broken([24_087, 25_037, 27_875, 34_676, 42_087, 43_228, 56_392], { regime: "intact" })).toEqual([]);
  });

  test("a slow callback that outlasts the faults is one of them: L2 counts from its end, for which these seeds were blamed", () => {
    expect(broken([190, 477, 674, 863, 943])).toEqual([]);
  });

  test("where every promotion fails, only a mandate that serves ends the backoff: when every heartbeat did, these seeds rushed", () => {
    expect(broken([76, 100, 179, 221, 269, 327, 350, 445])).toEqual([]);
  });

  test("silence where nobody is known is no news: when it ended the backoff of whoever failed last, these seeds rushed", () => {
    expect(broken([412, 600, 714, 774, 795, 2_140, 2_190, 3_611])).toEqual([]);
  });

  test("a campaign under way is called off for a primary of another election: when it was not, these seeds had two at once", () => {
    expect(broken([222, 2_402, 2_615, 6_470, 7_381, 10_504], { regime: "mixed" })).toEqual([]);
  });

  test("who remembers terms far above the group's goes on within what others believe: seed 316261 was left without a primary", () => {
    expect(broken([316_261])).toEqual([]);
  });

  test("an election or a fence that never answers is waited for no more after a while: when it was, these seeds were stuck", () => {
    expect(broken([504, 622, 884, 2_139, 2_380, 5_189], { regime: "lock" })).toEqual([]);
  });

  test("a newcomer that hears an old primary's last words waits all the same: when it did not, seed 327684 had two at once", () => {
    expect(broken([327_684], { regime: "claims" })).toEqual([]);
  });
});

describe("the whole library on a memory bus, under seeded faults", PATIENT, () => {
  test("there are never two at once, and after the last fault there is one primary", async () => {
    const found: string[] = [];
    for (const seed of range(1, 60)) found.push(...sentencesOf(await runOnMemory(seed)));
    expect(found).toEqual([]);
  });
});
