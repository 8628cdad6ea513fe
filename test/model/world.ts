/**
 * A small group of instances under claims on an ordered, acknowledging bus, as plain data. Time is whole units of one interval.
 * Every process, pipe and callback takes its turn in any order; none may dawdle for more than a unit, unless it is stopped.
 *
 * A message is lost only with its connection, as S1 asks of the bus: a loss breaks one, and empties its pipes both ways. A
 * crash leaves what was sent to arrive later. An instance does not hear its own messages, which the protocol drops unread.
 */

import type { Effect, Receipt } from "../../src/core/effect.ts";
import { initialState } from "../../src/core/initial.ts";
import type { Input } from "../../src/core/input.ts";
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
  readonly callback: "promote" | "demote" | undefined;
  readonly lastCallback: "promote" | "demote";
}

/** How many faults may still come. */
export interface Budget {
  readonly losses: number;
  readonly duplicates: number;
  readonly crashes: number;
  readonly pauses: number;
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

/** The longest time that a process is stopped, in units: longer than a timeout, and than any mandate lasts. */
const LONGEST_PAUSE = 4;

/** One thing that can happen next. `makes` gives undefined where it is beyond the model's bounds. */
export interface Action {
  readonly name: string;
  readonly world: World;
}

/** A promise that was broken on the way to a state. */
export class Violation extends Error {
  override readonly name = "Violation";
}

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
    deadline: true,
    publish: "everyone",
    probes: false,
    eager: false,
    keepsWhenIsolated: false,
    releaseOnOverrun: false,
    health: false,
    fence: false,
    initialTerm,
    detector: fixed(),
  };
}

function opened(name: string, starts: number, initialTerm: number, now: number, ghost: State | undefined): Instance {
  const fresh = initialState(settingsOf(name, starts, initialTerm), { enabled: true, ambition: false, seed: 0 });
  const [state] = step(fresh, { type: "opened", connection: 1 }, now);
  return {
    state,
    memory: initialTerm,
    starts,
    ghost,
    stopped: undefined,
    broken: undefined,
    up: [],
    down: [],
    late: undefined,
    unsettled: [],
    reading: undefined,
    callback: undefined,
    lastCallback: "demote",
  };
}

/** What the program of an instance reads. A stopped program reads nothing. */
export function isPrimary({ state, stopped }: Instance, now: number): boolean {
  return stopped === undefined && state?.role === "primary" && now < (state.office?.deadline ?? -Infinity);
}

/** Everything that can happen next. */
export function actionsOf(world: World, names: readonly string[]): Action[] {
  const actions: Action[] = [];
  const { now, instances, budget, orphans } = world;
  let urgent = false;
  const may = (name: string, next: World): void => void actions.push({ name, world: next });
  const must = (name: string, next: World, since: number): void => {
    may(name, next);
    urgent ||= since + UNIT <= now;
  };
  const [orphan] = orphans;
  if (orphan !== undefined)
    must("a last word arrives", accept({ ...world, orphans: orphans.slice(1) }, orphan), orphan.since);
  const sending = instances.findIndex(({ up }) => up.length > 0);
  if (sending >= 0) return [...actions, ...fatesOf(world, names[sending] ?? "?", sending)];
  for (const [index, instance] of instances.entries()) {
    const name = names[index] ?? "?";
    const { state, stopped, broken, down, late, reading, callback } = instance;
    if (state === undefined) {
      for (const remembers of instance.memory > 0 ? [true, false] : [false]) {
        const again = opened(name, instance.starts + 1, remembers ? instance.memory : 0, now, instance.ghost);
        may(`${name} starts again${remembers ? " and remembers" : ""}`, put(world, index, again));
      }
      continue;
    }
    if (stopped !== undefined) {
      may(`${name} goes on`, put(world, index, { ...instance, stopped: undefined }));
      urgent ||= stopped + LONGEST_PAUSE * UNIT <= now;
      continue;
    }
    if (state.wakeAt <= now) {
      may(`${name} ticks`, feed(world, index, { type: "tick" }));
      urgent = true;
    }
    if (reading !== undefined) {
      const read = put(world, index, { ...instance, reading: undefined });
      may(`${name} has read`, feed(read, index, { type: "read", asOf: reading }));
      urgent = true;
    }
    const [item] = down;
    if (item !== undefined) {
      const what =
        item.message === undefined ? "an acknowledgement" : `${item.message.kind} of ${item.message.instanceId}`;
      may(`${name} hears ${what}`, take(world, index, item));
      urgent ||= late !== now;
      if (budget.delays > 0 && late !== now) {
        const spent = { ...world, budget: { ...budget, delays: budget.delays - 1 } };
        may(`${what} for ${name} is late`, put(spent, index, { ...instance, late: now }));
      }
    }
    if (callback !== undefined) {
      const settled = put(world, index, { ...instance, callback: undefined });
      const type = callback === "promote" ? "onPromote-settled" : "onDemote-settled";
      may(`${callback} of ${name} returns`, feed(settled, index, { type, error: undefined }));
      urgent = true;
    }
    if (broken !== undefined)
      if (broken.noticed) must(`${name} connects`, connect(world, index), broken.since);
      else must(`${name} notices`, notice(world, index), broken.since);
    else if (budget.losses > 0 && down.length > 0) may(`${name} loses its connection`, cut(world, index));
    if (budget.pauses > 0) {
      const spent = { ...world, budget: { ...budget, pauses: budget.pauses - 1 } };
      may(`${name} is stopped`, put(spent, index, { ...instance, stopped: now }));
    }
    if (budget.crashes > 0) may(`${name} is killed`, kill(world, index));
  }
  if (!urgent) may("time passes", { ...world, now: now + UNIT });
  return actions;
}

/**
 * What becomes of a message that is on its way up. It is decided before anybody acts again: nobody can tell the bus's taking
 * it later from acting earlier.
 */
function fatesOf(world: World, name: string, index: number): Action[] {
  const instance = at(world, index);
  const { budget } = world;
  const [sent] = instance.up;
  if (sent === undefined) return [];
  const rest = put(world, index, { ...instance, up: instance.up.slice(1) });
  const what = `${sent.message?.kind} of ${name}`;
  const fates = [{ name: `the bus accepts ${what}`, world: accept(rest, sent, index) }];
  if (budget.duplicates > 0) {
    const spent = { ...rest, budget: { ...budget, duplicates: budget.duplicates - 1 } };
    const twice = accept(accept(spent, { ...sent, receipt: undefined }), sent, index);
    fates.push({ name: `the bus accepts ${what} twice`, world: twice });
  }
  if (budget.losses > 0) fates.push({ name: `${name} loses its connection`, world: cut(world, index) });
  if (budget.crashes > 0) fates.push({ name: `${name} is killed`, world: kill(world, index) });
  return fates;
}

function cut(world: World, index: number): World {
  const { budget, now } = world;
  const broken = { since: now, noticed: false };
  const spent = { ...world, budget: { ...budget, losses: budget.losses - 1 } };
  return put(spent, index, { ...at(world, index), up: [], down: [], late: undefined, broken });
}

function put(world: World, index: number, instance: Instance): World {
  return { ...world, instances: world.instances.with(index, instance) };
}

function at(world: World, index: number): Instance {
  const instance = world.instances[index];
  if (instance === undefined) throw new RangeError(`There is no instance ${index}.`);
  return instance;
}

/** The bus takes a message, hands it to everybody else, and acknowledges it behind what it had taken before. */
function accept(world: World, { message, receipt, sentAt }: Item, from?: number): World {
  const instances = world.instances.map((instance, index) => {
    if (instance.state === undefined || instance.broken !== undefined) return instance;
    if (index !== from && message !== undefined && message.incarnation !== instance.state.settings.incarnation)
      return { ...instance, down: [...instance.down, { since: world.now, message, receipt: undefined, sentAt }] };
    if (index === from && receipt !== undefined && receipt.for !== "nothing")
      return { ...instance, down: [...instance.down, { since: world.now, message: undefined, receipt, sentAt }] };
    return instance;
  });
  return { ...world, instances };
}

function take(world: World, index: number, { message, receipt, sentAt }: Item): World {
  const instance = at(world, index);
  const down = instance.down.slice(1);
  if (message !== undefined)
    return feed(put(world, index, { ...instance, down }), index, { type: "message", message, from: undefined });
  const [settled, ...unsettled] = instance.unsettled;
  if (receipt === undefined || settled === undefined) throw new Error("An acknowledgement of nothing.");
  return feed(put(world, index, { ...instance, down, unsettled }), index, { type: "sent", receipt, ok: true, sentAt });
}

function notice(world: World, index: number): World {
  const instance = at(world, index);
  const { unsettled, state } = instance;
  const known = { ...instance, broken: { since: world.now, noticed: true }, unsettled: [] };
  const connection = state?.link.connection ?? 0;
  let next = feed(put(world, index, known), index, { type: "link", up: false, connection });
  for (const { receipt, sentAt } of unsettled) next = feed(next, index, { type: "sent", receipt, ok: false, sentAt });
  return next;
}

function connect(world: World, index: number): World {
  const instance = at(world, index);
  const connection = (instance.state?.link.connection ?? 0) + 1;
  return feed(put(world, index, { ...instance, broken: undefined }), index, { type: "link", up: true, connection });
}

function kill(world: World, index: number): World {
  const instance = at(world, index);
  const { state, up } = instance;
  const gone: Instance = {
    ...instance,
    state: undefined,
    memory: state?.terms.highest ?? 0,
    ghost: state,
    stopped: undefined,
    broken: undefined,
    up: [],
    down: [],
    late: undefined,
    unsettled: [],
    reading: undefined,
    callback: undefined,
  };
  const { budget, orphans } = world;
  const spent = { ...budget, crashes: budget.crashes - 1 };
  return put(
    { ...world, budget: spent, orphans: [...orphans, ...up.map((item) => ({ ...item, receipt: undefined }))] },
    index,
    gone,
  );
}

/** One step of an instance. Its dice always fall the same way: they decide nothing but how long it waits. */
function feed(world: World, index: number, input: Input): World {
  const instance = at(world, index);
  const before = instance.state;
  if (before === undefined) return world;
  const [state, effects] = step(before, input, world.now);
  const { mandate, highest } = state.terms;
  if (mandate < before.terms.mandate || highest < before.terms.highest || highest < mandate)
    throw new Violation("S4: an instance forgot a term.");
  if (state.role === "primary" && state.office?.status !== "ruling") throw new Violation("S2: primary without ruling.");
  let next: Instance = { ...instance, state: { ...state, random: 0 } };
  for (const effect of effects) next = perform(next, effect, world.now, before.terms.mandate);
  return put(world, index, next);
}

/** @param mandate the highest term of a mandate that the instance knew before */
function perform(instance: Instance, effect: Effect, now: number, mandate: number): Instance {
  switch (effect.type) {
    case "send": {
      const { message, receipt } = effect;
      if (message.kind === "shutdown" && instance.callback !== undefined)
        throw new Violation("S5: resigned under running work.");
      const unsettled =
        receipt.for === "nothing" ? instance.unsettled : [...instance.unsettled, { receipt, sentAt: now }];
      if (instance.broken !== undefined) return { ...instance, unsettled };
      return { ...instance, unsettled, up: [...instance.up, { since: now, message, receipt, sentAt: now }] };
    }
    case "read":
      return { ...instance, reading: effect.asOf };
    case "promote":
    case "demote": {
      const { type, term } = effect;
      if (instance.callback !== undefined) throw new Violation("S5: a callback began before the last had returned.");
      if (instance.lastCallback === type) throw new Violation(`S5: ${type} was called twice in a row.`);
      if (type === "promote" && term <= mandate) throw new Violation(`S4: promoted to term ${term} again.`);
      return { ...instance, callback: type, lastCallback: type };
    }
    default:
      return instance;
  }
}
