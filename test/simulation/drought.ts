/**
 * A while in which all is well but the work: every promotion fails, as where a database is down. What a group does then is known
 * exactly, so that it is measured: each failure has everybody wait longer before the next (L1).
 */

import type { Settings } from "../../src/core/state.ts";
import type { Group } from "./group.ts";
import { failAll } from "./strike.ts";
import type { Promotion } from "./witness.ts";

/** How long it lasts, in timeouts. */
const TIMEOUTS = 10;

/** Rates differ by so much, and a timer fires up to so many milliseconds early. */
const [RATES, EARLY] = [1.02, 1];

/** The first failure of another is not waited for, and the second a first step. */
const UNCOUNTED = 2;

/** Under a lock or a lease the next holder may be greeted before the last one's goodbye is heard, which counts no more then. */
const OUTRUN = 1;

/**
 * Under a lock or a lease a mandate that fails at once may be over before another candidate, which asked at the same time, is
 * answered, and before it has heard of it: two failures within so many milliseconds and a message's delay are one.
 */
const NEAR = 15;

/** @param pass lets time pass, until a moment */
export function drought(group: Group, pass: (until: number) => void): void {
  const { world, longest, witness } = group;
  const { agenda, dice } = world;
  group.note(() => "--- a drought: every promotion fails");
  const end = failAll(group, dice.chance(0.5) ? 0 : dice.between(0, 60));
  const primary = group.nodes.find(({ isPrimary }) => isPrimary);
  if (primary !== undefined) {
    const error = new Error("the database is down");
    if (dice.chance(0.5)) primary.feed({ type: "work-ended", error });
    else {
      group.crash(primary);
      group.restart(primary, true);
    }
  }
  const before = witness.promotions.length;
  pass(agenda.now + TIMEOUTS * longest);
  check(group, witness.promotions.slice(before));
  end();
  group.note(() => "--- the drought is over");
}

function check({ nodes, regime, world, witness }: Group, promotions: readonly Promotion[]): void {
  const settings = nodes.map(({ state }) => state.settings).filter(({ election }) => election !== "none");
  const near = regime.election === "claims" ? 0 : world.bus.delay + NEAR;
  let [failures, last]: [number, Promotion | undefined] = [0, undefined];
  for (const next of promotions) {
    const gap = next.at - (last?.at ?? -Infinity);
    const isSameRound = last?.index !== next.index && gap <= near;
    const least = isSameRound ? 0 : leastGap(settings, failures - (regime.election === "claims" ? 0 : OUTRUN));
    if (gap < least)
      witness.violate(
        `L1: after ${failures} promotions in a row that failed the next began ${gap.toFixed(0)} ms after the last, not ${least.toFixed(0)}`,
      );
    if (!isSameRound) failures += 1;
    last = next;
  }
}

/**
 * How long the next promotion is waited for by whoever waits least: it has failed in none of so many mandates itself, draws half
 * of its step, and the last one ended as soon as it had begun.
 */
function leastGap(settings: readonly Settings[], failures: number): number {
  const steps = settings.map(({ backoffMin, backoffMax, timeout }) =>
    Math.min(backoffMax, timeout, backoffMin * 2 ** (failures - UNCOUNTED)),
  );
  return failures < UNCOUNTED ? 0 : Math.min(...steps) / 2 / RATES - EARLY;
}
