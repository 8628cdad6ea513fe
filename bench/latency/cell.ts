/** A cell of the grid, and what can be said of it beforehand. */

import type { Make } from "../group/assembly.ts";
import type { Fault } from "../schema/head.ts";

/** What befalls a group that is set up so. Durations in milliseconds. */
export interface Cell {
  readonly fault: Fault;
  readonly interval: number;
  readonly timeout: number;
}

/** Why a fault cannot be measured with an election; undefined where it can. */
export function inapplicable({ election }: Make, { fault }: Cell): string | undefined {
  if (fault === "cut" && election === "host-lock")
    return "Not applicable: a host lock is the kernel's, and no cut comes between it and its host.";
  return undefined;
}

/** Whether nothing but missing heartbeats tells of a fault. Under a lease its renewals do, too, in a rhythm of their own. */
export function isSilent({ election, eager }: Make, { fault }: Cell): boolean {
  if (election === "lease") return false;
  if (fault === "crash") return election !== "host-lock" && !eager;
  return fault !== "shutdown";
}

/** A lock that is held by a process that hangs is only taken from it by a fence. */
export function needsFence({ election }: Make, { fault }: Cell): boolean {
  return fault === "hang" && election === "host-lock";
}
