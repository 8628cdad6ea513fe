/** A seeded script of faults, one or two at a time, on a group that works; and what its logs say afterwards. */

import { asError } from "../../src/errors.ts";
import { Dice } from "../simulation/dice.ts";
import { agreed, describe } from "./agreement.ts";
import { isDurable, isExclusive, type BusName } from "./bus.ts";
import { check, type Findings, type Span } from "./check.ts";
import { division } from "./division.ts";
import { FAULTS } from "./faults.ts";
import { watchLateness } from "./lateness.ts";
import type { Wire } from "./place.ts";
import { drawRound, type Round } from "./round.ts";
import { systemNow } from "./witnessed.ts";
import { makeWorld } from "./world.ts";

/** Four and a half intervals. */
const TIMINGS = { interval: 200, timeout: 910 };

/** L2: two timeouts, an interval, the election's own time, and a backoff of at most a timeout; a lease waits one more. */
const BOUND = 4 * TIMINGS.timeout + TIMINGS.interval;

/**
 * What a network adds, in milliseconds: an attempt to connect that began while everything was dropped is given up after two
 * seconds, and the next begins within one more.
 */
const LINK_TIME = 3_000;

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
  /** Of what is struck at the moment. */
  const undoes: (() => Promise<void>)[] = [];
  let round = from;

  async function answer(after: string): Promise<void> {
    lateness.take();
    const milliseconds = await agreed(world, TIMINGS.interval, bound);
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

  async function bring({ plans, lasts }: Round, dice: Dice): Promise<void> {
    const from = systemNow();
    const names = plans.map(({ fault }) => fault.name).join(" and ");
    for (const { fault, pause } of plans) {
      await pass(pause);
      // The one before it may have left nobody to strike.
      if (!fault.applies(world)) continue;
      faults[fault.name] = (faults[fault.name] ?? 0) + 1;
      const { on, undo } = await fault.strike(world, dice);
      say(on === undefined ? fault.name : `${fault.name} on ${on}`);
      undoes.push(undo);
    }
    await (lasts === "answered" ? answer(names) : pass(lasts));
    // The last first: who is started again needs a bus.
    for (let undo = undoes.pop(); undo !== undefined; undo = undoes.pop()) await undo();
    say("taken back");
    const healed = systemNow();
    await world.reviveAll();
    await answer(`the end of ${names}`);
    if (plans.some(({ fault }) => fault.divides)) divided.push(division(from, healed, systemNow()));
  }

  if (bus === "zeromq" && world.disk === undefined)
    say("this process can mount no file system (that takes root): the disk will not be full");
  try {
    await answer("the start");
    // Every round has dice of its own: what one does does not depend on how the one before it went.
    for (; !enough(round - from); round += 1) {
      const dice = new Dice(Math.imul(seed, 0x9e3779b1) + round);
      const possible = FAULTS.filter((fault) => fault.applies(world));
      await bring(drawRound(possible, TIMINGS.timeout, dice), dice);
    }
  } catch (error) {
    unanswered.push(`Round ${round}: ${asError(error).message}`);
    // What is still struck, such as busy processes, must not outlive the run.
    await Promise.allSettled(undoes.splice(0).map((undo) => undo()));
  }
  lateness.stop();
  const found = check(world.logs(), world.store.units, {
    exclusive: isExclusive(bus),
    // Until the next heartbeat of either is heard.
    overlap: TIMINGS.interval,
    timeout: TIMINGS.timeout,
    durable: isDurable(bus),
    divided,
  });
  const violations = [...unanswered, ...found.violations];
  const keep = violations.length + found.passing.length > 0;
  await world.end(keep);
  return {
    ...{ bus, wire, seed, from, rounds: round - from, lasted: performance.now() - began, faults, answers, bound },
    ...{ units: world.store.units.length, refused: world.store.refused },
    ...found,
    violations,
    folder: keep ? world.folder : undefined,
  };
}

function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
