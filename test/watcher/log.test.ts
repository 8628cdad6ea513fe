import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Election, Holder, WatcherOptions } from "../../src/index.ts";
import { Watcher } from "../../src/index.ts";
import { consoleLogger } from "../../src/logger.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { Group, INTERVAL, TIMEOUT } from "../support/group.ts";
import { keepLines, type Lines } from "../support/lines.ts";

/** A watcher called `a` of group `billing`, and its log. */
async function start(group: Group, options: Partial<WatcherOptions> = {}): Promise<Lines & { watcher: Watcher }> {
  const log = keepLines();
  const { watcher } = await group.start("a", { group: "billing", logger: log.logger, ...options });
  return { ...log, watcher };
}

/** The lock is somebody else's, who lives. */
function lockOf(holder: Holder): Election {
  return {
    name: "lock",
    traits: { exclusive: true, durable: true, deadline: false },
    campaign: () => Promise.resolve({ won: false, message: `The lock is ${holder.instanceId}'s.`, holder }),
  };
}

describe("what the log gets without being asked", () => {
  test("a change of role is told in a sentence, with group, name, term and reason", async () => {
    const group = new Group();
    const { watcher, lines } = await start(group);
    await group.clock.advance(2 * TIMEOUT);
    const down = watcher.stepDown();
    await group.clock.advance(INTERVAL);
    expect(lines).toEqual([
      "info billing/a: Became primary in term 1: Nothing was heard of any primary.",
      "info billing/a: Became secondary after term 1: Stepped down on request.",
    ]);
    await group.clock.advance(TIMEOUT);
    await down;
  });

  test("the link is told of when it goes and when it comes back, and so is a primary that nobody may hear", async () => {
    const group = new Group();
    const { lines } = await start(group);
    await group.clock.advance(2 * TIMEOUT);
    lines.length = 0;
    group.bus.stop();
    await group.clock.advance(TIMEOUT);
    group.bus.start();
    await group.clock.advance(1);
    expect(lines).toEqual([
      "warn billing/a: This primary cannot prove that the bus still hears it.",
      "warn billing/a: The link to the bus is down.",
      "info billing/a: Became secondary after term 1: The mandate was not proven again before its deadline.",
      "info billing/a: The link to the bus is up.",
    ]);
  });

  test("a primary that hangs and keeps its lock is told of, with what its election says", async () => {
    const group = new Group();
    const holder = { instanceId: "b", incarnation: "b#1", term: 5 };
    const { alarms } = await start(group, { election: lockOf(holder) });
    await group.clock.advance(3 * TIMEOUT);
    expect(alarms()).toEqual([
      "warn billing/a: b is silent, but holds its lock and nothing fences it: The lock is b's.",
    ]);
    const other = new Group();
    const fenced = await start(other, { election: lockOf(holder), fence: () => Promise.resolve(false) });
    await other.clock.advance(3 * TIMEOUT);
    expect(fenced.alarms()).toEqual(["warn billing/a: b is silent, but holds its lock: The lock is b's."]);
  });

  test("a peer whose settings cannot work with ours is told of once", async () => {
    const group = new Group();
    await group.start("b", { group: "billing", heartbeatInterval: 1_000, heartbeatTimeout: 2_500 });
    await group.clock.advance(5_000);
    const { alarms } = await start(group);
    await group.clock.advance(5_000);
    expect(alarms()).toEqual([expect.stringMatching(/^warn billing\/a: b announces a heartbeatTimeout of 2500 ms/)]);
  });

  test("a callback that fails is told of as one", async () => {
    const group = new Group();
    const { lines } = await start(group, {
      onPromote: () => Promise.reject(new Error("port 80 is taken")),
      retryBackoffMin: 300,
    });
    await group.clock.advance(TIMEOUT);
    expect(lines).toEqual([
      "info billing/a: Became primary in term 1: Nothing was heard of any primary.",
      "warn billing/a: A callback failed (promote-failed): port 80 is taken",
      "info billing/a: Became secondary after term 1: onPromote failed: port 80 is taken",
    ]);
  });

  test("a failure that the watcher goes on from is told of in its own words", async () => {
    const group = new Group();
    const { alarms } = await start(group, {
      election: {
        ...lockOf({ instanceId: "b", incarnation: "b#1", term: 5 }),
        campaign: () => Promise.reject(new Error("No quorum.")),
      },
      retryBackoffMin: 300,
    });
    await group.clock.advance(TIMEOUT);
    expect(alarms()).toEqual(["warn billing/a: No quorum."]);
  });

  test("every line of every level begins with the group and the name, decisions and faults of the program too", async () => {
    const group = new Group();
    const { watcher, lines, decisions } = await start(group, { heartbeatInterval: 100, heartbeatTimeout: 300 });
    watcher.on("rolechange", () => {
      throw new Error("thrown");
    });
    await group.clock.advance(2 * TIMEOUT);
    expect(lines.map((line) => line.split(" ")[0])).toEqual(["warn", "warn", "info", "error"]);
    expect(decisions.length).toBeGreaterThan(0);
    for (const line of [...lines, ...decisions]) expect(line).toMatch(/^(?:\w+ )?billing\/a: /);
  });
});

describe("what is said at the start", () => {
  test("of an enabled candidate nothing, on a bus that is well", async () => {
    const group = new Group();
    const { lines } = await start(group);
    expect(lines).toEqual([]);
  });

  test.for([
    {
      what: "one that is not enabled",
      options: { enabled: false },
      line: "Watching only: enabled is false, so failover does not promote this instance.",
    },
    {
      what: 'one of role "primary" that is not enabled',
      options: { enabled: false, role: "primary" },
      line: 'Watching only after its campaign at start (role is "primary"): enabled is false, so failover does not promote this instance.',
    },
    {
      what: "an observer",
      options: { onPromote: undefined },
      line: "Watching only: there is no onPromote, so failover does not promote this instance.",
    },
  ] as const)("of $what that it only watches, once it is live", async ({ options, line }) => {
    const group = new Group();
    const { lines } = await start(group, options);
    expect(lines).toEqual([`info billing/a: ${line}`]);
  });

  test("nothing of watching where the start failed, or a primary's owner has decided", async () => {
    const group = new Group();
    group.bus.stop();
    const log = keepLines();
    const { watcher } = group.create("a", { enabled: false, logger: log.logger });
    await expect(watcher.start()).rejects.toThrow();
    expect(log.lines).toEqual([]);
    const owned = keepLines();
    const asserted = Watcher.forPrimary({
      publisher: { publish: () => undefined },
      instanceId: "a",
      logger: owned.logger,
    });
    await asserted.start();
    expect(owned.lines).toEqual(["info default/a: Became primary in term 0: Primary because its owner says so."]);
    await asserted.shutdown();
  });

  test('given role "primary" and not enabled, what was said is what happens: one campaign, and after it none', async () => {
    const group = new Group();
    const { watcher, lines } = await start(group, { enabled: false, role: "primary" });
    await group.clock.advance(2 * TIMEOUT);
    expect(watcher.isPrimary).toBe(true);
    group.bus.stop();
    await group.clock.advance(TIMEOUT);
    group.bus.start();
    await group.clock.advance(3_600_000);
    expect(watcher.isPrimary).toBe(false);
    expect(lines.at(0)).toContain("Watching only after its campaign at start");
    expect(lines.at(-1)).toBe("info billing/a: The link to the bus is up.");
  });
});

describe("loggers", () => {
  test("the console gets everything but decisions, each at its own level", () => {
    const calls: string[] = [];
    for (const level of ["debug", "info", "warn", "error"] as const) {
      const spy = vi.spyOn(console, level).mockImplementation((message) => void calls.push(`${level} ${message}`));
      onTestFinished(() => spy.mockRestore());
    }
    for (const level of ["debug", "info", "warn", "error"] as const) consoleLogger[level]("a/b: c");
    expect(calls).toEqual(["info", "warn", "error"].map((level) => `${level} failover-watcher: a/b: c`));
  });

  test("a shutdown that nobody awaits and that fails is told of as an error", async () => {
    const group = new Group();
    const log = keepLines();
    const controller = new AbortController();
    const { watcher } = group.create("a", { logger: log.logger, onDemote: () => new Promise(() => undefined) });
    const starting = watcher.start(controller.signal);
    await group.clock.advance(2 * TIMEOUT);
    await starting;
    controller.abort();
    await group.clock.advance(2 * TIMEOUT);
    expect(log.lines.at(-1)).toMatch(/^error default\/a: Error: onDemote did not settle/);
  });
});

test("the defaults make no noise under claims", async () => {
  const log = keepLines();
  const watcher = new Watcher({
    transport: memory(new MemoryBus()),
    enabled: true,
    logger: log.logger,
    onPromote: () => undefined,
  });
  await watcher.start();
  expect(watcher.status().warnings).toEqual([]);
  expect(log.lines).toEqual([]);
  await watcher.shutdown();
});
