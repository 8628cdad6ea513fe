/** A seeded script of faults, one or two at a time, on a group that works; and what its logs say afterwards. */

import type { Player } from "../../bench/group/cast.ts";
import { hostNow } from "../../bench/group/report.ts";
import { asError } from "../../src/errors.ts";
import { Dice } from "../simulation/dice.ts";
import { isExclusive, type BusName } from "./bus.ts";
import { check, type Findings, type Span } from "./check.ts";
import { FAULTS, type Blow, type Fault } from "./faults.ts";
import { watchLateness } from "./lateness.ts";
import type { Wire } from "./place.ts";
import { systemNow } from "./witnessed.ts";
import { makeWorld, type World } from "./world.ts";

/** Four and a half intervals. */
const TIMINGS = { interval: 200, timeout: 910 };

/** L2: two timeouts, an interval, the election's own time, and a backoff of at most a timeout; a lease waits one more. */
const BOUND = 4 * TIMINGS.timeout + TIMINGS.interval;

/**
 * What a network adds, in milliseconds: an attempt to connect that began while everything was dropped is given up after two
 * seconds, and the next begins within one more.
 */
const LINK_TIME = 3_000;

/** How often a spell of faults outlasts every keepalive, and how long that is in milliseconds. */
const LONG_SHARE = 0.1;
const LONG = 8_000;

export interface ChaosOptions {
  readonly bus: BusName;
  readonly wire: Wire;
  readonly seed: number;
  /** The round to begin with. @default 0 */
  readonly from?: number;
  /** When to strike no more; `done` is the number of rounds. */
  enough(done: number): boolean;
  /** Told of everything that is done. */
  tell(line: string): void;
}

/** How long the group needed to agree on a primary. */
export interface Answer {
  readonly round: number;
  /** What had been struck, or taken back. */
  readonly after: string;
  readonly milliseconds: number;
  /** How late the observer's own timers were meanwhile, at worst, in milliseconds: the machine's part in it. */
  readonly late: number;
}

export interface ChaosReport extends Findings {
  readonly bus: BusName;
  readonly wire: Wire;
  readonly seed: number;
  readonly from: number;
  readonly rounds: number;
  /** In milliseconds. */
  readonly lasted: number;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  readonly answers: readonly Answer[];
  /** What an answer may take, in milliseconds, on a machine that keeps nobody waiting. */
  readonly bound: number;
  readonly units: number;
  /** Late writes that the store refused. */
  readonly refused: number;
  /** Where everything is written down; kept where something was found. */
  readonly folder: string | undefined;
}

/** Brings chaos upon a group until it is enough, or until a fault is not answered. */
export async function runChaos({ bus, wire, seed, from = 0, enough, tell }: ChaosOptions): Promise<ChaosReport> {
  const began = performance.now();
  const faults: Record<string, number> = {};
  const answers: Answer[] = [];
  const divided: Span[] = [];
  const unanswered: string[] = [];
  const bound = BOUND + (bus === "zeromq" ? 0 : LINK_TIME);
  const world = await makeWorld(bus, wire, TIMINGS);
  const lateness = watchLateness();
  let round = from;

  async function answer(after: string): Promise<void> {
    lateness.take();
    const milliseconds = await agreed(world, bound);
    const late = lateness.take();
    answers.push({ round, after, milliseconds, late });
    if (milliseconds > bound)
      throw new Error(
        `There was no answer to ${after} within ${bound} ms. ${describe(world)} The observer's timers were ${late.toFixed(0)} ms late at worst.`,
      );
  }

  function say(line: string): void {
    tell(`${bus} ${round}: ${line}`);
    world.note(`${round}: ${line}`);
  }

  async function bring(dice: Dice): Promise<void> {
    const began = systemNow();
    const kinds = choose(world, dice);
    const blows: { readonly name: string; readonly blow: Blow }[] = [];
    for (const fault of kinds) {
      const pause = dice.between(0, TIMINGS.timeout);
      if (!fault.applies(world)) continue;
      await pass(pause);
      faults[fault.name] = (faults[fault.name] ?? 0) + 1;
      const blow = await fault.strike(world, dice);
      say(`${fault.name}${blow.on === undefined ? "" : ` on ${blow.on}`}`);
      blows.push({ name: fault.name, blow });
    }
    const names = blows.map(({ name }) => name).join(" and ");
    const answerFirst = dice.chance(0.7);
    const duration = dice.chance(LONG_SHARE) ? LONG : dice.between(0, 3 * TIMINGS.timeout);
    if (answerFirst && !kinds.some(({ paralyses }) => paralyses)) await answer(names);
    else await pass(duration);
    // The last first: who is started again needs a bus.
    for (const { blow } of blows.toReversed()) await blow.undo();
    say("taken back");
    await world.reviveAll();
    await answer(`the end of ${names}`);
    if (kinds.some(({ divides }) => divides)) divided.push({ from: began, to: systemNow() });
  }

  if (bus === "zeromq" && world.disk === undefined)
    say("this process can mount no file system (that takes root): the disk will not be full");
  try {
    await answer("the start");
    // Every round has dice of its own: what one does does not depend on how the one before it went.
    for (; !enough(round - from); round += 1) await bring(new Dice(Math.imul(seed, 0x9e3779b1) + round));
  } catch (error) {
    unanswered.push(`Round ${round}: ${asError(error).message}`);
  }
  lateness.stop();
  const found = check(world.logs(), world.store.units, { exclusive: isExclusive(bus), divided });
  const violations = [...unanswered, ...found.violations];
  const keep = violations.length > 0;
  await world.end(keep);
  return {
    ...{ bus, wire, seed, from, rounds: round - from, lasted: performance.now() - began, faults, answers, bound },
    ...{ units: world.store.units.length, refused: world.store.refused },
    ...found,
    violations,
    folder: keep ? world.folder : undefined,
  };
}

/** One or two kinds of fault; what paralyses strikes last, so that it ends first. */
function choose(world: World, dice: Dice): readonly Fault[] {
  const [first, ...others] = FAULTS.filter((fault) => fault.applies(world));
  if (first === undefined) return [];
  const one = dice.pick([first, ...others]);
  const another = dice.pick([first, ...others]);
  const kinds = one === another || dice.chance(0.5) ? [one] : [one, another];
  return kinds.toSorted((a, b) => Number(a.paralyses) - Number(b.paralyses));
}

/**
 * Waits until those on whom nothing was brought agree on a primary whom they have heard since now.
 * @returns how long that took; `Infinity` where it took longer than the bound
 */
async function agreed(world: World, bound: number): Promise<number> {
  const from = hostNow();
  const agreement = world.cast.until(
    "the group to agree on a primary",
    (_, report) => report.type === "status" && report.at > from + TIMINGS.interval && agree(world, from),
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

function describe({ cast, cut }: World): string {
  const one = ({ name, state, role, term }: Player): string =>
    `${name} is ${state}, ${role ?? "of no role"}, term ${term}${cut.has(name) ? `, cut off (${cut.get(name)})` : ""}`;
  return `${[...cast.players.values()].map(one).join("; ")}.`;
}

function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
