/** Upon whom a fault is brought. */

import type { Player } from "../../bench/group/cast.ts";
import type { Dice } from "../simulation/dice.ts";
import type { World } from "./world.ts";

/** Mostly the primary, because it matters most. */
const PRIMARY_SHARE = 0.7;

export function victim({ sound }: World, dice: Dice): Player {
  const [first, ...others] = sound();
  if (first === undefined) throw new Error("Nobody is left to strike.");
  const primary = [first, ...others].find(({ role }) => role === "primary");
  return primary !== undefined && dice.chance(PRIMARY_SHARE) ? primary : dice.pick([first, ...others]);
}

export const twoAreSound = ({ sound }: World): boolean => sound().length >= 2;
