/**
 * Options, their defaults, and what is refused. Durations are milliseconds.
 *
 * @module
 */

import * as v from "valibot";
import { MAX_TERM, MAX_TERM_JUMP } from "./core/peers.ts";
import type { Settings } from "./core/state.ts";
import { ASSERTED } from "./elections/asserted.ts";
import type { WatcherOptions } from "./options.ts";
import { checkShape, isAble } from "./shape.ts";
import { milliseconds, name, priority, text, wholeNumber } from "./values.ts";

/** The settings of the reference, the Go package `failover`, by its names. */
export interface Config {
  /** How often a primary says that it is alive. */
  readonly heartbeatInterval: number;
  /** How long a secondary waits for it. */
  readonly heartbeatTimeout: number;
  /** Whether a secondary may be promoted, or only says that it would be. */
  readonly enabled: boolean;
}

/**
 * The defaults: 1 000 ms, 5 500 ms, not enabled. Five and a half intervals bear four lost heartbeats in a row, and no heartbeat
 * races the timer. The reference has 5 000 and 15 000: set them where its instances are in the group, which announce none.
 */
export function defaultConfig(): Config {
  return { heartbeatInterval: 1_000, heartbeatTimeout: 5_500, enabled: false };
}

/** S3: what a mandate's deadline leaves of the timeout for stopping the work. */
const STOPPING_SHARE = 1 / 3;

const flag = v.boolean("true or false");
// Valibot's own would be bundled for this one alone.
const callback = v.custom((value) => typeof value === "function", "a function");

/** One of these words. */
function oneOf(...words: readonly string[]): v.GenericSchema<string> {
  return text(words.map((word) => `"${word}"`).join(" or "), (value) => words.includes(value));
}

/** An object that has these methods, and these objects as data. */
function having(what: string, methods: readonly string[], data: readonly string[] = []): v.GenericSchema {
  return v.custom((value) => isAble(value, methods, data), `${what}, with ${[...methods, ...data].join(", ")}`);
}

const election = v.custom(
  // Claims and the owner's word decide nothing as objects; and only `Watcher.forPrimary` has the word to give.
  (value) =>
    (isAble(value, ["campaign"], ["traits"]) && v.is(name, value["name"])) ||
    value === ASSERTED ||
    (isAble(value) && value["name"] === "claims"),
  "claims(), or an election with campaign, traits and a name of 1 to 256 characters",
);

const Options = v.strictObject({
  transport: having("a transport", ["open", "send", "close"], ["capabilities"]),
  group: v.optional(
    text("1 to 64 of the characters A-Z a-z 0-9 _ -, which every bus and file system takes", (value) =>
      /^[A-Za-z0-9_-]{1,64}$/.test(value),
    ),
  ),
  enabled: v.optional(flag),
  heartbeatInterval: v.optional(milliseconds),
  heartbeatTimeout: v.optional(milliseconds),
  role: v.optional(oneOf("primary", "secondary")),
  instanceId: v.optional(name),
  priority: v.optional(priority),
  election: v.optional(election),
  detector: v.optional(having("a detector", ["observe", "deadline"])),
  eager: v.optional(flag),
  health: v.optional(callback),
  fence: v.optional(callback),
  logger: v.optional(having("a logger", ["debug", "info", "warn", "error"])),
  clock: v.optional(having("a clock", ["now", "wall", "setTimer"])),
  initialTerm: v.optional(wholeNumber(0, MAX_TERM - MAX_TERM_JUMP)),
  overrun: v.optional(oneOf("hold", "release")),
  whenIsolated: v.optional(oneOf("demote", "keep")),
  promoteTimeout: v.optional(milliseconds),
  demoteTimeout: v.optional(milliseconds),
  retryBackoffMin: v.optional(milliseconds),
  retryBackoffMax: v.optional(milliseconds),
  claimWindow: v.optional(milliseconds),
  metadata: v.optional(v.unknown()),
  work: v.optional(callback),
  onPromote: v.optional(callback),
  onDemote: v.optional(callback),
});

/**
 * Refuses options whose shape or value is wrong.
 * @throws {TypeError} for an unknown option or one of the wrong type
 * @throws {RangeError} for a value out of its range
 */
export function checkOptions(options: unknown): void {
  checkShape("a watcher", Options, options);
}

/** Every duration with its default, by the protocol's names, and what to warn about. */
export interface ResolvedTimings extends Pick<
  Settings,
  "interval" | "timeout" | "claimWindow" | "promoteTimeout" | "demoteTimeout" | "backoffMin" | "backoffMax"
> {
  readonly warnings: readonly string[];
}

/**
 * Fills in the defaults and checks the durations against one another.
 * @param deadline whether mandates of the election in use end by themselves
 * @throws {RangeError} for durations that cannot work together
 */
export function resolveTimings(options: WatcherOptions, deadline: boolean): ResolvedTimings {
  const defaults = defaultConfig();
  const {
    heartbeatInterval: interval = defaults.heartbeatInterval,
    heartbeatTimeout: timeout = defaults.heartbeatTimeout,
    claimWindow = Math.min(interval / 2, 200),
    promoteTimeout = 30_000,
    demoteTimeout = deadline ? Math.max(1, Math.min(10_000, Math.floor(timeout * STOPPING_SHARE))) : 10_000,
    retryBackoffMin: backoffMin = Math.min(100, options.retryBackoffMax ?? 100),
    retryBackoffMax: backoffMax = Math.max(30_000, backoffMin),
  } = options;
  const timings = { interval, timeout, claimWindow, promoteTimeout, demoteTimeout, backoffMin, backoffMax };
  // Who never set an option looks for it in vain, unless told that it is a default.
  const say = (option: keyof WatcherOptions, value: number): string =>
    `${value} ms${options[option] === undefined ? " by default" : ""}`;
  const refuse = (option: keyof WatcherOptions, value: number, rule: string): never => {
    throw new RangeError(`Cannot make a watcher: option ${option} is ${say(option, value)}; it must be ${rule}.`);
  };
  const everyInterval = `heartbeatInterval (${say("heartbeatInterval", interval)})`;
  const wholeTimeout = `heartbeatTimeout (${say("heartbeatTimeout", timeout)})`;
  if (timeout < 2 * interval)
    refuse("heartbeatTimeout", timeout, `at least twice ${everyInterval}, or one late heartbeat is a failover`);
  if (deadline && (timeout * 2) / 3 < 1.5 * interval)
    refuse(
      "heartbeatTimeout",
      timeout,
      `at least ${Math.ceil(2.25 * interval)} ms, 2.25 times ${everyInterval}, or one late acknowledgement ends a mandate, which is trusted for 2/3 of it`,
    );
  if (claimWindow >= timeout / 3) refuse("claimWindow", claimWindow, `shorter than a third of ${wholeTimeout}`);
  if (backoffMin > backoffMax)
    refuse("retryBackoffMin", backoffMin, `at most retryBackoffMax (${say("retryBackoffMax", backoffMax)})`);

  const warnings: string[] = [];
  if (deadline && (timeout * 2) / 3 <= 2 * interval + 20)
    warnings.push(
      `One late acknowledgement would demote a healthy primary: 2/3 of ${wholeTimeout} is hardly more than twice ${everyInterval}.`,
    );
  if (deadline && demoteTimeout > timeout * STOPPING_SHARE)
    warnings.push(
      `demoteTimeout (${say("demoteTimeout", demoteTimeout)}) is longer than the third of ${wholeTimeout} that is left between the fence and a takeover.`,
    );
  // At a whole multiple the last tolerated loss races the timer (Chen, Toueg, Aguilera 2002, the simple detector).
  const multiple = Math.round(timeout / interval);
  if (Math.abs(timeout - multiple * interval) <= Math.min(0.02 * timeout, interval / 4)) {
    const less = multiple > 2 ? `${(multiple - 0.5) * interval} or ` : "";
    warnings.push(
      `${wholeTimeout} is about ${multiple} times ${everyInterval}, where a heartbeat races the timer; make it ${less}${(multiple + 0.5) * interval}.`,
    );
  }
  return { ...timings, warnings };
}
