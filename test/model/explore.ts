/** Breadth-first search over everything that can happen, until nothing new is found or a promise is broken. */

import { keyOf } from "./key.ts";
import { actionsOf, initialWorld, isPrimary, Violation, type Budget, type World } from "./world.ts";

export interface Model {
  readonly instances: number;
  /** Beyond this term nothing is explored. */
  readonly terms: number;
  readonly budget: Budget;
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** The longest of the shortest ways to a state. */
  readonly depth: number;
  /** How many states had a primary of each term. */
  readonly reigns: readonly number[];
  /** Nothing was left unexplored. */
  readonly exhausted: boolean;
  /** The promise that was broken, and the shortest way there. */
  readonly broken: { readonly promise: string; readonly way: readonly string[] } | undefined;
}

/** How a state was first reached. */
interface Way {
  readonly from: Way | undefined;
  readonly action: string;
  readonly now: number;
}

interface Found {
  readonly world: World;
  readonly way: Way | undefined;
}

/** @param mostStates where the search gives up, if it has not come to an end */
export function explore({ instances, terms, budget }: Model, mostStates: number = Infinity): Exploration {
  const names = ["a", "b", "c", "d"].slice(0, instances);
  const first = initialWorld(names, budget);
  const seen = new Set([fingerprint(keyOf(first))]);
  const reigns = Array.from({ length: terms }, () => 0);
  let level: Found[] = [{ world: first, way: undefined }];
  let [depth, transitions] = [0, 0];
  const report = (broken: Exploration["broken"]): Exploration => ({
    states: seen.size,
    transitions,
    depth,
    reigns,
    exhausted: broken === undefined && level.length === 0,
    broken,
  });
  while (level.length > 0 && seen.size < mostStates) {
    const next: Found[] = [];
    for (const { world: from, way } of level)
      try {
        for (const { name, world } of actionsOf(from, names)) {
          transitions += 1;
          if (world.instances.some(({ state }) => (state?.terms.highest ?? 0) > terms)) continue;
          const known = seen.size;
          if (seen.add(fingerprint(keyOf(world))).size === known) continue;
          const reached = { from: way, action: name, now: world.now };
          const primaries = world.instances.filter((instance) => isPrimary(instance, world.now));
          if (primaries.length > 1) return report({ promise: "S1: two at once.", way: linesOf(reached) });
          for (const { state } of primaries) count(reigns, state?.office?.term);
          next.push({ world, way: reached });
        }
      } catch (thrown) {
        if (!(thrown instanceof Violation)) throw thrown;
        return report({ promise: thrown.message, way: linesOf(way) });
      }
    level = next;
    if (level.length > 0) depth += 1;
  }
  return report(undefined);
}

function count(reigns: number[], term: number | undefined): void {
  if (term !== undefined) reigns[term - 1] = (reigns[term - 1] ?? 0) + 1;
}

function linesOf(last: Way | undefined): string[] {
  const lines: string[] = [];
  for (let way = last; way !== undefined; way = way.from) lines.unshift(`${String(way.now).padStart(6)} ${way.action}`);
  return lines;
}

/** 53 bits of a string: two of ten million differ and look alike with a probability of half a percent at most. */
function fingerprint(text: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 2 ** 32 * (high & 0x1fffff) + (low >>> 0);
}
