/** When a group has answered: those on whom nothing was brought hear one primary. */

import type { Player } from "../../bench/group/cast.ts";
import { hostNow } from "../../bench/group/report.ts";
import type { World } from "./world.ts";

/**
 * Waits until those on whom nothing was brought agree on a primary whom they have heard since now.
 * @param settling how long nobody believes what is told, in milliseconds: an interval
 * @returns how long it took; `Infinity` where it took longer than the bound
 */
export async function agreed(world: World, settling: number, bound: number): Promise<number> {
  const from = hostNow();
  const agreement = world.cast.until(
    "the group to agree on a primary",
    (_, report) => report.type === "status" && report.at > from + settling && agree(world, from),
    bound,
  );
  return agreement.then(
    () => hostNow() - from,
    () => Infinity,
  );
}

/** All are under one mandate. Its holder is the only primary among them, or one that is cut off and still heard. */
function agree({ sound, cast, cut }: World, since: number): boolean {
  const leaders = sound().filter(({ role }) => role === "primary");
  const deaf = [...cast.players.values()].filter(
    ({ name, state, role }) => state === "live" && role === "primary" && cut.get(name) === "in",
  );
  const [leader, ...more] = leaders.length === 0 ? deaf : leaders;
  if (leader === undefined || more.length > 0) return false;
  return sound().every((player) => player === leader || (player.term === leader.term && player.heardAt > since));
}

/** What everybody last told. */
export function describe({ cast, cut }: World): string {
  const one = ({ name, state, role, term }: Player): string =>
    `${name} is ${state}, ${role ?? "of no role"}, term ${term}${cut.has(name) ? `, cut off (${cut.get(name)})` : ""}`;
  return `${[...cast.players.values()].map(one).join("; ")}.`;
}
