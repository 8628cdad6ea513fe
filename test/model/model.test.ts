import { describe, expect, test } from "vitest";
import { explore, type Exploration } from "./explore.ts";
import type { Budget } from "./world.ts";

const NOTHING: Budget = { losses: 0, duplicates: 0, crashes: 0, pauses: 0, delays: 0 };

/** Arithmetic alone, so nothing but a busy machine makes it slow. */
const PATIENT = { timeout: 120_000 };

function two(budget: Partial<Budget>): Exploration {
  return explore({ instances: 2, terms: 3, budget: { ...NOTHING, ...budget } });
}

describe("every interleaving of two instances up to the third term", PATIENT, () => {
  test.each([
    ["one lost connection and one message twice", { losses: 1, duplicates: 1 }],
    ["one crash, and a restart with or without memory", { crashes: 1 }],
    ["one stop of any length", { pauses: 1 }],
    ["one delay", { delays: 1 }],
  ] as const)("with %s breaks no promise, and the search comes to an end", (_, budget) => {
    const { broken, exhausted, reigns } = two(budget);
    expect(broken).toBeUndefined();
    expect(exhausted).toBe(true);
    expect(reigns[1]).toBeGreaterThan(0);
  });

  test("where nothing goes wrong, one of them becomes primary and remains it", () => {
    const { exhausted, reigns } = two({});
    expect(exhausted).toBe(true);
    expect(reigns.slice(1)).toEqual([0, 0]);
  });
});
