/**
 * One instance of the protocol under a test's own time: inputs go in, effects are collected, nothing waits and nothing is
 * random. `until` ticks whenever the state asks for it and answers `read` and, on a bus that acknowledges, every send.
 */

import type { Effect, Receipt } from "../../src/core/effect.ts";
import { initialState } from "../../src/core/initial.ts";
import type { Input } from "../../src/core/input.ts";
import type { Settings, State } from "../../src/core/state.ts";
import { step } from "../../src/core/step.ts";
import { fixed } from "../../src/detectors/fixed.ts";
import type { Holder } from "../../src/election.ts";
import type { WatcherEvents } from "../../src/events.ts";
import type {
  Claim,
  Heartbeat,
  Message,
  Probe,
  Promoted,
  Question,
  Shutdown,
  Stale,
  Yield,
} from "../../src/messages.ts";

/** The settings of every instance here, unless a test says otherwise; milliseconds. */
export const INTERVAL = 100;
export const TIMEOUT = 350;
export const WINDOW = 50;

/** How long a mandate is trusted after the proof was sent. */
export const TRUST: number = TIMEOUT * (2 / 3);

/** No test takes as many steps; one that does hangs in a deadline that no step moves. */
const MOST_STEPS = 10_000;

const SETTINGS: Settings = {
  instanceId: "a",
  incarnation: "a#1",
  priority: 0,
  interval: INTERVAL,
  timeout: TIMEOUT,
  claimWindow: WINDOW,
  promoteTimeout: 1_000,
  demoteTimeout: 110,
  backoffMin: 10,
  backoffMax: 10_000,
  election: "claims",
  electionName: undefined,
  deadline: true,
  publish: "everyone",
  probes: true,
  witness: false,
  eager: false,
  keepsWhenIsolated: false,
  releaseOnOverrun: false,
  health: false,
  fence: false,
  initialTerm: 0,
  detector: fixed(),
};

type EffectOf<Type extends Effect["type"]> = Extract<Effect, { type: Type }>;
type MessageOf<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

export interface Options {
  readonly enabled?: boolean;
  /** `role: "primary"` was asked for. */
  readonly ambition?: boolean;
  readonly seed?: number;
  /** Whether `settle` and `until` acknowledge what was sent. */
  readonly acknowledges?: boolean;
  /** Whether an acknowledgement is a barrier. @default true */
  readonly barrier?: boolean;
  /** What `settle` and `until` answer to every health check; undefined: nothing. A test may change it as it goes. */
  readonly checkup?: { healthy: boolean | undefined };
  /** Whether it is live on the bus from the beginning. */
  readonly opened?: boolean;
  /** When the test begins. @default 0 */
  readonly from?: number;
}

export interface Instance {
  readonly state: State;
  readonly now: number;
  /** Takes an input, now or at a later time. */
  feed(input: Input, at?: number): void;
  hear(message: Message, at?: number, from?: string): void;
  /** The same, of a peer that does not hear this instance. */
  overhear(message: Message, at?: number): void;
  /** Answers what the instance waits for without time passing: turns of reading, acknowledgements. */
  settle(): void;
  /** Lets time pass, with a tick at every moment that the instance asks for. */
  until(at: number): void;
  /** Everything that was done since the last `forget`. */
  done<Type extends Effect["type"]>(type: Type): readonly EffectOf<Type>[];
  /** What was said, by kind. */
  sent<Kind extends Message["kind"]>(kind: Kind): readonly MessageOf<Kind>[];
  /** What the program was told, by event. */
  told<Name extends keyof WatcherEvents>(name: Name): readonly WatcherEvents[Name][];
  /** The types of all effects but journal entries and statistics, in order; a send with its kind, an event with its name. */
  order(): readonly string[];
  /** The receipt of the last message that was sent for something. */
  receipt(reason: Receipt["for"]): Receipt;
  forget(): void;
}

/** An enabled candidate under claims, live on the bus since time 0, that has heard nobody. */
export function instance(overrides: Partial<Settings> = {}, options: Options = {}): Instance {
  const { enabled = true, ambition = false, seed = 1, acknowledges = true, barrier = true } = options;
  const { opened = true, from = 0 } = options;
  let state = initialState({ ...SETTINGS, ...overrides }, { enabled, ambition, seed });
  let now = from;
  let effects: Effect[] = [];
  const waiting: Input[] = [];

  const feed = (input: Input, at = now): void => {
    if (at < now) throw new Error(`The test feeds ${input.type} at ${at}, but it is ${now} already.`);
    now = at;
    const [next, done] = step(state, input, now);
    state = next;
    effects.push(...done);
    for (const effect of done) {
      if (effect.type === "read") waiting.push({ type: "read", asOf: effect.asOf });
      if (effect.type === "send" && acknowledges)
        waiting.push({ type: "sent", receipt: effect.receipt, ok: true, sentAt: now });
      const ok = options.checkup?.healthy;
      if (effect.type === "health" && ok !== undefined)
        waiting.push({ type: "health", id: effect.id, ok, message: ok ? "" : "The health check said no." });
    }
  };

  const settle = (): void => {
    for (let count = 0; waiting.length > 0; count += 1) {
      if (count > MOST_STEPS) throw new Error("The instance never stops asking to read or to send.");
      const next = waiting.shift();
      if (next !== undefined) feed(next);
    }
  };

  const self: Instance = {
    get state() {
      return state;
    },
    get now() {
      return now;
    },
    feed,
    hear: (message, at, from) => feed({ type: "message", message, from }, at),
    overhear: (message, at) => feed({ type: "message", message, from: undefined, deaf: true }, at),
    settle,
    until(at) {
      settle();
      for (let count = 0; state.wakeAt <= at; count += 1) {
        if (count > MOST_STEPS) throw new Error(`A deadline at ${state.wakeAt} is not moved by any step at ${now}.`);
        feed({ type: "tick" }, Math.max(now, state.wakeAt));
        settle();
      }
      now = Math.max(now, at);
    },
    done: (type) => effects.filter((effect): effect is EffectOf<typeof type> => effect.type === type),
    sent: (kind) =>
      self
        .done("send")
        .map(({ message }) => message)
        .filter((message): message is MessageOf<typeof kind> => message.kind === kind),
    told: <Name extends keyof WatcherEvents>(name: Name) =>
      self
        .done("emit")
        .filter(({ event }) => event.type === name)
        .map(({ event }) => event.detail as WatcherEvents[Name]),
    order: () => effects.filter(({ type }) => type !== "journal" && type !== "heard").map(describeEffect),
    receipt(reason) {
      const receipt = self
        .done("send")
        .map((effect) => effect.receipt)
        .findLast((candidate) => candidate.for === reason);
      if (receipt === undefined) throw new Error(`Nothing was sent for ${reason}.`);
      return receipt;
    },
    forget() {
      effects = [];
    },
  };
  if (opened) feed({ type: "opened", connection: 1, barrier });
  return self;
}

function describeEffect(effect: Effect): string {
  if (effect.type === "send") return `send ${effect.message.kind}`;
  if (effect.type === "emit") return `emit ${effect.event.type}`;
  return effect.type;
}

/** A primary of term 1 since the time `TIMEOUT`, won by an acknowledged claim; its `onPromote` still runs. */
export function elected(overrides: Partial<Settings> = {}, options: Options = {}): Instance {
  const node = instance(overrides, options);
  node.until(TIMEOUT);
  if (node.state.office === undefined) throw new Error("The test wants a primary, but nobody was elected.");
  node.forget();
  return node;
}

/** The same, when its `onPromote` has returned. */
export function serving(overrides: Partial<Settings> = {}, options: Options = {}): Instance {
  const node = elected(overrides, options);
  node.feed({ type: "onPromote-settled", error: undefined });
  node.settle();
  node.forget();
  return node;
}

/** A candidate under claims that has listened for a whole timeout by time 0: rule 5b holds it off no more. */
export function listener(overrides: Partial<Settings> = {}): Instance {
  return instance(overrides, { from: -TIMEOUT });
}

/** A candidate under an outside election whose mandates hold until they are lost. */
export function contender(overrides: Partial<Settings> = {}, options: Options = {}): Instance {
  return instance({ election: "campaign", deadline: false, ...overrides }, options);
}

/** A primary of term 7, since time 0, under an outside election; its `onPromote` has returned. */
export function appointed(
  overrides: Partial<Settings> = {},
  options: Options = {},
  mandate: { term?: number; deadline?: number } = {},
): Instance {
  const node = contender(overrides, { ambition: true, ...options });
  const id = node.done("campaign").at(-1)?.id ?? 0;
  node.feed({ type: "won", id, term: mandate.term ?? 7, deadline: mandate.deadline ?? Infinity });
  node.feed({ type: "onPromote-settled", error: undefined });
  node.settle();
  node.forget();
  return node;
}

/** Another instance, with a voice: each message carries the next `seq`. */
export interface Voice {
  heartbeat(said?: Partial<Heartbeat>): Heartbeat;
  promoted(said?: Partial<Promoted>): Promoted;
  shutdown(said?: Partial<Shutdown>): Shutdown;
  claim(said?: Partial<Claim>): Claim;
  yields(claim: number): Yield;
  stale(mandateTerm: number, highestTerm?: number): Stale;
  probe(): Probe;
  /** What the last message of this peer is called by whoever answers it. */
  question(): Question;
}

/** A peer of our own format. */
export function peer(instanceId: string, incarnation = `${instanceId}#1`): Voice {
  let seq = 0;
  const sign = (): { instanceId: string; incarnation: string; seq: number } => ({
    instanceId,
    incarnation,
    seq: (seq += 1),
  });
  const timings = { interval: INTERVAL, timeout: TIMEOUT, priority: 0 };
  return {
    heartbeat: (said) => ({ kind: "heartbeat", ...sign(), ...timings, term: 5, ...said }),
    promoted: (said) => ({ kind: "promoted", ...sign(), ...timings, term: 5, ...said }),
    shutdown: (said) => ({ kind: "shutdown", ...sign(), term: 5, ...said }),
    claim: (said) => ({ kind: "claim", ...sign(), ...timings, term: 6, claim: 1, successor: false, ...said }),
    yields: (claim) => ({ kind: "yield", ...sign(), claim }),
    stale: (mandateTerm, highestTerm = mandateTerm) => ({ kind: "stale", ...sign(), mandateTerm, highestTerm }),
    probe: () => ({ kind: "probe", ...sign() }),
    question: () => ({ incarnation, seq }),
  };
}

/** Delivers what one says to the other, both ways, until nobody says more. */
export function exchange(one: Instance, other: Instance): void {
  const pass = (from: Instance, to: Instance): boolean => {
    const messages = from.done("send").map(({ message }) => message);
    from.forget();
    for (const message of messages) to.hear(message, Math.max(from.now, to.now));
    return messages.length > 0;
  };
  while ([pass(one, other), pass(other, one)].includes(true));
}

/** A peer that speaks only the reference's format: no incarnation, no seq, term 0. */
export function reference(instanceId: string): { heartbeat(): Heartbeat; shutdown(): Shutdown } {
  return {
    heartbeat: () => ({ kind: "heartbeat", instanceId, term: 0 }),
    shutdown: () => ({ kind: "shutdown", instanceId, term: 0 }),
  };
}

/** Whom an outside election names as the holder of its mandate. */
export function holderOf(instanceId: string, term: number | null = 5): Holder {
  return { instanceId, incarnation: `${instanceId}#1`, term };
}
