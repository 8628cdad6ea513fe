/** What can go wrong, when, and to whom. */

import type { Effect } from "../../src/core/effect.ts";
import type { Dice } from "./dice.ts";

export const FAULTS = [
  "crash",
  "pause",
  "hold",
  "drop",
  "silent-drop",
  "step-down",
  "leave",
  "disable",
  "broker-away",
  "slow-callbacks",
  "failing-callbacks",
] as const;

export type Fault = (typeof FAULTS)[number];

/** Dangerous instants: a fault waits for the next one and strikes whoever is in it. */
export const INSTANTS = ["claiming", "winning", "first-heartbeat", "acknowledged", "leaving", "yielding"] as const;

export type Instant = (typeof INSTANTS)[number];

/** One fault of a run. It is over after `lasts` milliseconds. */
export interface Planned {
  readonly fault: Fault;
  readonly at: number;
  readonly lasts: number;
  /** Whom it strikes: by number, or whoever is primary, or whoever is in a dangerous instant. */
  readonly whom: number | "primary" | Instant;
}

export function planFaults(
  dice: Dice,
  options: { nodes: number; from: number; until: number; timeout: number },
): Planned[] {
  const { nodes, from, until, timeout } = options;
  const count = dice.whole(5, 12);
  return Array.from({ length: count }, () => {
    const aim = dice.roll();
    return {
      fault: dice.pick(FAULTS),
      at: dice.between(from, until),
      lasts: dice.chance(0.5) ? dice.between(0, timeout) : dice.between(0, 3 * timeout),
      whom: aim < 0.3 ? dice.whole(0, nodes - 1) : aim < 0.65 ? "primary" : dice.pick(INSTANTS),
    } satisfies Planned;
  });
}

/** Which dangerous instant an effect marks, if any. */
export function instantOf(effect: Effect): Instant | undefined {
  switch (effect.type) {
    case "send":
      if (effect.message.kind === "claim") return "claiming";
      if (effect.message.kind === "yield") return "yielding";
      if (effect.message.kind === "shutdown") return "leaving";
      return effect.message.kind === "heartbeat" && effect.message.slot === 0 ? "first-heartbeat" : undefined;
    case "emit":
      return effect.event.type === "rolechange" && effect.event.detail.newRole === "primary" ? "winning" : undefined;
    case "read":
      return "acknowledged";
    default:
      return undefined;
  }
}
