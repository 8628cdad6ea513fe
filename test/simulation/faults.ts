/** What can go wrong, when, and to whom. */

import type { Effect } from "../../src/core/effect.ts";
import type { Dice } from "./dice.ts";
import type { Regime } from "./regimes.ts";

/** What can strike a process, its connection, or what it calls, anywhere. */
const ANYWHERE = [
  "crash",
  "amnesia",
  "pause",
  "hold",
  "drop",
  "silent-drop",
  "step-down",
  "leave",
  "disable",
  "slow-callbacks",
  "failing-callbacks",
  "hanging-callbacks",
  "unhealthy",
  "false-hint",
  "bus-away",
  "slow-bus",
  "duplicates",
  "failing-promotions",
  "sick-heir",
  "work-ended",
  "hanging-health",
] as const;

/** Those of the connection and the bus: each makes some message late, or loses it. */
const UNDERWAY: readonly string[] = ["hold", "drop", "silent-drop", "bus-away", "slow-bus"];

/** What strikes processes alone. Stops are frequent, because a claim's window has to outlast them. */
const INTACT = ANYWHERE.filter((fault) => !UNDERWAY.includes(fault)).flatMap((fault): readonly Fault[] =>
  fault === "pause" ? Array<Fault>(6).fill(fault) : [fault],
) as [Fault, ...Fault[]];

const OUTSIDE_ELECTION = ["slow-election", "failing-election", "hanging-election"] as const;
const FENCED = ["hanging-fence"] as const;
/** What a primary says does not leave. */
const SILENCED = ["unpublished"] as const;
const PIECES = ["deaf", "mute", "cut"] as const;
const LOSSY = ["loss", "disorder"] as const;

export type Fault =
  | (typeof ANYWHERE)[number]
  | (typeof OUTSIDE_ELECTION)[number]
  | (typeof FENCED)[number]
  | (typeof PIECES)[number]
  | (typeof SILENCED)[number]
  | (typeof LOSSY)[number];

/** The faults that a regime's promises are made for. */
export function faultsOf({ name, election, torn, bus, mixed }: Regime): readonly [Fault, ...Fault[]] {
  if (name === "intact") return INTACT;
  return [
    ...ANYWHERE,
    ...(election === "claims" && !mixed ? [] : [...OUTSIDE_ELECTION, ...OUTSIDE_ELECTION]),
    ...(election === "lock" ? FENCED : []),
    ...(torn ? [...PIECES, ...PIECES] : []),
    ...(name === "unheard" ? [...PIECES, ...SILENCED, ...SILENCED, ...SILENCED] : []),
    ...(bus === "mesh" ? [...LOSSY, ...LOSSY] : []),
  ];
}

/** Dangerous instants: a fault waits for the next one and strikes whoever is in it. */
export const INSTANTS = [
  /** A claim is about to be sent. */
  "claiming",
  /** A claim or a goodbye was sent, and is not acknowledged. */
  "unacknowledged",
  /** Everything that decides has arrived, and is being read. */
  "reading",
  /** The mandate is won; not even the first heartbeat is out. */
  "winning",
  "first-heartbeat",
  "yielding",
  /** The goodbye is about to be sent. */
  "leaving",
] as const;

export type Instant = (typeof INSTANTS)[number];

/** One fault of a run. It is over after `lasts` milliseconds. */
export interface Planned {
  readonly fault: Fault;
  readonly lasts: number;
  /** Whom it strikes: by number, or whoever is primary, or whoever is in a dangerous instant. */
  readonly whom: number | "primary" | Instant;
}

export function planFault(dice: Dice, faults: readonly [Fault, ...Fault[]], nodes: number, timeout: number): Planned {
  const aim = dice.roll();
  return {
    fault: dice.pick(faults),
    lasts: dice.between(0, dice.chance(0.6) ? timeout : 2.5 * timeout),
    whom: aim < 0.2 ? dice.whole(0, nodes - 1) : aim < 0.65 ? "primary" : dice.pick(INSTANTS),
  };
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
      return "reading";
    default:
      return undefined;
  }
}
