/** What can happen next. */

import { accept, cut } from "./bus.ts";
import { kill } from "./process.ts";
import { faultsOf, turnOf, type Action, type Turn } from "./turn.ts";
import { at, isPrimary, put, UNIT, type World } from "./world.ts";

/** The longest time that a process is stopped, in units: longer than a timeout, and than any mandate lasts. */
const LONGEST_PAUSE = 4;

/** Everything that can happen next. */
export function actionsOf(world: World, names: readonly string[]): Action[] {
  const fates = fatesOf(world, names);
  if (fates !== undefined) return fates;
  const turns = names.map((name, index) => turnOf(world, index, name));
  const [orphan] = world.orphans;
  const actions = turns.flatMap((turn, index) => withFaults(world, index, names, turn));
  if (orphan !== undefined) actions.push(lastWord(world));
  const urgent = (orphan !== undefined && orphan.since + UNIT <= world.now) || turns.some((turn) => turn.urgent);
  return urgent ? actions : [...actions, ...laterOf(world)];
}

/**
 * Less than everything, and enough: where the steps of one instance and all that happens to the others can change places
 * without anybody's noticing, only that instance acts (persistent sets: Godefroid, Partial-Order Methods for the Verification
 * of Concurrent Systems, 1996, chapter 4). Nothing is put off for ever, because time stands still until it has acted.
 */
export function fewerActionsOf(world: World, names: readonly string[]): Action[] {
  if (world.instances.every(({ up }) => up.length === 0))
    for (const [index, name] of names.entries()) {
      if (!mayBeApart(world, index)) continue;
      const turn = turnOf(world, index, name);
      if (isApart(world, index, turn)) return withFaults(world, index, names, turn);
    }
  return actionsOf(world, names);
}

function withFaults(world: World, index: number, names: readonly string[], turn: Turn): Action[] {
  return [...turn.steps, ...faultsOf(world, index, names[index] ?? "?", turn)];
}

/** Whether the others could only add to the end of a pipe that is not empty, or whose end is off. */
function mayBeApart(world: World, index: number): boolean {
  const { state, stopped, down, broken } = at(world, index);
  if (state === undefined || stopped !== undefined) return false;
  return broken === undefined ? down.length > 0 : !broken.noticed;
}

/** Whether it acts before time passes, says nothing, and stops being primary for nobody. */
function isApart(world: World, index: number, { steps, urgent }: Turn): boolean {
  const leads = isPrimary(at(world, index), world.now);
  return (
    urgent &&
    steps.every(({ world: next }) => {
      const then = at(next, index);
      return then.up.length === 0 && (!leads || isPrimary(then, next.now));
    })
  );
}

/** Time passes. Who was stopped goes on as an instant begins, or does not yet. */
function laterOf(world: World): Action[] {
  const now = world.now + UNIT;
  let later: Action[] = [{ name: "time passes", world: { ...world, now } }];
  for (const [index, { state, stopped }] of world.instances.entries()) {
    if (stopped === undefined) continue;
    const goOn = ({ name, world: to }: Action): Action => ({
      name: `${name}, ${state?.settings.instanceId} goes on`,
      world: put(to, index, { ...at(to, index), stopped: undefined }),
    });
    later = [...(stopped + LONGEST_PAUSE * UNIT <= now ? [] : later), ...later.map(goOn)];
  }
  return later;
}

function lastWord(world: World): Action {
  const [orphan, ...orphans] = world.orphans;
  if (orphan === undefined) throw new RangeError("Nobody who is gone has anything left to say.");
  return { name: "a last word arrives", world: accept({ ...world, orphans }, orphan) };
}

/**
 * What becomes of a message that is on its way up. It is decided before anybody else acts: nobody can tell the bus's taking
 * it later from acting earlier, but for a process that is killed before, and has said more meanwhile.
 */
function fatesOf(world: World, names: readonly string[]): Action[] | undefined {
  const { budget, orphans, instances } = world;
  const index = instances.findIndex(({ up }) => up.length > 0);
  if (index < 0) return undefined;
  const [name = "?", instance] = [names[index], at(world, index)];
  const [sent, ...up] = instance.up;
  if (sent === undefined) return undefined;
  const rest = put(world, index, { ...instance, up });
  const what = `${sent.message?.kind} of ${name}`;
  const fates = [{ name: `the bus accepts ${what}`, world: accept(rest, sent, index) }];
  if (orphans.length > 0) fates.push(lastWord(world));
  if (budget.duplicates > 0) {
    const spent = { ...rest, budget: { ...budget, duplicates: budget.duplicates - 1 } };
    const twice = accept(accept(spent, { ...sent, receipt: undefined }), sent, index);
    fates.push({ name: `the bus accepts ${what} twice`, world: twice });
  }
  if (budget.losses > 0) fates.push({ name: `${name} loses its connection`, world: cut(world, index) });
  if (budget.crashes > 0) {
    fates.push({ name: `${name} is killed`, world: kill(world, index) });
    fates.push(...turnOf(world, index, name).steps);
  }
  return fates;
}
