/** A seeded script of faults, one or two at a time, on a group that works; and what its logs say afterwards. */

import { hostNow } from "../../bench/group/report.ts";
import { Dice } from "../simulation/dice.ts";
import { check, type Findings } from "./check.ts";
import { FAULTS, type Fault } from "./faults.ts";
import { makeWorld, type BusName, type World } from "./world.ts";

/** Four and a half intervals. */
const TIMINGS = { interval: 200, timeout: 910 };

/** What starting a process, and a machine that is busy, may add to the protocol's bound, in milliseconds. */
const LEEWAY = 10_000;

/** L2: two timeouts, an interval, the election's own time, and a backoff of at most a timeout; a lease waits one more. */
const BOUND = 4 * TIMINGS.timeout + TIMINGS.interval + LEEWAY;

export interface ChaosOptions {
  readonly bus: BusName;
  readonly seed: number;
  /** When to strike no more. */
  enough(rounds: number): boolean;
  /** Told of everything that is done. */
  tell(line: string): void;
}

export interface ChaosReport extends Findings {
  readonly bus: BusName;
  readonly seed: number;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** The longest that the group needed to agree on a primary after a fault, in milliseconds. */
  readonly slowest: number;
  readonly units: number;
  /** Late writes that the store refused. */
  readonly refused: number;
}

/** @throws {Error} (rejects) where a fault was not answered within its bound */
export async function runChaos({ bus, seed, enough, tell }: ChaosOptions): Promise<ChaosReport> {
  const dice = new Dice(seed);
  const faults: Record<string, number> = {};
  let slowest = 0;
  const world = await makeWorld(bus, TIMINGS);
  try {
    await agreed(world);
    for (let round = 0; !enough(round); round += 1) {
      const kinds = choose(world, dice);
      const undoes = [];
      for (const fault of kinds) {
        if (!fault.applies(world)) continue;
        await pass(dice.between(0, TIMINGS.timeout));
        faults[fault.name] = (faults[fault.name] ?? 0) + 1;
        tell(`${bus}: ${fault.name}`);
        undoes.push(await fault.strike(world, dice));
      }
      if (!kinds.some(({ paralyses }) => paralyses) && dice.chance(0.7))
        slowest = Math.max(slowest, await agreed(world));
      else await pass(dice.between(0, 3 * TIMINGS.timeout));
      // In any order but one: who is started needs a bus.
      for (const undo of undoes.toReversed()) await undo();
      slowest = Math.max(slowest, await agreed(world));
    }
    const found = check(world.logs(), world.store.units, { exclusive: bus !== "mesh" });
    return { bus, seed, faults, slowest, units: world.store.units.length, refused: world.store.refused, ...found };
  } finally {
    await world.end();
  }
}

/** One or two kinds of fault; what paralyses strikes last, so that it ends first. */
function choose(world: World, dice: Dice): readonly Fault[] {
  const [first, ...others] = FAULTS.filter((fault) => fault.applies(world));
  if (first === undefined) return [];
  const one = dice.pick([first, ...others]);
  const another = dice.pick([first, ...others]);
  const kinds = one === another || dice.chance(0.5) ? [one] : [one, another];
  return kinds.toSorted((a, b) => Number(a.paralyses) - Number(b.paralyses));
}

/** Waits until those on whom nothing was brought agree on a primary whom they hear, a little later than now. @returns how long that took */
async function agreed(world: World): Promise<number> {
  const from = hostNow();
  await world.cast.until(
    "the group to agree on a primary",
    (_, report) => {
      if (report.type !== "status" || report.at < from + TIMINGS.interval) return false;
      const [primary, ...more] = world.audible().filter(({ role }) => role === "primary");
      return primary !== undefined && more.length === 0 && world.sound().every(({ term }) => term === primary.term);
    },
    BOUND,
  );
  return hostNow() - from;
}

function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
