import { describe, expect, test } from "vitest";
import type {
  BusMessage,
  Detector,
  Holder,
  Logger,
  Transport,
  TransportHandlers,
  Watcher,
  WatcherOptions,
} from "../../src/index.ts";
import { memory } from "../../transports/memory/index.ts";
import { Group, INTERVAL, TIMEOUT, type Instance } from "../support/group.ts";
import { lockElection } from "../support/lock.ts";

const thrown = (): never => {
  throw new Error("thrown by the program");
};
/** Thenable, and no promise. */
const rejecting = (why: unknown): object => ({ then: (_: unknown, no: (why: unknown) => void) => no(why) });
const MINUTE = 60_000;

/** What is wrong in ways of its own: what does it, and what is said of it. */
type Fault = readonly [what: string, fault: () => unknown, said: string];
const FAULTS: readonly Fault[] = [
  ["throws", thrown, "thrown by the program"],
  ["rejects", () => Promise.reject(new Error("rejected by the program")), "rejected by the program"],
  ["returns something thenable that rejects", () => rejecting(new Error("rejected, thenably")), "rejected, thenably"],
  ["rejects with what is no error", () => rejecting("a word"), "a word"],
  ["rejects with what has no text", () => rejecting(Object.create(null)), "something that has no text"],
];

interface Told extends Instance {
  readonly group: Group;
  readonly errors: string[];
  /** What the logger got, by level. */
  readonly logged: Record<keyof Logger, string[]>;
  pass(duration: number): Promise<void>;
}

async function start(options: Partial<WatcherOptions> = {}, prepare?: (watcher: Watcher) => void): Promise<Told> {
  const group = new Group();
  const logged: Told["logged"] = { debug: [], info: [], warn: [], error: [] };
  const logger: Logger = {
    debug: (message) => void logged.debug.push(message),
    info: (message) => void logged.info.push(message),
    warn: (message) => void logged.warn.push(message),
    error: (message) => void logged.error.push(message),
  };
  const instance = group.create("a", { logger, ...options });
  const errors: string[] = [];
  instance.watcher.on("error", ({ reason }) => errors.push(reason.message));
  prepare?.(instance.watcher);
  const starting = instance.watcher.start();
  await group.clock.advance(0);
  await starting;
  return { ...instance, group, errors, logged, pass: (duration) => group.clock.advance(duration) };
}

async function leave({ watcher, pass }: Told): Promise<void> {
  const leaving = watcher.shutdown();
  await pass(TIMEOUT);
  await leaving;
  expect(watcher.status().state).toBe("ended");
}

describe("a logger that fails", () => {
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const levels: readonly (keyof Logger)[] = ["debug", "warn", "error"];

  test.each(FAULTS.flatMap((fault) => levels.map((level) => [level, ...fault] as const)))(
    "given a %s that %s, then the watcher works as ever, and says so once",
    async (level, _, fault, said) => {
      const told = await start(
        // A warning about the options is logged at the start.
        { logger: { ...silent, [level]: fault }, heartbeatTimeout: 4 * INTERVAL },
        (watcher) => watcher.on("rolechange", thrown),
      );
      await told.pass(TIMEOUT * 2);
      expect(told.watcher.isPrimary).toBe(true);
      expect(told.errors).toEqual([`The logger failed at ${level}: ${said}; this is said once.`]);
      await told.pass(MINUTE);
      expect(told.watcher.isPrimary).toBe(true);
      await leave(told);
      expect(told.errors).toHaveLength(1);
      expect(told.log).toEqual(["promote 1 silence", "demote 1 leaving"]);
    },
  );

  test("given one that fails once, then it gets what comes after", async () => {
    const lines: string[] = [];
    let count = 0;
    const debug = (line: string): void => {
      if (++count === 3) throw new Error("ENOSPC: no space left on device, write");
      lines.push(line);
    };
    const told = await start({ logger: { ...silent, debug } });
    await told.pass(TIMEOUT * 2);
    await leave(told);
    expect(lines.join("\n")).toContain("leaving");
    expect(told.watcher.status().journal.map(({ message }) => message)).toContain(told.errors[0]);
  });
});

describe("callbacks that fail in ways of their own", () => {
  test.each(FAULTS)(
    "given an onPromote that %s, then it is told, and the watcher steps down",
    async (_, fault, said) => {
      const told = await start({ onPromote: fault });
      await told.pass(TIMEOUT + 1);
      expect(told.errors[0]).toBe(said);
      expect(told.watcher.isPrimary).toBe(false);
      await leave(told);
    },
  );

  test.each(FAULTS)("given an onDemote that %s, then it is told, and the watcher leaves", async (_, fault, said) => {
    const told = await start({ onDemote: fault });
    await told.pass(TIMEOUT * 2);
    await leave(told);
    expect(told.errors).toEqual([said]);
  });

  test.each(FAULTS)("given a health check that %s, then it said no", async (_, fault, said) => {
    const told = await start({ health: fault as never });
    await told.pass(TIMEOUT * 2);
    expect(told.watcher.isPrimary).toBe(false);
    expect(told.watcher.status().journal.map(({ message }) => message)).toContain(`The health check failed: ${said}`);
    await leave(told);
  });

  const refusals: readonly Fault[] = [
    ["says yes by a word", () => "yes", ""],
    ["says nothing", () => undefined, ""],
  ];

  test.each([...FAULTS, ...refusals])(
    "given a fence that %s, then it did nothing, and was told the holder",
    async (_, fault, said) => {
      const group = new Group();
      const store = { term: 0 };
      await group.start("a", { election: lockElection(store) });
      await group.clock.advance(2 * TIMEOUT);
      const [holders, errors]: [Holder[], string[]] = [[], []];
      const fence = (holder: Holder): never => {
        holders.push(holder);
        return fault() as never;
      };
      const { watcher } = await group.start("b", { election: lockElection(store), fence });
      watcher.on("error", ({ reason }) => errors.push(reason.message));
      await group.clock.advance(3 * INTERVAL);
      group.bus.hold("a");
      await group.clock.advance(2 * TIMEOUT);
      expect(holders[0]).toMatchObject({ instanceId: "a", term: 1 });
      expect(errors[0]).toBe(said === "" ? undefined : `The fence failed: ${said}`);
      expect(watcher.isPrimary).toBe(false);
    },
  );

  test.each(["yes", 1, {}, undefined, null])("given a health check that says %j, then it said no", async (answer) => {
    const told = await start({ health: () => answer as never });
    await told.pass(TIMEOUT * 2);
    expect(told.watcher.isPrimary).toBe(false);
    expect(told.watcher.status().healthy).toBe(false);
  });

  test("given callbacks that return something thenable, then it is awaited", async () => {
    const done: string[] = [];
    const later = (what: string, told: Told): object => ({
      then: (resolve: () => void) =>
        told.group.clock.setTimer(() => {
          done.push(what);
          resolve();
        }, 30),
    });
    const told: Told = await start({
      onPromote: () => later("promoted", told),
      onDemote: () => later("demoted", told),
    });
    await told.pass(TIMEOUT + 20);
    expect(told.watcher.status().serving).toBe(false);
    await told.pass(40);
    expect(told.watcher.status().serving).toBe(true);
    await leave(told);
    expect(done).toEqual(["promoted", "demoted"]);
  });
});

describe("an onPromote that ends because its signal has aborted", () => {
  const abortError = new DOMException("This operation was aborted", "AbortError");
  const ways: readonly (readonly [string, (signal: AbortSignal) => Error])[] = [
    ["its reason", (signal) => signal.reason as Error],
    ["an AbortError", () => abortError],
    ["an AbortError of Node's", () => Object.assign(new Error("aborted"), { name: "AbortError", code: "ABORT_ERR" })],
  ];
  const untilAborted =
    (why: (signal: AbortSignal) => Error) =>
    ({ signal }: { readonly signal: AbortSignal }): Promise<never> =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(why(signal))));

  test.each(ways)("given one that rejects with %s, then nothing has failed, and onDemote follows", async (_, why) => {
    const demoted: string[] = [];
    const onDemote = ({ reason }: { readonly reason: { readonly code: string } }): number => demoted.push(reason.code);
    const told = await start({ onPromote: untilAborted(why), onDemote });
    await told.pass(TIMEOUT * 2);
    const down = told.watcher.stepDown();
    await told.pass(TIMEOUT);
    await down;
    expect(demoted).toEqual(["stepdown"]);
    await told.pass(TIMEOUT * 4);
    expect(told.watcher.isPrimary).toBe(true);
    await leave(told);
    expect(demoted).toEqual(["stepdown", "leaving"]);
    expect(told.errors).toEqual([]);
  });

  test("given one that rejects with another error, then it is told", async () => {
    const told = await start({ onPromote: untilAborted(() => new Error("the disk is full")) });
    await told.pass(TIMEOUT * 2);
    await leave(told);
    expect(told.errors).toEqual(["the disk is full"]);
  });

  test("given one that rejects with an AbortError before its signal has aborted, then it has failed", async () => {
    const told = await start({ onPromote: () => Promise.reject(abortError) });
    await told.pass(TIMEOUT + 1);
    expect(told.errors).toEqual(["This operation was aborted"]);
    expect(told.watcher.isPrimary).toBe(false);
  });
});

describe("listeners", () => {
  test.each(FAULTS)("given one that %s, then the logger is told, and nothing stops", async (_, fault, said) => {
    const told = await start({}, (watcher) => {
      watcher.on("rolechange", fault);
      watcher.on("error", fault);
    });
    await told.pass(TIMEOUT * 2);
    expect(told.watcher.isPrimary).toBe(true);
    await leave(told);
    expect(told.logged.error).toHaveLength(2);
    expect(told.logged.error[0]).toContain(said);
    expect(told.errors).toEqual([]);
  });

  test.each([
    ["roleChange", /^Cannot listen to "roleChange": there is no such event; did you mean rolechange\? The events are/],
    ["primaryUnresponsive", /did you mean primary-unresponsive\?/],
    [
      "nonsense",
      /^Cannot listen to "nonsense": there is no such event; The events are rolechange, primarychange, promoted, evidence,/,
    ],
    ["toString", /there is no such event/],
    [undefined, /^Cannot listen to undefined: /],
    [Symbol("error"), /^Cannot listen to a symbol: /],
  ])("given the event %s, which does not exist, then it is refused, with the names of those that do", (name, said) => {
    const { watcher } = new Group().create("a");
    expect(() => watcher.on(name as never, () => undefined)).toThrow(TypeError);
    expect(() => watcher.on(name as never, () => undefined)).toThrow(said);
  });
});

describe("a transport that throws where it should reject", () => {
  /** A memory transport, some of whose methods behave otherwise. */
  function faulty(group: Group, over: Partial<Record<keyof Transport, unknown>>): Transport {
    const inner = memory(group.bus);
    return { ...inner, capabilities: inner.capabilities, ...over } as Transport;
  }

  async function startOn(
    over: (group: Group) => Partial<Record<keyof Transport, unknown>>,
    options: Partial<WatcherOptions> = {},
  ): Promise<Told> {
    const group = new Group();
    const instance = group.create("a", { transport: faulty(group, over(group)), ...options });
    const errors: string[] = [];
    instance.watcher.on("error", ({ reason }) => errors.push(reason.message));
    const starting = instance.watcher.start();
    await group.clock.advance(0);
    await starting;
    const logged = { debug: [], info: [], warn: [], error: [] };
    return { ...instance, group, errors, logged, pass: (duration) => group.clock.advance(duration) };
  }

  test("given open, then start rejects, and so it does where close throws as well", async () => {
    for (const over of [{ open: thrown }, { open: thrown, close: () => Promise.reject(new Error("and close")) }]) {
      const group = new Group();
      const { watcher } = group.create("a", { transport: faulty(group, over) });
      await expect(watcher.start()).rejects.toThrow("thrown by the program");
    }
  });

  test("given send, then a message has not gone, as where it rejects, and later ones go", async () => {
    const told = await startOn((group) => {
      const inner = memory(group.bus);
      let count = 0;
      const send = (message: BusMessage): unknown => (++count === 1 ? thrown() : inner.send(message));
      return { ...inner, send };
    });
    await told.pass(MINUTE);
    expect(told.watcher.isPrimary).toBe(true);
    await leave(told);
  });

  test.each(FAULTS)("given a recordTerm that %s, then it is told, and the primary works", async (_, fault, said) => {
    const told = await startOn(() => ({ recordTerm: fault }));
    await told.pass(TIMEOUT * 2);
    expect(told.errors).toEqual([said]);
    expect(told.watcher.status().serving).toBe(true);
  });

  test("given a recordTerm that returns nothing, then that is no error", async () => {
    const told = await startOn(() => ({ recordTerm: () => undefined }));
    await told.pass(TIMEOUT * 2);
    expect(told.errors).toEqual([]);
    expect(told.watcher.status().serving).toBe(true);
  });

  const answers: readonly Fault[] = [
    ["answers null", () => null, "an answer that is none: "],
    ["answers by a word", () => Promise.resolve("a"), "an answer that is none: "],
    [
      "answers with no number for a term",
      () => Promise.resolve({ instanceId: "b", term: NaN }),
      "an answer that is none: ",
    ],
  ];

  test.each([...FAULTS, ...answers])(
    "given a probe that %s, then it is told, and check() is answered",
    async (_, fault, said) => {
      const told = await startOn(() => ({ probe: fault }));
      const asking = told.watcher.check();
      await told.pass(INTERVAL);
      expect(await asking).toEqual({ alive: false, via: "none" });
      expect(told.errors[0]).toContain(said);
      await told.pass(TIMEOUT * 2);
      expect(told.watcher.isPrimary).toBe(true);
      expect(told.watcher.term).toBe(1);
    },
  );

  test("given lead and follow, then they are told, tried again, and the watcher leaves", async () => {
    const asked: string[] = [];
    const fault = (what: string) => (): never => {
      asked.push(what);
      throw new Error(`thrown by ${what}`);
    };
    const told = await startOn(
      ({ bus }) => ({
        capabilities: { ...bus.capabilities, publish: "primary" },
        lead: fault("lead"),
        follow: fault("follow"),
      }),
      { election: { ...lockElection({ term: 0 }), open: ({ standbys }) => Promise.resolve(standbys?.(0)) } },
    );
    await told.pass(TIMEOUT * 4);
    expect(asked.length).toBeGreaterThan(5);
    expect(told.errors).toEqual(["thrown by lead"]);
    await leave(told);
    expect(told.errors).toEqual(["thrown by lead", "thrown by follow"]);
  });

  test("given close, then shutdown rejects", async () => {
    const told = await startOn(() => ({ close: thrown }));
    const leaving = expect(told.watcher.shutdown()).rejects.toThrow("thrown by the program");
    await told.pass(INTERVAL);
    await leaving;
  });

  test("given reports that are nonsense, then none of them throws into it, and nothing comes of them", async () => {
    let handlers: TransportHandlers | undefined;
    const told = await startOn((group) => {
      const inner = memory(group.bus);
      return {
        ...inner,
        open: (context: never, given: TransportHandlers) => {
          handlers = given;
          return inner.open(context, given);
        },
      };
    });
    const nothing = undefined as never;
    handlers?.message(nothing);
    handlers?.message({ topic: "instance.heartbeat", body: nothing });
    handlers?.unlinked(nothing);
    handlers?.link(false, NaN);
    handlers?.link(false, nothing);
    for (const term of [NaN, 1.5, -1, "7"]) handlers?.recorded(term as never);
    handlers?.error("no error" as never);
    expect(told.errors).toHaveLength(8);
    await told.pass(TIMEOUT * 2);
    expect(told.watcher.isPrimary).toBe(true);
    expect(told.watcher.term).toBe(1);
    await leave(told);
  });
});

describe("a detector that fails", () => {
  const sound: Detector = {
    name: "own",
    initial: 0,
    observe: (state) => state,
    deadline: (_, { at, timeout }) => at + timeout,
    level: () => 1,
  };
  const wrong: readonly (readonly [what: string, answer: () => unknown, said: string])[] = [
    ["throws", thrown, "thrown by the program"],
    ["returns NaN", () => NaN, "it returned NaN"],
    ["returns nothing", () => undefined, "it returned undefined"],
    ["returns a promise that rejects", () => Promise.reject(new Error("late")), "it returned an object"],
  ];
  const methods = ["observe", "deadline", "level"] as const;
  const cases = methods.flatMap((method) =>
    wrong
      // A state may be anything but a promise.
      .filter(([what]) => method !== "observe" || !/NaN|nothing/.test(what))
      .map(([what, answer, said]) => [method, what, answer, said] as const),
  );

  test.each(cases)(
    "given one whose %s %s, then it is told once, and silence is evidence after the timeout",
    async (method, _, answer, said) => {
      const group = new Group({ delay: 1 });
      await group.settled("a");
      const errors: string[] = [];
      const { watcher } = group.create("b", { detector: { ...sound, [method]: answer } });
      watcher.on("error", ({ reason }) => errors.push(reason.message));
      const starting = watcher.start();
      await group.clock.advance(3 * INTERVAL);
      await starting;
      expect(watcher.status().detector).toEqual(method === "level" ? { name: "own" } : { name: "own", level: 1 });
      expect(watcher.status().primary?.instanceId).toBe("a");
      group.bus.kill("a");
      await group.clock.advance(TIMEOUT + 10);
      expect(watcher.isPrimary).toBe(true);
      expect(errors).toEqual([`The detector own failed at ${method}: ${said}; this is said once.`]);
    },
  );

  test("given one that uses its own `this`, then it is called on itself", async () => {
    class Own implements Detector<number> {
      readonly name = "own";
      readonly initial = 0;
      readonly #step = 1;
      observe(state: number): number {
        return state + this.#step;
      }
      deadline(_state: number, { at, timeout }: { readonly at: number; readonly timeout: number }): number {
        return at + timeout * this.#step;
      }
      level(state: number): number {
        return state * this.#step;
      }
    }
    const group = new Group({ delay: 1 });
    await group.settled("a");
    const { watcher } = await group.start("b", { detector: new Own() });
    await group.clock.advance(3 * INTERVAL);
    expect(watcher.status().detector.level).toBeGreaterThan(0);
  });
});

describe("what compiles", () => {
  test("callbacks and listeners may return anything", async () => {
    const events: string[] = [];
    const startServer = (): Promise<{ close(): void }> => Promise.resolve({ close: () => undefined });
    const told = await start({ onPromote: () => startServer(), onDemote: ({ term }) => events.push(`demote ${term}`) });
    told.watcher.on("rolechange", ({ newRole }) => events.push(newRole));
    await told.pass(TIMEOUT * 2);
    await leave(told);
    expect(events).toEqual(["primary", "secondary", "demote 1"]);
    // @ts-expect-error no such event
    expect(() => told.watcher.on("roleChange", () => undefined)).toThrow(TypeError);
    // @ts-expect-error no such reason
    told.watcher.on("rolechange", ({ reason }) => reason.code === "nonsense");
  });

  test("callbacks may be undefined, as where a condition chooses them: without onPromote it is an observer", async () => {
    const { watcher } = await start({ onPromote: undefined, onDemote: undefined });
    expect(watcher.status().candidate).toBe(false);
  });
});
