import { describe, expect, test } from "vitest";
import { runOnMemory } from "./on-memory.ts";
import { run } from "./run.ts";

/** Replay one with `npm run simulate -- --seed N`. */
function broken(seeds: readonly number[], election: "claims" | "campaign"): string[] {
  return seeds.flatMap((seed) => run(seed, { election }).broken.map((sentence) => `seed ${seed}: ${sentence}`));
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** Arithmetic alone, so nothing but a busy machine makes it slow. */
const PATIENT = { timeout: 180_000 };

describe("the protocol alone, under seeded faults", PATIENT, () => {
  test("with claims there are never two at once, terms rise, callbacks alternate, and after the last fault there is one primary", () => {
    expect(broken(range(1, 1_500), "claims")).toEqual([]);
  });

  test("with a lock the same holds, and no term is given twice in the group", () => {
    expect(broken(range(1, 500), "campaign")).toEqual([]);
  });

  test("a candidate that has held another off before does so again: seed 174 had two at once", () => {
    expect(broken([174], "claims")).toEqual([]);
  });

  test("an old primary's last words, held up on the way, end nobody's claim: three seeds had two at once", () => {
    expect([1_009_119, 1_026_316, 1_038_386].flatMap((seed) => run(seed).broken)).toEqual([]);
  });

  test("candidates whose claims cross do not hold each other off for ever: seed 10 had nobody", () => {
    expect(broken([10, 16, 28, 40, 55], "claims")).toEqual([]);
  });

  test("the runs are no idle ones: most have two failovers or more, and all have five faults or more", () => {
    const reports = range(1, 200).map((seed) => run(seed, { election: "claims" }));
    expect(reports.filter(({ failovers }) => failovers >= 2).length).toBeGreaterThan(80);
    expect(reports.reduce((sum, { faults }) => sum + faults.length, 0)).toBeGreaterThan(5 * 200);
  });
});

describe("the whole library on a memory bus, under seeded faults", PATIENT, () => {
  test("there are never two at once, and after the last fault there is one primary", async () => {
    const found: string[] = [];
    for (const seed of range(1, 60)) {
      const report = await runOnMemory(seed);
      found.push(...report.broken.map((sentence) => `seed ${seed}: ${sentence}`));
    }
    expect(found).toEqual([]);
  });
});
