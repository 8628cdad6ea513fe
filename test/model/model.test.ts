import { describe, expect, test } from "vitest";
import { actionsOf, fewerActionsOf } from "./actions.ts";
import { explore, type Exploration } from "./explore.ts";
import { keyOf } from "./key.ts";
import type { Action } from "./turn.ts";
import { initialWorld, type Budget } from "./world.ts";

const NOTHING: Budget = { losses: 0, duplicates: 0, crashes: 0, restarts: 0, pauses: 0, leaves: 0, delays: 0 };

const NAMES = ["a", "b", "c"];

const TERMS = 2;

/** What can happen next, in the first terms. */
function within(actions: readonly Action[]): Action[] {
  return actions.filter(({ world }) => world.instances.every(({ state }) => (state?.terms.highest ?? 0) <= TERMS));
}

/** The worlds with which an instant begins, as keys. */
function beginnings(instances: number, budget: Partial<Budget>, next: typeof actionsOf): Set<string> {
  const names = NAMES.slice(0, instances);
  const open = [initialWorld(names, { ...NOTHING, ...budget })];
  const seen = new Set<string>();
  const beginning = new Set<string>();
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const { world } of within(next(from, names))) {
      const key = keyOf(world).join();
      if (world.now > from.now) beginning.add(key);
      if (!seen.has(key)) open.push(world);
      seen.add(key);
    }
  }
  return beginning;
}

/** Arithmetic alone, so nothing but a busy machine makes it slow. */
const PATIENT = { timeout: 120_000 };

function two(budget: Partial<Budget>): Exploration {
  return explore({ instances: 2, terms: 3, budget: { ...NOTHING, ...budget } });
}

describe("every interleaving of two instances up to the third term", PATIENT, () => {
  test.each([
    ["one lost connection and one message twice", { losses: 1, duplicates: 1 }],
    ["one crash, and a restart with or without memory", { crashes: 1, restarts: 1 }],
    ["one stop of up to four intervals", { pauses: 1 }],
    ["one primary that steps down, and one crash", { leaves: 1, crashes: 1 }],
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
    const budget = { ...NOTHING, crashes: 1, restarts: 1 };
    const model = { instances: 2, terms: 2, budget };
    const [breadth, depth] = [explore(model), explore(model, Infinity, "depth")];
    expect(depth.states).toBe(breadth.states);
    expect(depth.transitions).toBe(breadth.transitions);
    expect(depth.reigns).toEqual(breadth.reigns);
  });

  test.each([
    ["one lost connection and one message twice", { losses: 1, duplicates: 1 }],
    ["one crash and a restart", { crashes: 1, restarts: 1 }],
    ["one stop", { pauses: 1 }],
    ["one primary that steps down and one lost connection", { leaves: 1, losses: 1 }],
  ] as const)("with %s, two states that are taken for one lead to the same states", (_, budget) => {
    const names = NAMES.slice(0, 2);
    const followers = new Map<string, string>();
    const open = [initialWorld(names, { ...NOTHING, ...budget })];
    const apart: string[] = [];
    for (let world = open.pop(); world !== undefined; world = open.pop()) {
      const key = keyOf(world).join();
      const next = within(actionsOf(world, names));
      const keys = next.map((action) => `${action.name}: ${keyOf(action.world).join()}`).join("\n");
      if (!followers.has(key)) for (const action of next) open.push(action.world);
      else if (followers.get(key) !== keys) apart.push(key);
      followers.set(key, keys);
    }
    expect(followers.size).toBeGreaterThan(100);
    expect(apart).toEqual([]);
  });

  test.each([
    ["two instances, one lost connection and one message twice", 2, { losses: 1, duplicates: 1 }],
    ["two instances, one crash and a restart", 2, { crashes: 1, restarts: 1 }],
    ["two instances, one stop", 2, { pauses: 1 }],
    ["two instances, one that steps down and one lost connection", 2, { leaves: 1, losses: 1 }],
    ["two instances, one delay", 2, { delays: 1 }],
    ["three instances, one crash", 3, { crashes: 1 }],
  ] as const)("with %s, every instant begins with the same worlds, be everything tried or less", (_, count, budget) => {
    const all = beginnings(count, budget, actionsOf);
    expect(beginnings(count, budget, fewerActionsOf)).toEqual(all);
    expect(all.size).toBeGreaterThan(20);
  });
});
