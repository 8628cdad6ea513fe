/** A search through everything that can happen, until nothing new is found or a promise is broken. */

import { fewerActionsOf } from "./actions.ts";
import { keyOf } from "./key.ts";
import { Seen } from "./seen.ts";
import { Violation } from "./process.ts";
import type { Action } from "./turn.ts";
import { initialWorld, isPrimary, UNIT, type Budget, type World } from "./world.ts";

export interface Model {
  readonly instances: number;
  /** Beyond this term nothing is explored. */
  readonly terms: number;
  readonly budget: Budget;
  /** It begins with a group that has its primary, and not with processes that all start at once. */
  readonly settled?: boolean;
}

/** By now a group has its primary, and everybody has heard it more than once. In units. */
const SETTLED = 8;

/**
 * Breadth first finds the shortest way to what is broken, and keeps every state whose followers are not known yet; depth
 * first keeps few, so that it comes to an end where memory would.
 */
export type Order = "breadth" | "depth";

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** The longest way that was gone: breadth first, of the shortest ways to each state. */
  readonly depth: number;
  /** How many states had a primary of each term. */
  readonly reigns: readonly number[];
  /** Nothing was left unexplored. */
  readonly exhausted: boolean;
  /** The promise that was broken, and the way there. */
  readonly broken: { readonly promise: string; readonly way: readonly string[] } | undefined;
}

/** How a state was first reached. */
interface Way {
  readonly from: Way | undefined;
  readonly action: string;
  readonly now: number;
  readonly length: number;
}

interface Found {
  readonly way: Way | undefined;
  readonly actions: readonly Action[];
}

/**
 * Where only one thing can happen next, that is gone on with, and what lies on the way there is looked at and not kept.
 * @param mostStates where the search gives up, if it has not come to an end
 */
export function explore(
  { instances, terms, budget, settled = false }: Model,
  mostStates: number = Infinity,
  order: Order = "breadth",
): Exploration {
  const names = ["a", "b", "c", "d"].slice(0, instances);
  const first = settled ? { ...settledWorld(names), budget } : initialWorld(names, budget);
  const seen = new Seen();
  seen.add(keyOf(first));
  const reigns = Array.from({ length: terms }, () => 0);
  const open = new Frontier(order);
  open.add({ way: undefined, actions: fewerActionsOf(first, names) });
  let [depth, transitions] = [0, 0];
  const report = (broken: Exploration["broken"]): Exploration => ({
    states: seen.size,
    transitions,
    depth,
    reigns,
    exhausted: broken === undefined && open.isEmpty,
    broken,
  });
  /** Goes from one state to the next that is kept. @returns the promise that was broken on the way */
  const follow = (action: Action, from: Way | undefined): Exploration["broken"] => {
    let [next, way]: [Action | undefined, Way | undefined] = [action, from];
    try {
      while (next !== undefined) {
        const { name, world }: Action = next;
        transitions += 1;
        if (world.instances.some(({ state }) => (state?.terms.highest ?? 0) > terms)) return undefined;
        way = { from: way, action: name, now: world.now, length: (way?.length ?? 0) + 1 };
        const primaries = world.instances.filter((instance) => isPrimary(instance, world.now));
        if (primaries.length > 1) throw new Violation("S1: two at once.");
        const actions = fewerActionsOf(world, names);
        next = forcedOf(actions, world.now);
        if (next !== undefined || !seen.add(keyOf(world))) continue;
        depth = Math.max(depth, way.length);
        for (const { state } of primaries) count(reigns, state?.office?.term);
        open.add({ way, actions });
      }
    } catch (thrown) {
      if (!(thrown instanceof Violation)) throw thrown;
      return { promise: thrown.message, way: linesOf(way) };
    }
    return undefined;
  };
  while (!open.isEmpty && seen.size < mostStates) {
    const { way, actions } = open.take();
    for (const action of actions) {
      const broken = follow(action, way);
      if (broken !== undefined) return report(broken);
    }
  }
  return report(undefined);
}

/** What becomes of a new group where nothing goes wrong. */
function settledWorld(names: readonly string[]): World {
  const nothing = { losses: 0, duplicates: 0, crashes: 0, restarts: 0, pauses: 0, leaves: 0, delays: 0 };
  let world = initialWorld(names, nothing);
  while (world.now < SETTLED * UNIT) {
    const [next] = fewerActionsOf(world, names);
    if (next === undefined) throw new RangeError("Time stood still.");
    ({ world } = next);
  }
  return world;
}

/** What happens next before time passes, if it is one thing only. */
function forcedOf([only, ...others]: readonly Action[], now: number): Action | undefined {
  return others.length === 0 && only?.world.now === now ? only : undefined;
}

/** The states whose followers are not known yet. */
class Frontier {
  readonly #order: Order;
  #now: Found[] = [];
  #next = 0;
  #later: Found[] = [];

  constructor(order: Order) {
    this.#order = order;
  }

  get isEmpty(): boolean {
    return this.#next === this.#now.length && this.#later.length === 0;
  }

  add(found: Found): void {
    this.#later.push(found);
  }

  take(): Found {
    let found: Found | undefined;
    if (this.#order === "depth") found = this.#later.pop();
    else {
      if (this.#next === this.#now.length) [this.#now, this.#later, this.#next] = [this.#later, [], 0];
      found = this.#now[this.#next];
      this.#next += 1;
    }
    if (found === undefined) throw new RangeError("Nothing is left to explore.");
    return found;
  }
}

function count(reigns: number[], term: number | undefined): void {
  if (term !== undefined) reigns[term - 1] = (reigns[term - 1] ?? 0) + 1;
}

function linesOf(last: Way | undefined): string[] {
  const lines: string[] = [];
  for (let way = last; way !== undefined; way = way.from) lines.unshift(`${String(way.now).padStart(6)} ${way.action}`);
  return lines;
}
