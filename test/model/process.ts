/** One process: what a step of it does to the world, and how it ends. What it must never do is noticed here. */

import type { Effect } from "../../src/core/effect.ts";
import type { Input } from "../../src/core/input.ts";
import { step } from "../../src/core/step.ts";
import { at, NOTHING_UNDER_WAY, put, type Instance, type World } from "./world.ts";

/** A promise that was broken on the way to a state. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** One step of an instance. Its dice always fall the same way: they decide nothing but how long it waits. */
export function feed(world: World, index: number, input: Input): World {
  const instance = at(world, index);
  const before = instance.state;
  if (before === undefined) return world;
  const [state, effects] = step(before, input, world.now);
  const { mandate, highest } = state.terms;
  if (mandate < before.terms.mandate || highest < before.terms.highest || highest < mandate)
    throw new Violation("S4: an instance forgot a term.");
  if (state.role === "primary" && state.office?.status !== "ruling") throw new Violation("S2: primary without ruling.");
  let next: Instance = { ...instance, state: state.random === 0 ? state : { ...state, random: 0 } };
  for (const effect of effects) next = perform(next, effect, world.now, before.terms.mandate);
  return put(world, index, next);
}

/** @param mandate the highest term of a mandate that the instance knew before */
function perform(instance: Instance, effect: Effect, now: number, mandate: number): Instance {
  switch (effect.type) {
    case "send": {
      const { message, receipt } = effect;
      if (message.kind === "shutdown" && instance.callback !== undefined)
        throw new Violation("S5: resigned under running work.");
      const unsettled =
        receipt.for === "nothing" ? instance.unsettled : [...instance.unsettled, { receipt, sentAt: now }];
      if (instance.broken !== undefined) return { ...instance, unsettled };
      return { ...instance, unsettled, up: [...instance.up, { since: now, message, receipt, sentAt: now }] };
    }
    case "read":
      return { ...instance, reading: effect.asOf };
    case "promote":
    case "demote": {
      const { type, term } = effect;
      if (instance.callback !== undefined) throw new Violation("S5: a callback began before the last had returned.");
      if (instance.lastCallback === type) throw new Violation(`S5: ${type} was called twice in a row.`);
      if (type === "promote" && term <= mandate) throw new Violation(`S4: promoted to term ${term} again.`);
      return { ...instance, callback: { what: type, since: now }, lastCallback: type };
    }
    default:
      return instance;
  }
}

export function kill(world: World, index: number): World {
  const instance = at(world, index);
  const { state, up } = instance;
  const gone: Instance = {
    ...instance,
    state: undefined,
    memory: state?.terms.highest ?? 0,
    ghost: state,
    ...NOTHING_UNDER_WAY,
  };
  const { budget, orphans } = world;
  const spent = { ...budget, crashes: budget.crashes - 1 };
  return put(
    { ...world, budget: spent, orphans: [...orphans, ...up.map((item) => ({ ...item, receipt: undefined }))] },
    index,
    gone,
  );
}
