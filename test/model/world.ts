/**
 * A small group of instances under claims on an ordered, acknowledging bus, as plain data. Time is whole units of one interval.
 * Every process, pipe and callback takes its turn in any order; none may dawdle for more than a unit, unless it is stopped.
 *
 * A message is lost only with its connection, as S1 asks of the bus: a loss breaks one, and empties its pipes both ways. A
 * crash leaves what was sent to arrive later. An instance does not hear its own messages, which the protocol drops unread.
 */

import type { Receipt } from "../../src/core/effect.ts";
import { initialState } from "../../src/core/initial.ts";
import type { Settings, State } from "../../src/core/state.ts";
import { step } from "../../src/core/step.ts";
import { fixed } from "../../src/detectors/fixed.ts";
import type { Message } from "../../src/messages.ts";

/** One unit of time, in milliseconds: the interval, a third of the timeout, twice the claim window. */
export const UNIT = 100;

const TIMINGS = { interval: UNIT, timeout: 3 * UNIT, claimWindow: UNIT / 2 } as const;

/** A message on its way up, or a message or an acknowledgement on its way down. */
export interface Item {
  readonly since: number;
  readonly message: Message | undefined;
  readonly receipt: Receipt | undefined;
  readonly sentAt: number;
}

export interface Instance {
  /** Undefined while its process is gone. */
  readonly state: State | undefined;
  /** What a process that starts again may remember. */
  readonly memory: number;
  readonly starts: number;
  /** What the process before this one knew last. */
  readonly ghost: State | undefined;
  /** Since when it is stopped. */
  readonly stopped: number | undefined;
  /** Since when its connection is broken, and whether it knows. */
  readonly broken: { readonly since: number; readonly noticed: boolean } | undefined;
  readonly up: readonly Item[];
  readonly down: readonly Item[];
  /** When what was on its way to it was held up. */
  readonly late: number | undefined;
  /** Sends that the bus has not acknowledged. */
  readonly unsettled: readonly { readonly receipt: Receipt; readonly sentAt: number }[];
  /** A turn of reading that was asked for. */
  readonly reading: number | undefined;
  /** The callback that is at work, and since when. */
  readonly callback: { readonly what: "promote" | "demote"; readonly since: number } | undefined;
  readonly lastCallback: "promote" | "demote";
}

/** How many faults may still come. */
export interface Budget {
  readonly losses: number;
  readonly duplicates: number;
  readonly crashes: number;
  /** How often a process may start in the place of one that has crashed. */
  readonly restarts: number;
  readonly pauses: number;
  /** How often a primary may step down on request. */
  readonly leaves: number;
  /** How often what is on its way to an instance may come a unit late. */
  readonly delays: number;
}

export interface World {
  readonly now: number;
  readonly instances: readonly Instance[];
  /** What a dead process had sent, one pipe after another. */
  readonly orphans: readonly Item[];
  readonly budget: Budget;
}

/** Of a process that has just started, and of one that is gone. */
export const NOTHING_UNDER_WAY: Omit<Instance, "state" | "memory" | "starts" | "ghost" | "lastCallback"> = {
  stopped: undefined,
  broken: undefined,
  up: [],
  down: [],
  late: undefined,
  unsettled: [],
  reading: undefined,
  callback: undefined,
};

export function initialWorld(names: readonly string[], budget: Budget): World {
  const instances = names.map((name) => opened(name, 1, 0, 0, undefined));
  return { now: 0, instances, orphans: [], budget };
}

function settingsOf(name: string, starts: number, initialTerm: number): Settings {
  return {
    instanceId: name,
    incarnation: `${name}${starts}`,
    priority: 0,
    ...TIMINGS,
    promoteTimeout: Infinity,
    demoteTimeout: TIMINGS.interval,
    backoffMin: UNIT,
    backoffMax: UNIT,
    election: "claims",
    electionName: undefined,
    deadline: true,
    publish: "everyone",
    probes: false,
    witness: false,
    eager: false,
    keepsWhenIsolated: false,
    releaseOnOverrun: false,
    health: false,
    fence: false,
    initialTerm,
    detector: fixed(),
  };
}

export function opened(
  name: string,
  starts: number,
  initialTerm: number,
  now: number,
  ghost: State | undefined,
): Instance {
  const fresh = initialState(settingsOf(name, starts, initialTerm), { enabled: true, ambition: false, seed: 0 });
  const [state] = step(fresh, { type: "opened", connection: 1, barrier: true }, now);
  return {
    state,
    memory: initialTerm,
    starts,
    ghost,
    ...NOTHING_UNDER_WAY,
    lastCallback: "demote",
  };
}

/** What the program of an instance reads. A stopped program reads nothing. */
export function isPrimary({ state, stopped }: Instance, now: number): boolean {
  return stopped === undefined && state?.role === "primary" && now < (state.office?.deadline ?? -Infinity);
}

export function put(world: World, index: number, instance: Instance): World {
  return { ...world, instances: world.instances.with(index, instance) };
}

export function at(world: World, index: number): Instance {
  const instance = world.instances[index];
  if (instance === undefined) throw new RangeError(`There is no instance ${index}.`);
  return instance;
}
