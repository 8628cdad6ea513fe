/**
 * Random histories of one instance: whatever others say, claim, acknowledge or fail to, in any order. Two rules are kept to,
 * because the shell keeps them: callbacks settle once, and an answer follows its question.
 */

import type { Effect } from "../../src/core/effect.ts";
import { initialState } from "../../src/core/initial.ts";
import type { Input } from "../../src/core/input.ts";
import type { State } from "../../src/core/state.ts";
import { step } from "../../src/core/step.ts";
import { nextRandom } from "../../src/random.ts";
import { holderOf, instance, peer, reference, INTERVAL, TIMEOUT } from "./support.ts";

type Election = "claims" | "campaign";

/** What a history is made of, and what was seen of it. */
export interface History {
  readonly seed: number;
  readonly state: State;
  readonly now: number;
  readonly steps: number;
  /** What was broken on the way, each as a sentence. */
  readonly broken: readonly string[];
}

/**
 * Lives through `length` random events, then through a calm in which everything works and nobody else is there, and then
 * through a reign.
 */
export function live(seed: number, election: Election, length: number): History {
  let dice = seed;
  const random = (): number => {
    const [value, next] = nextRandom(dice);
    dice = next;
    return value;
  };
  const chance = (probability: number): boolean => random() < probability;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

  const health = chance(0.3);
  const { settings } = instance({
    election,
    deadline: election === "claims",
    eager: chance(0.3),
    health,
    fence: chance(0.5),
    releaseOnOverrun: chance(0.3),
    publish: election === "claims" ? "everyone" : pick(["everyone", "primary"] as const),
    promoteTimeout: 300,
    backoffMax: 1_000,
    priority: Math.floor(random() * 2),
  }).state;
  let state = initialState(settings, { enabled: chance(0.7), ambition: chance(0.3), seed });
  let now = 1_000 * random();
  let steps = 0;
  let calm = false;
  let connection = 1;
  let lastTerm = 0;
  let lastCallback: "promote" | "demote" = "demote";
  const broken: string[] = [];
  const waiting: Input[] = [];
  const peers = ["b", "c"].map((name) => peer(name));
  const old = reference("golang-A");

  const violate = (sentence: string): void => {
    if (!broken.includes(sentence)) broken.push(sentence);
  };

  const feed = (input: Input): void => {
    const before = state;
    const [next, effects] = step(state, input, now);
    state = next;
    steps += 1;
    for (const effect of effects) {
      observe(effect);
      const answer = answerTo(effect);
      if (answer !== undefined) waiting.push(answer);
    }
    inspect(before, input);
  };

  const observe = (effect: Effect): void => {
    if (effect.type === "promote" || effect.type === "demote") {
      if (effect.type === lastCallback) violate(`${effect.type} was called twice in a row`);
      lastCallback = effect.type;
    }
    if (effect.type === "promote") {
      if (effect.term <= lastTerm) violate("a promotion did not raise the term");
      lastTerm = effect.term;
    }
  };

  const inspect = (before: State, input: Input): void => {
    const { office, terms, role, wakeAt, attempt } = state;
    if (wakeAt <= now) violate(`after ${input.type} a deadline stays due`);
    if ((role === "primary") !== (office?.status === "ruling")) violate("the role is not the office's");
    if (role === "primary" && (office?.deadline ?? 0) <= now) violate("a lapsed primary has the role");
    if (terms.highest < before.terms.highest || terms.mandate < before.terms.mandate) violate("a term fell");
    if (terms.highest < terms.mandate) violate("the highest term is below the mandate's");
    if (office !== undefined && attempt !== undefined) violate("it campaigns in office");
    if (before.office === undefined && office !== undefined && !before.link.up) violate("it won without a link");
  };

  /** What comes of an effect; in the calm always the good answer. */
  const answerTo = (effect: Effect): Input | undefined => {
    const fails = !calm && chance(0.3);
    switch (effect.type) {
      case "read":
        return { type: "read", asOf: effect.asOf };
      case "send":
        return { type: "sent", receipt: effect.receipt, ok: !fails, sentAt: now };
      case "campaign": {
        const { id, highestTerm } = effect;
        if (!fails) return { type: "won", id, term: highestTerm + 1, deadline: Infinity };
        if (chance(0.5)) return { type: "undecided", id, error: new Error("the disk is full") };
        return { type: "defeated", id, message: "held", holder: chance(0.5) ? holderOf("b") : undefined };
      }
      case "resign":
        return { type: "resigned", id: effect.id };
      case "promote":
        return { type: "onPromote-settled", error: fails ? new Error("no") : undefined };
      case "demote":
        return { type: "onDemote-settled", error: undefined };
      case "health":
        return { type: "health", id: effect.id, ok: !fails, message: "no" };
      case "fence":
        return { type: "fenced", id: effect.id, ok: !fails };
      default:
        return undefined;
    }
  };

  const happen = (): void => {
    const voice = pick(peers);
    const term = Math.max(0, state.terms.highest + pick([-2, -1, 0, 0, 0, 1]));
    const incarnation = pick(["b#1", "c#1"]);
    const message = (heard: Parameters<typeof hear>[0]): void => hear(heard);
    const options: (() => void)[] = [
      () => message(voice.heartbeat({ term, priority: pick([0, 1]) })),
      () => message(voice.heartbeat({ term })),
      () => message(voice.promoted({ term })),
      () => message(voice.shutdown({ term, ...(chance(0.5) ? { successor: pick(["a", "b"]) } : {}) })),
      () => message(voice.claim({ term, claim: steps, priority: pick([0, 1]) })),
      () => message(voice.yields(steps)),
      () => message(voice.stale(term)),
      () => message(voice.probe()),
      () => message(old.heartbeat()),
      () => message(old.shutdown()),
      () => feed({ type: "unlinked", from: undefined, incarnation: chance(0.5) ? incarnation : undefined }),
      () => feed({ type: "link", up: false, connection }),
      () => feed({ type: "link", up: true, connection: (connection += 1) }),
      () => feed({ type: "audience" }),
      () => feed({ type: "greeted", holder: holderOf(pick(["b", "c"]), chance(0.8) ? term : null) }),
      () =>
        feed({ type: "evidence", evidence: { kind: pick(["refused", "unlinked", "shutdown"] as const), incarnation } }),
      () => feed({ type: "set-enabled", enabled: chance(0.5) }),
      () => feed({ type: "step-down", id: steps, successor: chance(0.5) ? "b" : undefined }),
      () => feed({ type: "check", id: steps }),
      () => state.office !== undefined && feed({ type: "lost", id: state.office.id, message: "lost" }),
      () => feed({ type: "suspended", duration: random() * pick([INTERVAL, 2 * TIMEOUT]), message: "suspended" }),
    ];
    pick(options)();
  };
  const hear = (heard: Extract<Input, { type: "message" }>["message"]): void =>
    feed({ type: "message", message: heard, from: undefined });

  feed({ type: "opened", connection, barrier: seed % 2 === 0 });
  for (let count = 0; count < length; count += 1) {
    now += random() * pick([1, 10, INTERVAL, INTERVAL]);
    const index = Math.floor(random() * waiting.length);
    if (chance(0.4) && waiting.length > 0) feed(waiting.splice(index, 1)[0] as Input);
    else if (chance(0.5)) feed({ type: "tick" });
    else happen();
  }

  calm = true;
  feed({ type: "link", up: true, connection: (connection += 1) });
  feed({ type: "set-enabled", enabled: true });
  const until = now + 3 * TIMEOUT + 2 * INTERVAL + settings.promoteTimeout;
  while (now < until && state.role !== "primary") {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) feed(next);
    now = Math.max(now, Math.min(until, state.wakeAt));
    feed({ type: "tick" });
    if (steps > length + 5_000) {
      violate("it never comes to rest");
      break;
    }
  }
  if (state.role !== "primary") violate("alone on the bus, it did not become primary");

  const reign = now + 20 * INTERVAL;
  while (now < reign) {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) feed(next);
    now = Math.min(reign, state.wakeAt);
    feed({ type: "tick" });
  }
  if (state.role !== "primary") violate("undisturbed, it did not remain primary");
  return { seed, state, now, steps, broken };
}
