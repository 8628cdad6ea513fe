import { describe, expect, test } from "vitest";
import { explore, type Exploration } from "./explore.ts";
import { keyOf } from "./key.ts";
import { actionsOf, initialWorld, type Budget, type World } from "./world.ts";

const NOTHING: Budget = { losses: 0, duplicates: 0, crashes: 0, pauses: 0, delays: 0 };

const NAMES = ["a", "b"];

function isWithin({ instances }: World, terms: number): boolean {
  return instances.every(({ state }) => (state?.terms.highest ?? 0) <= terms);
}

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

  test("both orders of the search find the same states", () => {
    const budget = { ...NOTHING, crashes: 1 };
    const model = { instances: 2, terms: 2, budget };
    const [breadth, depth] = [explore(model), explore(model, Infinity, "depth")];
    expect(depth.states).toBe(breadth.states);
    expect(depth.transitions).toBe(breadth.transitions);
    expect(depth.reigns).toEqual(breadth.reigns);
  });

  test.each([
    ["one lost connection and one message twice", { losses: 1, duplicates: 1 }],
    ["one crash", { crashes: 1 }],
    ["one stop", { pauses: 1 }],
  ] as const)("with %s, two states that are taken for one lead to the same states", (_, budget) => {
    const followers = new Map<string, string>();
    const open = [initialWorld(NAMES, { ...NOTHING, ...budget })];
    const apart: string[] = [];
    for (let world = open.pop(); world !== undefined; world = open.pop()) {
      const key = keyOf(world);
      const next = actionsOf(world, NAMES).filter((action) => isWithin(action.world, 2));
      const keys = next.map((action) => `${action.name}: ${keyOf(action.world)}`).join("\n");
      if (!followers.has(key)) for (const action of next) open.push(action.world);
      else if (followers.get(key) !== keys) apart.push(key);
      followers.set(key, keys);
    }
    expect(followers.size).toBeGreaterThan(100);
    expect(apart).toEqual([]);
  });
});
