import { describe, expect, test } from "vitest";
import { checkOptions, defaultConfig, resolveTimings } from "../../src/config.ts";
import type { Election } from "../../src/election.ts";
import { asError } from "../../src/errors.ts";
import { ASSERTED } from "../../src/elections/asserted.ts";
import type { WatcherOptions } from "../../src/options.ts";
import { resolveSettings } from "../../src/settings.ts";
import type { Transport, TransportCapabilities } from "../../src/transport.ts";

function transport(capabilities: Partial<TransportCapabilities> = {}, more: Partial<Transport> = {}): Transport {
  return {
    name: "paper",
    capabilities: {
      acknowledges: true,
      barrier: true,
      publish: "everyone",
      subscribe: true,
      hints: true,
      link: true,
      ...capabilities,
    },
    open: () => Promise.resolve(),
    send: () => Promise.resolve(),
    close: () => Promise.resolve(),
    ...more,
  };
}

function election(deadline: boolean): Election {
  return {
    name: "coin",
    traits: { exclusive: true, durable: true, deadline },
    campaign: () => Promise.resolve({ won: false, message: "never" }),
  };
}

const onPromote = (): void => undefined;
const good: WatcherOptions = { transport: transport() };

/** What is thrown for options, which a program may give in plain JavaScript. */
function refusal(options: unknown): Error {
  try {
    resolveSettings(options as WatcherOptions);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("The options were not refused.");
}

const NAME = "1 to 256 characters, none of them a control character";

describe("defaults", () => {
  test("given no settings, when the defaults are asked for, then they are 1 s, 5.5 s and not enabled", () => {
    expect(defaultConfig()).toEqual({ heartbeatInterval: 1_000, heartbeatTimeout: 5_500, enabled: false });
  });

  test("given a transport alone, when the settings are resolved, then every duration has its documented default", () => {
    const { settings, deciding } = resolveSettings({ transport: transport(), onPromote });
    expect(settings).toMatchObject({
      interval: 1_000,
      timeout: 5_500,
      claimWindow: 200,
      promoteTimeout: 30_000,
      demoteTimeout: 1_833,
      backoffMin: 100,
      backoffMax: 30_000,
      priority: 0,
      election: "claims",
      deadline: true,
      publish: "everyone",
      probes: true,
      eager: false,
      releaseOnOverrun: false,
      health: false,
      fence: false,
      initialTerm: 0,
      detector: { name: "fixed" },
    });
    expect(deciding).toEqual({ name: "claims" });
  });

  test("given an election without deadlines, when the settings are resolved, then demoteTimeout is 10 s", () => {
    expect(resolveTimings(good, false).demoteTimeout).toBe(10_000);
    expect(resolveTimings({ ...good, heartbeatTimeout: 60_000 }, true).demoteTimeout).toBe(10_000);
    expect(resolveTimings({ ...good, heartbeatTimeout: 20_000 }, true).demoteTimeout).toBe(6_666);
  });

  test("given a short interval, when the settings are resolved, then the claimWindow is half of it", () => {
    expect(resolveTimings({ ...good, heartbeatInterval: 100, heartbeatTimeout: 350 }, true).claimWindow).toBe(50);
  });

  test("given one bound of the backoff beyond the other's default, when the settings are resolved, then the default gives way", () => {
    expect(resolveTimings({ ...good, retryBackoffMax: 50 }, true)).toMatchObject({ backoffMin: 50 });
    expect(resolveTimings({ ...good, retryBackoffMin: 60_000 }, true)).toMatchObject({ backoffMax: 60_000 });
  });

  test("given no instanceId, when two watchers are made, then each has a name and an incarnation of its own", () => {
    const [one, two] = [resolveSettings(good).settings, resolveSettings(good).settings];
    expect(new Set([one.instanceId, two.instanceId, one.incarnation, two.incarnation]).size).toBe(4);
  });

  test("given an instanceId, when two watchers are made with it, then their incarnations differ all the same", () => {
    const [one, two] = [1, 2].map(() => resolveSettings({ ...good, instanceId: "a" }).settings);
    expect([one?.instanceId, two?.instanceId]).toEqual(["a", "a"]);
    expect(one?.incarnation).not.toBe(two?.incarnation);
  });

  test("given whenIsolated, when claims decide, then it is used, and beside an election that decides by itself it is refused", () => {
    const options = { transport: transport(), whenIsolated: "keep", onPromote } as const;
    expect(resolveSettings(options).settings.keepsWhenIsolated).toBe(true);
    expect(() => resolveSettings({ ...options, election: election(true) })).toThrow(
      'option whenIsolated is "keep", but the election is coin, which decides by itself',
    );
  });

  test("given every option, when the settings are resolved, then each is used", () => {
    const { settings, deciding } = resolveSettings({
      transport: transport({}, { defaultElection: () => election(false) }),
      election: election(true),
      instanceId: "a",
      priority: 255,
      heartbeatInterval: 100,
      heartbeatTimeout: 350,
      claimWindow: 60,
      promoteTimeout: 11,
      demoteTimeout: 12,
      retryBackoffMin: 13,
      retryBackoffMax: 14,
      eager: true,
      overrun: "release",
      whenIsolated: "demote",
      health: () => true,
      fence: () => Promise.resolve(true),
      initialTerm: 15,
      onPromote,
    });
    expect(settings).toMatchObject({
      instanceId: "a",
      priority: 255,
      interval: 100,
      timeout: 350,
      claimWindow: 60,
      promoteTimeout: 11,
      demoteTimeout: 12,
      backoffMin: 13,
      backoffMax: 14,
      election: "campaign",
      deadline: true,
      eager: true,
      releaseOnOverrun: true,
      health: true,
      fence: true,
      initialTerm: 15,
    });
    expect(deciding).toMatchObject({ name: "coin", traits: { deadline: true } });
  });
});

describe("who decides", () => {
  test("given a transport with an election of its own, when none is named, then that one decides", () => {
    const own = election(false);
    const { deciding, settings } = resolveSettings({
      transport: transport({}, { defaultElection: () => own }),
      onPromote,
    });
    expect(deciding).toBe(own);
    expect(settings).toMatchObject({ election: "campaign", deadline: false });
  });

  test("given a watcher without onPromote, when it is made, then it is an observer", () => {
    expect(resolveSettings(good).settings.election).toBe("none");
    expect(resolveSettings({ transport: transport({ publish: "nobody" }) }).settings.election).toBe("none");
  });

  test("given a primary by assertion, when it is made without onPromote, then it is no observer", () => {
    expect(resolveSettings({ ...good, election: ASSERTED }).settings).toMatchObject({
      election: "asserted",
      deadline: false,
    });
  });

  test("given an election that only calls itself asserted, when a watcher is made, then it is refused", () => {
    expect(() => resolveSettings({ ...good, election: { name: "asserted" }, onPromote })).toThrow(
      "Cannot make a watcher: option election is an object; it must be claims(), or an election with campaign, traits and a name of 1 to 256 characters.",
    );
  });

  test.for([
    { what: "everyone may publish", with: transport(), probes: true },
    { what: "nobody can ask", with: transport({ publish: "primary" }), probes: false },
    {
      what: "the transport can probe",
      with: transport({ publish: "primary" }, { probe: () => Promise.resolve(undefined) }),
      probes: true,
    },
    {
      what: "the election can check",
      with: transport(
        { publish: "primary" },
        { defaultElection: () => ({ ...election(false), check: () => Promise.resolve(undefined) }) },
      ),
      probes: true,
    },
  ])("given a bus on which $what, when a watcher is made, then there is a way to ask: $probes", (bus) => {
    const decider = bus.with.defaultElection === undefined ? { election: election(false) } : {};
    expect(resolveSettings({ transport: bus.with, ...decider }).settings.probes).toBe(bus.probes);
  });
});

const MILLISECONDS = "a number of milliseconds from 1 to 2147483647, the most that timers take";
const GROUP = "1 to 64 of the characters A-Z a-z 0-9 _ -, which every bus and file system takes";

describe("refusals of shape", () => {
  test.for([undefined, null, 3, "zeromq"])(
    "given %j in place of options, when a watcher is made, then it is refused",
    (options) => {
      const error = refusalOf(() => checkOptions(options));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(/^Cannot make a watcher: its options are .*; give an object\.$/);
    },
  );

  test("given no transport, when a watcher is made, then the refusal says what is missing", () => {
    expect(refusal({})).toEqual(new TypeError("Cannot make a watcher: option transport is missing; give one."));
  });

  test("given an unknown option, when a watcher is made, then the refusal names it and all that there are", () => {
    const error = refusal({ ...good, heartbeatIntervall: 5 });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("there is no option heartbeatIntervall; the options are transport, group,");
  });

  const shapes: readonly { option: string; value: unknown; shown: string; rule: string }[] = [
    {
      option: "transport",
      value: "zeromq",
      shown: '"zeromq"',
      rule: "a transport, with open, send, close, capabilities",
    },
    { option: "transport", value: null, shown: "null", rule: "a transport, with open, send, close, capabilities" },
    { option: "group", value: 7, shown: "7", rule: GROUP },
    { option: "enabled", value: "yes", shown: '"yes"', rule: "true or false" },
    { option: "heartbeatInterval", value: "5s", shown: '"5s"', rule: MILLISECONDS },
    { option: "heartbeatTimeout", value: {}, shown: "an object", rule: MILLISECONDS },
    { option: "instanceId", value: 1, shown: "1", rule: NAME },
    { option: "priority", value: "high", shown: '"high"', rule: "a whole number from 0 to 255" },
    {
      option: "election",
      value: 1,
      shown: "1",
      rule: "claims(), or an election with campaign, traits and a name of 1 to 256 characters",
    },
    { option: "detector", value: 1, shown: "1", rule: "a detector, with observe, deadline" },
    { option: "eager", value: 1, shown: "1", rule: "true or false" },
    { option: "health", value: true, shown: "true", rule: "a function" },
    { option: "fence", value: {}, shown: "an object", rule: "a function" },
    { option: "logger", value: () => 1, shown: "a function", rule: "a logger, with debug, info, warn, error" },
    { option: "clock", value: 1, shown: "1", rule: "a clock, with now, wall, setTimer" },
    { option: "initialTerm", value: "1", shown: '"1"', rule: "a whole number from 0 to 4503595332403200" },
    { option: "onPromote", value: "run", shown: '"run"', rule: "a function" },
    { option: "onDemote", value: 1, shown: "1", rule: "a function" },
  ];
  test.for(shapes)(
    "given $option as $shown, when a watcher is made, then the refusal names the option, the value and the rule",
    ({ option, value, shown, rule }) => {
      const error = refusal({ ...good, [option]: value });
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe(`Cannot make a watcher: option ${option} is ${shown}; it must be ${rule}.`);
    },
  );

  test.for(["transport", "election", "detector", "clock", "logger"])(
    "given an object as %s that has none of its methods, when a watcher is made, then the refusal names the option",
    (option) => {
      const error = refusal({ ...good, [option]: {} });
      expect(error.message).toMatch(new RegExp(`^Cannot make a watcher: option ${option} `));
    },
  );

  test("given a transport that does not say what it can do, when a watcher is made, then the refusal names the option", () => {
    const { open, send, close } = transport();
    expect(refusal({ transport: { open, send, close } }).message).toMatch(/^Cannot make a watcher: option transport /);
  });

  test("given an election that does not say what it promises, when a watcher is made, then the refusal names the option", () => {
    const { name, campaign } = election(true);
    expect(refusal({ ...good, election: { name, campaign } }).message).toMatch(
      /^Cannot make a watcher: option election /,
    );
  });
});

describe("refusals of value", () => {
  const durations = [
    "heartbeatInterval",
    "heartbeatTimeout",
    "promoteTimeout",
    "demoteTimeout",
    "retryBackoffMin",
    "retryBackoffMax",
    "claimWindow",
  ];
  const values: readonly { option: string; value: unknown; shown: string; rule: string }[] = [
    ...durations.flatMap((option) => [
      ...[0, -5, Infinity, NaN, 2 ** 31].map((value) => ({
        option,
        value,
        shown: String(value),
        rule: "from 1 to 2147483647, the most that timers take",
      })),
    ]),
    { option: "role", value: "leader", shown: '"leader"', rule: '"primary" or "secondary"' },
    { option: "overrun", value: "wait", shown: '"wait"', rule: '"hold" or "release"' },
    { option: "whenIsolated", value: "wait", shown: '"wait"', rule: '"demote" or "keep"' },
    { option: "instanceId", value: "a\nb", shown: '"a\\nb"', rule: NAME },
    { option: "instanceId", value: "", shown: '""', rule: NAME },
    { option: "instanceId", value: "x".repeat(257), shown: `"${"x".repeat(257)}"`, rule: NAME },
    { option: "priority", value: -1, shown: "-1", rule: "a whole number from 0 to 255" },
    { option: "priority", value: 256, shown: "256", rule: "a whole number from 0 to 255" },
    { option: "priority", value: 1.5, shown: "1.5", rule: "a whole number from 0 to 255" },
    { option: "initialTerm", value: -1, shown: "-1", rule: "from 0 to 4503595332403200" },
    { option: "initialTerm", value: 2 ** 52, shown: String(2 ** 52), rule: "from 0 to 4503595332403200" },
    ...["", "a b", "a/b", "ä", "x".repeat(65), ".."].map((value) => ({
      option: "group",
      value,
      shown: JSON.stringify(value),
      rule: GROUP,
    })),
  ];
  test.for(values)(
    "given $option as $shown, when a watcher is made, then the refusal names the option, the value and the rule",
    ({ option, value, shown, rule }) => {
      const { message } = refusal({ ...good, [option]: value });
      const [, said = "", must = ""] = /^Cannot make a watcher: option (.*?); it must be (.*)\.$/s.exec(message) ?? [];
      expect(said).toBe(`${option} is ${shown}`);
      expect(must).toContain(rule);
    },
  );

  test.for([NaN, -1])(
    "given the right type of value, but %d, when a watcher is made, then it is a RangeError",
    (value) => {
      expect(refusal({ ...good, heartbeatInterval: value })).toBeInstanceOf(RangeError);
      expect(refusal({ ...good, heartbeatInterval: "5" })).toBeInstanceOf(TypeError);
      expect(refusal({ ...good, instanceId: "" })).toBeInstanceOf(RangeError);
      expect(refusal({ ...good, instanceId: 5 })).toBeInstanceOf(TypeError);
    },
  );

  test("given a text of a megabyte, when it is refused, then its beginning and its length are shown", () => {
    const long = "x".repeat(2 ** 20);
    for (const options of [{ ...good, instanceId: long }, { ...good, group: long }, { ...good, role: long }, long]) {
      const { message } = refusal(options);
      expect(message.length).toBeLessThan(500);
      expect(message).toContain('x"... (1048576 characters)');
    }
    const { message } = refusal({ ...good, [long]: 1 });
    expect(message).toContain("x... (1048576 characters)");
    expect(message.length).toBeLessThan(1_000);
  });

  const hostile = {
    toString: () => {
      throw new Error("toString was called");
    },
    toJSON: () => {
      throw new Error("toJSON was called");
    },
  };
  test.for([
    { value: hostile, shown: "an object" },
    { value: Object.create(null) as unknown, shown: "an object" },
    { value: Symbol("s"), shown: "a symbol" },
    { value: 10n, shown: "a bigint" },
    { value: Object.assign(() => 1, hostile), shown: "a function" },
  ])(
    "given $shown where a number or text belongs, when it is refused, then nothing of it is called",
    ({ value, shown }) => {
      for (const option of ["priority", "instanceId", "heartbeatTimeout", "role"])
        expect(refusal({ ...good, [option]: value }).message).toContain(`option ${option} is ${shown}; it must be`);
      const nothing = typeof value === "object" ? "option transport is missing" : `its options are ${shown}`;
      expect(refusal(value).message).toContain(nothing);
      expect(asError(value)).toMatchObject({ cause: value });
    },
  );

  test("given something long that was thrown, when it is made an error, then its message is shortened", () => {
    expect(asError("x".repeat(2 ** 20)).message).toMatch(/^x+\.\.\. \(1048576 characters\)$/);
    expect(asError("short").message).toBe("short");
    expect(asError(hostile).message).toBe("something that has no text");
  });

  test.for(["a", "A-Z_09", "x".repeat(64)])("given the group %j, when a watcher is made, then it is taken", (group) => {
    expect(() => resolveSettings({ ...good, group })).not.toThrow();
  });

  test("given options that are given as undefined, when a watcher is made, then they count as not given", () => {
    expect(resolveTimings({ ...good, heartbeatInterval: undefined } as unknown as WatcherOptions, true)).toMatchObject({
      interval: 1_000,
    });
    expect(() => checkOptions({ ...good, priority: undefined })).not.toThrow();
  });
});

describe("refusals of options that cannot work together", () => {
  test("given role primary without onPromote, when a watcher is made, then it is refused", () => {
    const error = refusal({ ...good, role: "primary" });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain('role is "primary" but there is no onPromote');
    expect(() => resolveSettings({ ...good, role: "primary", onPromote })).not.toThrow();
  });

  test.for(["primary", "nobody"] as const)(
    "given claims on a bus where %s may publish, when a candidate is made, then it is refused, and an observer is not",
    (publish) => {
      const bus = transport({ publish });
      const error = refusal({ transport: bus, onPromote });
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain(`claims need a bus on which everyone can publish, and on paper it is ${publish}`);
      expect(() => resolveSettings({ transport: bus })).not.toThrow();
      expect(() => resolveSettings({ transport: bus, onPromote, election: election(false) })).not.toThrow();
    },
  );

  const pairs: readonly { what: string; options: Partial<WatcherOptions>; deadline: boolean; rule: RegExp }[] = [
    {
      what: "a timeout under twice the interval",
      options: { heartbeatInterval: 100, heartbeatTimeout: 199 },
      deadline: false,
      rule: /option heartbeatTimeout is 199 ms; it must be at least twice heartbeatInterval \(100 ms\)/,
    },
    {
      what: "deadlines and 2/3 of the timeout under 1.5 intervals",
      options: { heartbeatInterval: 100, heartbeatTimeout: 224 },
      deadline: true,
      rule: /option heartbeatTimeout is 224 ms; it must be at least 225 ms/,
    },
    {
      what: "a claimWindow of a third of the timeout",
      options: { heartbeatInterval: 100, heartbeatTimeout: 360, claimWindow: 120 },
      deadline: true,
      rule: /option claimWindow is 120 ms; it must be shorter than a third of heartbeatTimeout \(360 ms\)/,
    },
    {
      what: "a retryBackoffMin above retryBackoffMax",
      options: { retryBackoffMin: 300, retryBackoffMax: 200 },
      deadline: true,
      rule: /option retryBackoffMin is 300 ms; it must be at most retryBackoffMax \(200 ms\)/,
    },
  ];
  test.for(pairs)("given $what, when a watcher is made, then the refusal names both", ({ options, deadline, rule }) => {
    const error = refusal({ ...good, ...options, election: election(deadline) });
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(rule);
  });

  test.for<{ options: Partial<WatcherOptions>; deadline: boolean; rule: string }>([
    {
      options: { heartbeatTimeout: 1_500 },
      deadline: false,
      rule: "option heartbeatTimeout is 1500 ms; it must be at least twice heartbeatInterval (1000 ms by default), or",
    },
    {
      options: { heartbeatTimeout: 2_100 },
      deadline: true,
      rule: "option heartbeatTimeout is 2100 ms; it must be at least 2250 ms, 2.25 times heartbeatInterval (1000 ms by default), or",
    },
    {
      options: { heartbeatInterval: 3_000 },
      deadline: false,
      rule: "option heartbeatTimeout is 5500 ms by default; it must be at least twice heartbeatInterval (3000 ms), or",
    },
    {
      options: { heartbeatInterval: 2_500, heartbeatTimeout: undefined as never },
      deadline: true,
      rule: "option heartbeatTimeout is 5500 ms by default; it must be at least 5625 ms, 2.25 times heartbeatInterval (2500 ms), or",
    },
    {
      options: { claimWindow: 2_000 },
      deadline: true,
      rule: "option claimWindow is 2000 ms; it must be shorter than a third of heartbeatTimeout (5500 ms by default).",
    },
  ])("given $options, when a watcher is made, then the refusal says what nobody set", ({ options, deadline, rule }) => {
    expect(refusal({ ...good, ...options, election: election(deadline) }).message).toContain(rule);
  });

  test.for<{ what: string; options: Partial<WatcherOptions>; deadline: boolean }>([
    {
      what: "a timeout of twice the interval without deadlines",
      options: { heartbeatInterval: 100, heartbeatTimeout: 200 },
      deadline: false,
    },
    {
      what: "deadlines and 2/3 of the timeout of 1.5 intervals",
      options: { heartbeatInterval: 100, heartbeatTimeout: 225 },
      deadline: true,
    },
    {
      what: "a claimWindow just below a third",
      options: { heartbeatInterval: 100, heartbeatTimeout: 360, claimWindow: 119 },
      deadline: true,
    },
    { what: "equal bounds of the backoff", options: { retryBackoffMin: 200, retryBackoffMax: 200 }, deadline: true },
  ])("given $what, when a watcher is made, then it is taken", ({ options, deadline }) => {
    expect(() => resolveSettings({ ...good, ...options, election: election(deadline) })).not.toThrow();
  });
});

describe("warnings", () => {
  const warningsOf = (options: Partial<WatcherOptions>, deadline: boolean): readonly string[] =>
    resolveTimings({ ...good, ...options }, deadline).warnings;

  test.for([true, false])(
    "given the defaults, deadlines: %s, when a watcher is made, then it is warned of nothing",
    (deadline) => {
      expect(warningsOf({}, deadline)).toEqual([]);
      expect(warningsOf(defaultConfig(), deadline)).toEqual([]);
    },
  );

  test.for([
    { timeout: 3_030, warned: true },
    { timeout: 3_031, warned: false },
  ])(
    "given an interval of 1 000 ms and a timeout of $timeout ms under deadlines, when a watcher is made, then 2/3 of it is compared with two intervals and 20 ms (warned: $warned)",
    ({ timeout, warned }) => {
      const warnings = warningsOf({ heartbeatInterval: 1_000, heartbeatTimeout: timeout }, true);
      expect(warnings.some((warning) => warning.includes("late acknowledgement"))).toBe(warned);
      expect(warningsOf({ heartbeatInterval: 1_000, heartbeatTimeout: timeout }, false).join()).not.toContain(
        "acknowledgement",
      );
    },
  );

  test.for([
    { timeout: 3_000, warned: true },
    { timeout: 3_060, warned: true },
    { timeout: 3_070, warned: false },
    { timeout: 2_945, warned: true },
    { timeout: 2_935, warned: false },
    { timeout: 3_500, warned: false },
  ])(
    "given an interval of 1 000 ms and a timeout of $timeout ms, when a watcher is made, then it is warned of a whole multiple within 2 %: $warned",
    ({ timeout, warned }) => {
      const warnings = warningsOf({ heartbeatInterval: 1_000, heartbeatTimeout: timeout }, false);
      expect(warnings.some((warning) => warning.includes("about 3 times heartbeatInterval"))).toBe(warned);
    },
  );

  test("given a whole multiple, when it is warned of, then two better timeouts are named", () => {
    const [warning] = warningsOf({ heartbeatInterval: 1_000, heartbeatTimeout: 3_000 }, false);
    expect(warning).toContain("2500 or 3500");
  });

  test("given twice the interval, when it is warned of, then no timeout is named that would be refused", () => {
    const [warning] = warningsOf({ heartbeatInterval: 1_000, heartbeatTimeout: 2_000 }, false);
    expect(warning).toMatch(/; make it 2500\.$/);
  });

  test.for([15.5, 26.5, 52.5, 100.5])(
    "given a timeout of %s intervals, when a watcher is made, then it is as far from a multiple as can be",
    (multiple) => {
      expect(warningsOf({ heartbeatInterval: 100, heartbeatTimeout: 100 * multiple }, true)).toEqual([]);
      const whole = Math.floor(multiple) * 100;
      expect(warningsOf({ heartbeatInterval: 100, heartbeatTimeout: whole }, true)).toHaveLength(1);
    },
  );

  test("given the Go package's 5 s and 15 s, when a watcher is made, then they are judged like any other", () => {
    const warnings = warningsOf({ heartbeatInterval: 5_000, heartbeatTimeout: 15_000 }, false);
    expect(warnings.join()).toContain("about 3 times heartbeatInterval (5000 ms)");
  });

  test.for<{ options: Partial<WatcherOptions>; said: string }>([
    {
      options: { heartbeatTimeout: 3_000 },
      said: "heartbeatTimeout (3000 ms) is about 3 times heartbeatInterval (1000 ms by default)",
    },
    {
      options: { heartbeatInterval: 1_100 },
      said: "heartbeatTimeout (5500 ms by default) is about 5 times heartbeatInterval (1100 ms)",
    },
    { options: { heartbeatInterval: 2_000 }, said: "2/3 of heartbeatTimeout (5500 ms by default) is hardly" },
    {
      options: { heartbeatInterval: 1, heartbeatTimeout: 2.5 },
      said: "demoteTimeout (1 ms by default) is longer than the third of heartbeatTimeout (2.5 ms)",
    },
    {
      options: { demoteTimeout: 60_000 },
      said: "demoteTimeout (60000 ms) is longer than the third of heartbeatTimeout (5500 ms by default)",
    },
  ])("given $options, when it is warned of, then what nobody set is called a default", ({ options, said }) => {
    expect(warningsOf(options, true).join()).toContain(said);
  });

  test("given a priority, when an outside election decides, then it is warned that it is ignored", () => {
    const warningsFor = (options: Partial<WatcherOptions>): readonly string[] =>
      resolveSettings({ ...good, onPromote, ...options }).warnings;
    expect(warningsFor({ priority: 5, election: election(false) })).toEqual([
      "priority (5) is ignored: the election is coin, not claims.",
    ]);
    const bus = transport({}, { defaultElection: () => election(true) });
    expect(warningsFor({ priority: 5, transport: bus })).toHaveLength(1);
    expect(warningsFor({ priority: 5 })).toEqual([]);
    expect(warningsFor({ election: election(false) })).toEqual([]);
    // Of two primaries by their owners' word, the one of the higher priority stays.
    expect(warningsFor({ priority: 5, election: ASSERTED })).toEqual([]);
  });

  test("given a demoteTimeout that outlasts what is left after a lapse, when there are deadlines, then it is warned of", () => {
    const timings = { heartbeatInterval: 100, heartbeatTimeout: 360 };
    expect(warningsOf({ ...timings, demoteTimeout: 121 }, true).join()).toContain("demoteTimeout (121 ms)");
    expect(warningsOf({ ...timings, demoteTimeout: 120 }, true).join()).not.toContain("demoteTimeout");
    expect(warningsOf({ ...timings, demoteTimeout: 121 }, false).join()).not.toContain("demoteTimeout");
  });

  test("given what the README recommends, when a watcher is made, then it is warned of nothing", () => {
    expect(warningsOf({ heartbeatInterval: 500, heartbeatTimeout: 2_750 }, true)).toEqual([]);
  });
});

function refusalOf(act: () => void): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("Nothing was refused.");
}
