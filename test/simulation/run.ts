/**
 * One seeded run: a group of instances, what it runs on, faults one after another until there were enough, then calm. Safety
 * is checked after every step against true time, liveness after the calm.
 */

import type { Effect } from "../../src/core/effect.ts";
import type { Message } from "../../src/messages.ts";
import { Agenda } from "./agenda.ts";
import { Aim } from "./aim.ts";
import { Broker } from "./broker.ts";
import { Dice } from "./dice.ts";
import { drought } from "./drought.ts";
import { instantOf, type Fault, type Instant } from "./faults.ts";
import { Group, type Odd } from "./group.ts";
import { LeaseStore } from "./lease.ts";
import { Lock } from "./lock.ts";
import { Mesh } from "./mesh.ts";
import type { Node, World } from "./node.ts";
import type { Note } from "./note.ts";
import { regimeOf, REGIMES, type ElectionName, type Regime, type RegimeName } from "./regimes.ts";
import { INTERVAL } from "./settings.ts";
import { Witness } from "./witness.ts";

/** How one run went. Durations in simulated milliseconds. */
export interface Report {
  readonly seed: number;
  /** What it ran on; `whole` for the whole library on a memory bus. */
  readonly regime: RegimeName | "whole";
  readonly nodes: number;
  /** What was broken, each as a sentence; empty in a good run. */
  readonly broken: readonly string[];
  /** Promotions after the first. */
  readonly failovers: number;
  readonly faults: readonly Fault[];
  /** The dangerous instants in which faults struck. */
  readonly instants: readonly Instant[];
  readonly steps: number;
  readonly longestOverlap: number;
  /** Nobody was primary when L2's time was over. */
  readonly headless: boolean;
  /** From the last fault's end until there was one primary for good, and the most that L2 allows. */
  readonly recovery: number;
  readonly bound: number;
  /** Only when asked for: what happened, line by line. */
  readonly trace: readonly string[];
}

export interface RunOptions {
  readonly trace?: boolean;
  readonly regime?: RegimeName | undefined;
  /** What becomes of a message on its way: the real codec, for example. */
  readonly carry?: (message: Message) => Message;
}

/** No run has as many events; one that does never gets past some moment. */
const MOST_EVENTS = 100_000;

/** A run that gets no two failovers ends all the same, after so many timeouts. */
const LONGEST_RUN = 80;

export function run(seed: number, options: RunOptions = {}): Report {
  const dice = new Dice(seed);
  const agenda = new Agenda();
  const drawn = regimeOf(dice.roll());
  const named = options.regime === undefined ? drawn : REGIMES[options.regime];
  const regime: Regime = named.mixed ? { ...named, election: dice.pick(["claims", "lock", "lease"]) } : named;
  const size = dice.pick([3, 3, 3, 3, 3, 3, 3, 4, 4, 5]);
  const odd = regime.mixed ? drawOdd(dice, regime, size) : undefined;
  const longest = INTERVAL * dice.between(3.2, 6);
  const delay = dice.pick([0.5, 3, INTERVAL / 10]);
  const trace: string[] = [];
  const note: Note = (line) => {
    if (options.trace === true) trace.push(`${agenda.now.toFixed(2).padStart(9)} ${line()}`);
  };
  const bus = regime.bus === "mesh" ? new Mesh(agenda, dice, delay) : new Broker(agenda, dice, delay);
  if (regime.lists && bus instanceof Mesh) {
    const from = dice.whole(0, size - 1);
    bus.unlist(from, (from + dice.whole(1, size - 1)) % size);
  }
  const world: World = {
    agenda,
    dice,
    bus,
    arbiter: arbiterOf(odd?.election === "lock" ? "lock" : regime.election, agenda, dice),
    manners: { slow: 5, failing: 0, hanging: 0, unhealthy: 0, slowHealth: 0, hangingFence: 0 },
    carry: options.carry ?? ((message) => message),
    witness(node, effect) {
      note(() => `${node.name} ${describe(effect)}`);
      witness.observe(node, effect);
      if (effect.type === "fence" && world.arbiter?.answers.isLate !== true) witness.fences(node, effect.holder);
      const instant = instantOf(effect);
      if (instant !== undefined) aim.instant(instant, node);
    },
    unacknowledged: (node) => aim.instant("unacknowledged", node),
    check: (node) => witness.check(node),
    asked: (node, id) => witness.asked(node, id),
    heard: (node, message) => witness.heard(node, message),
    fence: (node, id, holder) => group.fence(node, id, holder),
  };
  const nodes: Node[] = [];
  const witness = new Witness(agenda, regime, nodes, note);
  const group = new Group({ world, regime, longest, note, nodes, witness, odd });
  const aim = new Aim(group);
  let left = MOST_EVENTS;
  const pass = (until: number): void => {
    for (; left > 0; left -= 1) if (!agenda.next(until)) return;
    witness.violate(`a run without end: more than ${MOST_EVENTS} events`);
  };

  const terms = drawTerms(dice, size);
  for (const [index, term] of terms.entries()) group.start(index, term);
  pass(longest);
  const planned = dice.whole(8, 20);
  // What cannot be believed, or is of another election, counts as nobody's failure.
  const countsAlike = regime.exclusive && !regime.mixed && terms.every((term) => term < FAR_AWAY);
  let dryAfter = countsAlike && dice.chance(0.04) ? dice.whole(0, planned) : Infinity;
  while (
    left > 0 &&
    (aim.struck.length < planned || (witness.promotions.length < 3 && agenda.now < LONGEST_RUN * longest))
  ) {
    if (aim.struck.length >= dryAfter) {
      dryAfter = Infinity;
      aim.end();
      pass(group.settledAt() + 2 * longest);
      drought(group, pass);
    }
    prod(group, dice);
    aim.shoot();
    pass(agenda.now + (dice.chance(0.4) ? dice.between(0, INTERVAL) : dice.between(0, 1.2 * longest)));
    group.checkWaits();
  }
  aim.end();
  group.calm = true;
  for (const node of group.nodes) node.feed({ type: "set-enabled", enabled: true });
  note(() => "=== calm");
  // A slow callback that is under way is a fault that lasts.
  const calmAt = group.settledAt();
  const bound = livenessBound(regime, longest, world);
  // What was under way may still have an end to find: late messages.
  pass(calmAt + longest);
  // Whoever does not hear the primary becomes one beside it a timeout later, which makes the other give way.
  if (witness.overlaps && !regime.mixed && !regime.lists)
    witness.violate(`two are primary ${longest.toFixed(0)} ms after the last fault`);
  pass(calmAt + bound);
  const heads = witness.primaries();
  // Whoever has heard a primary of another election does not campaign, so that a mixed group may be left without a primary.
  const isPromised = !regime.mixed || heads.length > 1;
  if (heads.length !== 1 && isPromised)
    witness.violate(`L2: ${heads.length} primaries ${bound.toFixed(0)} ms after the last fault`);
  const { length } = witness.promotions;
  pass(agenda.now + longest);
  if (heads.length === 1 && witness.promotions.length !== length) witness.violate("promoted again without a fault");
  witness.questionsLeft();
  pass(Math.max(agenda.now, group.waitsEndAt()) + longest);
  group.checkWaits();
  return {
    seed,
    regime: regime.name,
    nodes: size,
    broken: witness.broken,
    failovers: Math.max(0, witness.promotions.length - 1),
    faults: aim.struck,
    instants: aim.hit,
    steps: witness.steps,
    longestOverlap: witness.longestOverlap,
    headless: heads.length === 0,
    recovery: regime.mixed ? 0 : Math.max(0, (witness.promotions.at(-1)?.at ?? 0) - calmAt),
    bound,
    trace,
  };
}

/** L2: two timeouts, one interval, the election's own time and one backoff of a timeout at most, on clocks that differ by 1 %. */
function livenessBound({ election }: Regime, longest: number, { bus, arbiter }: World): number {
  const claimWindow = INTERVAL / 2;
  const own = election === "claims" ? claimWindow + 8 * bus.delay : 8 * (arbiter?.slowness ?? 0);
  return (2 * longest + INTERVAL + own + longest + 60) * 1.01;
}

/** A primary of terms that nobody near has heard of: more above them than one message may raise them. */
const FAR_AWAY = 2 ** 33;

/** What each instance remembers of the terms of an earlier life: mostly nothing. */
function drawTerms(dice: Dice, size: number): readonly number[] {
  const apart = dice.chance(0.1);
  const far = dice.chance(0.02) ? dice.whole(0, size - 1) : -1;
  return Array.from({ length: size }, (_, index) => (apart ? dice.whole(0, 3) : 0) + (index === far ? FAR_AWAY : 0));
}

/** Programs ask after the primary, and say new things of themselves, whatever happens. */
function prod({ nodes }: Group, dice: Dice): void {
  const node = dice.pick(nodes as [Node, ...Node[]]);
  if (dice.chance(0.5)) node.ask();
  if (dice.chance(0.1)) node.socket(() => node.feed({ type: "set-metadata", metadata: { load: dice.whole(0, 9) } }));
}

/** Who has another election, and which: claims beside a lock or a lease, a lock beside claims, or claims by another name. */
function drawOdd(dice: Dice, { election }: Regime, size: number): Odd {
  const index = dice.whole(0, size - 1);
  if (election !== "claims") return { index, election: "claims", electionName: "claims" };
  return dice.pick([
    { index, election: "lock", electionName: "lock" },
    { index, election: "claims", electionName: "other claims" },
  ] as const);
}

function arbiterOf(election: ElectionName, agenda: Agenda, dice: Dice): World["arbiter"] {
  if (election === "claims") return undefined;
  return election === "lock" ? new Lock(agenda, dice) : new LeaseStore(agenda, dice);
}

function describe(effect: Effect): string {
  switch (effect.type) {
    case "send": {
      const { kind, ...said } = effect.message;
      return `says ${kind} ${JSON.stringify(said)}`;
    }
    case "emit":
      return `emits ${effect.event.type}: ${effect.event.detail.reason.message}`;
    case "journal":
      return `  (${effect.reason.code}: ${effect.reason.message})`;
    default:
      return JSON.stringify(effect);
  }
}
