/**
 * A while in which all is well but the work: every promotion fails, as where a database is down. What a group does then is known
 * exactly, so that it is measured: each failure has everybody wait longer before the next (L1).
 */

import type { Settings } from "../../src/core/state.ts";
import type { Group } from "./group.ts";
import { failAll } from "./strike.ts";

/** How long it lasts, in timeouts. */
const TIMEOUTS = 10;

/** Rates differ by so much, and a timer fires up to so many milliseconds early. */
const [RATES, EARLY] = [1.02, 1];

/** After so many failures everybody has counted one. */
const UNCOUNTED = 2;

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
  const before = witness.promotedTimes.length;
  pass(agenda.now + TIMEOUTS * longest);
  const times = witness.promotedTimes.slice(before);
  const settings = group.nodes.map(({ state }) => state.settings).filter(({ election }) => election !== "none");
  for (const [index, at] of times.entries()) {
    const gap = at - (times[index - 1] ?? -Infinity);
    const least = leastGap(settings, index);
    if (gap < least)
      witness.violate(
        `L1: promotion ${index + 1} of a row that failed began ${gap.toFixed(0)} ms after the one before, not ${least.toFixed(0)}`,
      );
  }
  end();
  group.note(() => "--- the drought is over");
}

/**
 * Whoever waits longest for nothing has failed in none of so many mandates itself, waits half of its step, and begins when the
 * promotion before has begun.
 */
function leastGap(settings: readonly Settings[], failures: number): number {
  const steps = settings.map(({ backoffMin, backoffMax, timeout }) =>
    Math.min(backoffMax, timeout, backoffMin * 2 ** (failures - UNCOUNTED)),
  );
  return failures < UNCOUNTED ? 0 : Math.min(...steps) / 2 / RATES - EARLY;
}
