/**
 * One seeded run: a group of instances, a bus, five to twelve faults, then calm. Safety is checked after every step against
 * true time, liveness after the calm.
 */

import type { Effect } from "../../src/core/effect.ts";
import type { Settings } from "../../src/core/state.ts";
import { fixed } from "../../src/detectors/fixed.ts";
import type { Message } from "../../src/messages.ts";
import { Agenda } from "./agenda.ts";
import { Broker } from "./broker.ts";
import { Dice } from "./dice.ts";
import { instantOf, planFaults, type Fault, type Instant, type Planned } from "./faults.ts";
import { Node, type World } from "./node.ts";

/** How one run went. */
export interface Report {
  readonly seed: number;
  readonly election: "claims" | "campaign";
  readonly nodes: number;
  /** What was broken, each as a sentence; empty in a good run. */
  readonly broken: readonly string[];
  /** Promotions after the first. */
  readonly failovers: number;
  readonly faults: readonly Fault[];
  readonly steps: number;
  /** Only when asked for: what happened, line by line. */
  readonly trace: readonly string[];
}

export interface RunOptions {
  readonly trace?: boolean;
  readonly election?: "claims" | "campaign";
}

const INTERVAL = 100;

export function run(seed: number, options: RunOptions = {}): Report {
  const dice = new Dice(seed);
  const agenda = new Agenda();
  const election = options.election ?? (dice.chance(0.8) ? "claims" : "campaign");
  const count = dice.pick([2, 3, 3, 3, 4, 5]);
  const longest = INTERVAL * dice.between(3.2, 7);
  const maxDelay = dice.pick([0.5, 3, INTERVAL / 10]);
  const broker = new Broker<Message>(agenda, dice, maxDelay);
  const group = new Map<number, Node>();
  const broken: string[] = [];
  const trace: string[] = [];
  const struck: Fault[] = [];
  const waiting: Planned[] = [];
  const lastTerm = new Map<string, number>();
  const lastCallback = new Map<Node, "promote" | "demote">();
  let promotions = 0;
  let steps = 0;
  let incarnations = 0;
  let brokerAway = false;
  let calm = false;

  const note = (line: string): void => {
    if (options.trace === true) trace.push(`${agenda.now.toFixed(2).padStart(9)} ${line}`);
  };
  const violate = (sentence: string): void => {
    note(`!!! ${sentence}`);
    if (!broken.includes(sentence)) broken.push(sentence);
  };

  const world: World = {
    agenda,
    dice,
    broker,
    lock: { holder: undefined, term: 0 },
    manners: { slow: 5, failing: 0 },
    witness(node, effect) {
      if (options.trace === true) note(`${node.name} ${describe(effect)}`);
      observe(node, effect);
      const instant = instantOf(effect);
      if (instant !== undefined && waiting.length > 0) strikeAt(instant, node);
    },
    check(node) {
      steps += 1;
      const primaries = [...group.values()].filter(({ isPrimary }) => isPrimary);
      if (primaries.length > 1) violate(`two at once: ${primaries.map((primary) => primary.name).join(" and ")}`);
      const { terms, office } = node.state;
      if (terms.highest < terms.mandate) violate(`${node.name} forgot its highest term`);
      if (office !== undefined && office.status !== "ruling" && node.state.role === "primary")
        violate(`${node.name} is primary without ruling`);
    },
  };

  const observe = (node: Node, effect: Effect): void => {
    if (effect.type === "promote" || effect.type === "demote") {
      if (lastCallback.get(node) === effect.type || (effect.type === "demote" && !lastCallback.has(node)))
        violate(`${node.name} called ${effect.type} twice in a row`);
      lastCallback.set(node, effect.type);
    }
    if (effect.type === "promote") {
      promotions += 1;
      const scope = election === "campaign" ? "the group" : node.state.settings.incarnation;
      if (effect.term <= (lastTerm.get(scope) ?? 0)) violate(`${node.name} was promoted to term ${effect.term} again`);
      lastTerm.set(scope, effect.term);
      if (election === "campaign") greet(node, effect.term);
    }
    if (effect.type === "resign" && election === "campaign")
      tellOthers(node, 1, (other) =>
        other.feed({ type: "evidence", evidence: { kind: "shutdown", incarnation: node.state.settings.incarnation } }),
      );
  };
  const tellOthers = (node: Node, delay: number, tell: (other: Node) => void): void => {
    for (const other of group.values()) if (other !== node) agenda.after(dice.between(0, delay), () => tell(other));
  };
  const greet = (node: Node, term: number): void => {
    const { instanceId, incarnation } = node.state.settings;
    tellOthers(node, 3, (other) => {
      if (world.lock.holder === node && !node.paused)
        other.feed({ type: "greeted", holder: { instanceId, incarnation, term } });
    });
  };

  const settingsOf = (index: number, initialTerm: number): Settings => {
    // S1's condition: the smallest timeout exceeds 2/3 of the largest, here with room for clocks that differ by 2 %.
    const timeout = Math.max(longest * dice.between(0.72, 1), INTERVAL * 3);
    incarnations += 1;
    return {
      instanceId: `n${index}`,
      incarnation: `n${index}-${incarnations}`,
      priority: dice.whole(0, 2),
      interval: INTERVAL * dice.between(0.8, 1),
      timeout,
      claimWindow: Math.min(INTERVAL / 2, timeout / 3.5),
      promoteTimeout: 1_000,
      demoteTimeout: timeout / 3,
      backoffMin: 20,
      backoffMax: 2_000,
      election,
      deadline: election === "claims",
      publish: "everyone",
      probes: true,
      eager: false,
      keepsWhenIsolated: false,
      releaseOnOverrun: false,
      health: false,
      fence: false,
      initialTerm,
      detector: fixed(),
    };
  };
  const start = (index: number, initialTerm: number): void => {
    const ambition = dice.chance(0.2);
    const node = new Node(world, settingsOf(index, initialTerm), {
      enabled: ambition || dice.chance(0.9) || calm,
      ambition,
    });
    group.set(index, node);
    note(
      `${node.name} starts, timeout ${node.state.settings.timeout.toFixed(0)}, ${node.enabled ? "enabled" : "not enabled"}`,
    );
    if (brokerAway) agenda.after(1, () => (brokerAway ? start(index, initialTerm) : node.open()));
    else node.open();
  };

  const strike = (planned: Planned, victim: Node): void => {
    const { fault, lasts } = planned;
    if (!victim.alive || calm) return;
    struck.push(fault);
    note(`--- ${fault} ${victim.name} for ${lasts.toFixed(0)}`);
    const index = Number(victim.name.slice(1));
    const later = (undo: () => void): void => agenda.after(lasts, undo);
    const again = (): void => {
      if (group.get(index) !== victim) return;
      start(index, dice.chance(0.5) ? victim.state.terms.highest : 0);
    };
    switch (fault) {
      case "crash":
        victim.crash();
        if (election === "campaign")
          tellOthers(victim, 4, (other) =>
            other.feed({
              type: "evidence",
              evidence: { kind: "refused", incarnation: victim.state.settings.incarnation },
            }),
          );
        later(again);
        return;
      case "pause":
        victim.pause();
        later(() => victim.resume());
        return;
      case "hold": {
        const { connection } = victim;
        if (connection === undefined) return;
        broker.hold(connection);
        later(() => broker.release(connection));
        return;
      }
      case "drop":
      case "silent-drop":
        victim.disconnect(fault === "drop" ? dice.between(0, 5) : lasts / 2);
        later(() => (brokerAway ? undefined : victim.reconnect()));
        return;
      case "step-down":
        victim.feed({
          type: "step-down",
          id: 1,
          successor: dice.chance(0.5) ? `n${dice.whole(0, count - 1)}` : undefined,
        });
        return;
      case "leave":
        victim.feed({ type: "shutdown" });
        later(() => {
          if (victim.state.life !== "ended") victim.crash();
          victim.crash();
          again();
        });
        return;
      case "disable":
        victim.feed({ type: "set-enabled", enabled: false });
        later(() => victim.feed({ type: "set-enabled", enabled: true }));
        return;
      case "broker-away":
        brokerAway = true;
        for (const node of group.values()) node.disconnect(dice.between(0, 5));
        later(() => {
          brokerAway = false;
          for (const node of group.values()) agenda.after(dice.between(0, 20), () => node.reconnect());
        });
        return;
      case "slow-callbacks":
        world.manners.slow = longest;
        later(() => (world.manners.slow = 5));
        return;
      case "failing-callbacks":
        world.manners.failing = 0.7;
        later(() => (world.manners.failing = 0));
        return;
    }
  };
  const strikeAt = (instant: Instant, node: Node): void => {
    const index = waiting.findIndex(({ whom }) => whom === instant);
    const planned = waiting[index];
    if (planned === undefined) return;
    waiting.splice(index, 1);
    strike(planned, node);
  };

  for (let index = 0; index < count; index += 1) agenda.at(dice.between(0, longest), () => start(index, 0));
  const from = longest;
  const until = 16 * longest;
  for (const planned of planFaults(dice, { nodes: count, from, until, timeout: longest }))
    agenda.at(planned.at, () => {
      if (typeof planned.whom === "string" && planned.whom !== "primary") waiting.push(planned);
      else {
        const primary = [...group.values()].find(({ isPrimary }) => isPrimary);
        const victim = typeof planned.whom === "number" ? group.get(planned.whom) : (primary ?? group.get(0));
        if (victim !== undefined) strike(planned, victim);
      }
    });

  while (agenda.next(until));
  // Every fault ends, on its own or now.
  calm = true;
  world.manners.failing = 0;
  world.manners.slow = 5;
  const calmAt = until + 4 * longest;
  while (agenda.next(calmAt));
  for (const node of group.values())
    if (node.alive && node.state.life === "watching") node.feed({ type: "set-enabled", enabled: true });
  note("=== calm");
  // L2: two timeouts, one interval, the election's own time and one backoff; clocks may be 1 % slow.
  const bound = calmAt + (3 * longest + INTERVAL + INTERVAL / 2 + 8 * maxDelay + 60) * 1.01;
  while (agenda.next(bound));
  const heads = [...group.values()].filter(({ isPrimary }) => isPrimary).map((node) => node.name);
  if (heads.length !== 1)
    violate(`headless: ${heads.length} primaries ${(bound - calmAt).toFixed(0)} ms after the last fault`);
  const settled = promotions;
  while (agenda.next(bound + 3 * longest));
  if (heads.length === 1 && promotions !== settled) violate("unstable: promoted again without a fault");
  return { seed, election, nodes: count, broken, failovers: Math.max(0, promotions - 1), faults: struck, steps, trace };
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
