/**
 * What one instance may do next, or suffer. A stop or a crash of an instance that has nothing to do at the moment is told
 * from a later one by nobody, so a stop begins where there is something that it keeps from happening, and a crash too, unless
 * the next process starts at once.
 */

import { connect, cut, notice, take } from "./bus.ts";
import { feed, kill } from "./process.ts";
import { at, isPrimary, opened, put, UNIT, type World } from "./world.ts";

/** One thing that can happen next. */
export interface Action {
  readonly name: string;
  readonly world: World;
}

export interface Turn {
  /** What the instance does by itself, one of these next. */
  readonly steps: readonly Action[];
  /** It acts before time passes, unless a fault prevents it. */
  readonly urgent: boolean;
}

export function turnOf(world: World, index: number, name: string): Turn {
  const { now, budget } = world;
  const instance = at(world, index);
  const { state, stopped, broken, down, late, reading, callback } = instance;
  if (state === undefined) return { steps: startsOf(world, index, name), urgent: false };
  if (stopped !== undefined) return { steps: [], urgent: false };
  const steps: Action[] = [];
  let urgent = false;
  const may = (what: string, next: World, must: boolean): void => {
    steps.push({ name: what, world: next });
    urgent ||= must;
  };
  if (state.wakeAt <= now) may(`${name} ticks`, feed(world, index, { type: "tick" }), true);
  if (reading !== undefined) {
    const read = put(world, index, { ...instance, reading: undefined });
    may(`${name} has read`, feed(read, index, { type: "read", asOf: reading }), true);
  }
  const [item] = down;
  if (item !== undefined) {
    const what =
      item.message === undefined ? "an acknowledgement" : `${item.message.kind} of ${item.message.instanceId}`;
    may(`${name} hears ${what}`, take(world, index, item), late !== now);
  }
  if (callback !== undefined) {
    const { what, since } = callback;
    const settled = put(world, index, { ...instance, callback: undefined });
    const type = what === "promote" ? "onPromote-settled" : "onDemote-settled";
    may(`${what} of ${name} returns`, feed(settled, index, { type, error: undefined }), since + UNIT <= now);
  }
  if (broken !== undefined) {
    const due = broken.since + UNIT <= now;
    if (broken.noticed) may(`${name} connects`, connect(world, index), due);
    else may(`${name} notices`, notice(world, index), due);
  }
  if (budget.leaves > 0 && isPrimary(instance, now)) {
    const spent = { ...world, budget: { ...budget, leaves: budget.leaves - 1 } };
    may(`${name} steps down`, feed(spent, index, { type: "step-down", id: 0, successor: undefined }), false);
  }
  return { steps, urgent };
}

/** A process that starts again remembers its last term, or nothing. */
function startsOf(world: World, index: number, name: string): Action[] {
  const { budget, now } = world;
  if (budget.restarts === 0) return [];
  const { memory, starts, ghost } = at(world, index);
  const spent = { ...world, budget: { ...budget, restarts: budget.restarts - 1 } };
  return (memory > 0 ? [memory, 0] : [0]).map((remembered) => ({
    name: `${name} starts again${remembered > 0 ? " and remembers" : ""}`,
    world: put(spent, index, opened(name, starts + 1, remembered, now, ghost)),
  }));
}

/** What may befall an instance instead of its turn. */
export function faultsOf(world: World, index: number, name: string, { urgent }: Turn): Action[] {
  const { budget, now } = world;
  const instance = at(world, index);
  if (instance.state === undefined || instance.stopped !== undefined) return [];
  const faults: Action[] = [];
  if (budget.delays > 0 && instance.down.length > 0 && instance.late !== now) {
    const spent = { ...world, budget: { ...budget, delays: budget.delays - 1 } };
    faults.push({
      name: `what is on its way to ${name} is late`,
      world: put(spent, index, { ...instance, late: now }),
    });
  }
  if (budget.losses > 0 && instance.broken === undefined)
    faults.push({ name: `${name} loses its connection`, world: cut(world, index) });
  if (budget.pauses > 0 && urgent) {
    const spent = { ...world, budget: { ...budget, pauses: budget.pauses - 1 } };
    faults.push({ name: `${name} is stopped`, world: put(spent, index, { ...instance, stopped: now }) });
  }
  if (budget.crashes > 0) {
    const killed = { name: `${name} is killed`, world: kill(world, index) };
    if (urgent) faults.push(killed);
    else
      for (const start of startsOf(killed.world, index, name))
        faults.push({ name: `${killed.name}; ${start.name}`, world: start.world });
  }
  return faults;
}
