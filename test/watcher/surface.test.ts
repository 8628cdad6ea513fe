import { describe, expect, test } from "vitest";
import { defaultConfig, NotPrimaryError, Watcher, type WatcherOptions } from "../../src/index.ts";
import type { Transport } from "../../src/transport.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { silentLogger } from "../../bench/group/silent-logger.ts";
import { Group, INTERVAL, TIMEOUT } from "../support/group.ts";

describe("roles and what a program sees of them", () => {
  test("the defaults are 1 s, 5.5 s and not enabled, everywhere the same", () => {
    const { heartbeatInterval, heartbeatTimeout, enabled } = new Watcher({
      transport: memory(new MemoryBus()),
    }).status();
    expect(defaultConfig()).toEqual({ heartbeatInterval: 1_000, heartbeatTimeout: 5_500, enabled: false });
    expect({ heartbeatInterval, heartbeatTimeout, enabled }).toEqual(defaultConfig());
  });

  test("an instance started as primary that finds another says lostrace and stays secondary", async () => {
    const group = new Group({ delay: 1 });
    await group.settled("a");
    const lost: string[] = [];
    const { watcher } = group.create("b", { role: "primary" });
    watcher.on("lostrace", ({ reason }) => void lost.push(reason.code));
    const starting = watcher.start();
    await group.clock.advance(2 * TIMEOUT);
    await starting;
    expect(watcher.role).toBe("secondary");
    expect(lost).toEqual(["lostrace"]);
  });

  test("an instance that is not enabled says what it would do, once, and does nothing", async () => {
    const group = new Group({ delay: 1 });
    await group.settled("a");
    const { watcher, log } = await group.start("b", { enabled: false });
    const would: string[] = [];
    watcher.on("wouldpromote", ({ kind }) => void would.push(kind));
    await group.clock.advance(INTERVAL);
    group.bus.kill("a");
    await group.clock.advance(10 * TIMEOUT);
    expect(would).toEqual(["silence"]);
    expect(log).toEqual([]);
    watcher.setEnabled(true);
    await group.clock.advance(INTERVAL);
    expect(watcher.isPrimary).toBe(true);
  });

  test("an observer hears the primary and never campaigns", async () => {
    const group = new Group({ delay: 1 });
    await group.settled("a");
    const transport = memory(group.bus);
    const watcher = new Watcher({
      transport,
      clock: group.clock,
      logger: silentLogger,
      enabled: true,
      heartbeatInterval: INTERVAL,
      heartbeatTimeout: TIMEOUT,
    });
    await watcher.start();
    await group.clock.advance(INTERVAL);
    expect(watcher.lastHeartbeat).toBeInstanceOf(Date);
    group.bus.kill("a");
    await group.clock.advance(10 * TIMEOUT);
    expect(watcher.role).toBe("secondary");
    expect(watcher.status().candidate).toBe(false);
  });

  test.each([true, false])("given eager: %s, when a watcher starts, then its transport is told", async (eager) => {
    const group = new Group({ delay: 1 });
    const inner = memory(group.bus);
    const contexts: unknown[] = [];
    const transport: Transport = {
      ...inner,
      capabilities: inner.capabilities,
      open: (context, handlers) => {
        contexts.push(context.eager);
        return inner.open(context, handlers);
      },
    };
    await new Watcher({
      transport,
      clock: group.clock,
      logger: silentLogger,
      eager,
      heartbeatInterval: INTERVAL,
      heartbeatTimeout: TIMEOUT,
    }).start();
    expect(contexts).toEqual([eager]);
  });

  test("evidence is in the status of who watches, and not of who was promoted on it", async () => {
    const group = new Group({ delay: 1 });
    await group.settled("a");
    const { watcher } = await group.start("b", { enabled: false });
    await group.clock.advance(INTERVAL);
    group.bus.kill("a");
    await group.clock.advance(2 * TIMEOUT);
    expect(watcher.status().evidence).toBe("silence");
    watcher.setEnabled(true);
    await group.clock.advance(2 * TIMEOUT);
    expect(watcher.isPrimary).toBe(true);
    expect(watcher.status()).not.toHaveProperty("evidence");
  });

  test("lastHeartbeat is undefined on a primary and a date on a secondary", async () => {
    const group = new Group({ delay: 1 });
    const [a, b] = await group.settled("a", "b");
    expect(a?.watcher.lastHeartbeat).toBeUndefined();
    const silence = group.clock.wall() - (b?.watcher.lastHeartbeat?.getTime() ?? 0);
    expect(silence).toBeLessThanOrEqual(INTERVAL + 2);
  });

  test("check() is answered by the primary at once, and by nobody when it is gone", async () => {
    const group = new Group({ delay: 1 });
    const [a, b] = await group.settled("a", "b");
    const asking = b?.watcher.check();
    await group.clock.advance(10);
    expect(await asking).toEqual({ alive: true, via: "heartbeat", term: 1, rtt: 4 });
    expect(await a?.watcher.check()).toEqual({ alive: true, via: "none", term: 1 });
    group.bus.kill("a");
    const again = b?.watcher.check();
    await group.clock.advance(INTERVAL);
    expect(await again).toEqual({ alive: false, via: "none" });
  });

  test("assertPrimary gives the term, or throws an error that names who is primary", async () => {
    const group = new Group({ delay: 1 });
    const [a, b] = await group.settled("a", "b");
    expect(a?.watcher.assertPrimary()).toBe(1);
    expect(() => b?.watcher.assertPrimary()).toThrow(NotPrimaryError);
    expect(() => b?.watcher.assertPrimary()).toThrow("b is secondary; a was last heard as primary of term 1");
  });

  test("the status of a secondary names the primary, and reads well", async () => {
    const group = new Group({ delay: 1 });
    const [, b] = await group.settled("a", "b");
    expect(b?.watcher.status()).toMatchObject({
      role: "secondary",
      term: 1,
      exclusive: true,
      termDurable: false,
      primary: { instanceId: "a", term: 1 },
    });
    expect(b?.watcher.formatStatus()).toContain("primary a, term 1, last heartbeat");
    expect(b?.watcher.status().journal.length).toBeGreaterThan(0);
  });
});

describe("listeners and readers", () => {
  test("a listener that throws, or rejects, is reported and stops nothing", async () => {
    const errors: string[] = [];
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (message: string) => void errors.push(message),
    };
    const group = new Group();
    const { watcher, log } = group.create("a", { logger });
    watcher.on("rolechange", () => {
      throw new Error("thrown");
    });
    watcher.on("rolechange", () => Promise.reject(new Error("rejected")));
    let heard = 0;
    const remove = watcher.on("rolechange", () => void (heard += 1));
    const starting = watcher.start();
    await group.clock.advance(2 * TIMEOUT);
    await starting;
    expect(errors.join()).toMatch(/thrown.*rejected/s);
    expect(heard).toBe(1);
    expect(log).toEqual(["promote 1 silence"]);
    remove();
    const leaving = watcher.shutdown();
    await group.clock.advance(INTERVAL);
    await leaving;
    expect(heard).toBe(1);
  });

  test("a slow reader of role changes loses the oldest and is told how many", async () => {
    const group = new Group();
    const { watcher } = await group.start("a");
    const changes = watcher.roleChanges();
    const rounds = 40;
    for (let round = 0; round < rounds; round += 1) {
      await group.clock.advance(3 * TIMEOUT);
      const down = watcher.stepDown();
      await group.clock.advance(2 * TIMEOUT);
      await down;
    }
    const leaving = watcher.shutdown();
    await group.clock.advance(TIMEOUT);
    await leaving;
    const seen = [];
    for await (const change of changes) seen.push(change);
    expect(seen).toHaveLength(64);
    expect(seen[0]?.missed).toBeGreaterThan(0);
    expect(seen.slice(1).every(({ missed }) => missed === 0)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ newRole: "secondary" });
  });
});

describe("starting and leaving", () => {
  test("shutdown is safe before start, and twice", async () => {
    const group = new Group();
    const { watcher } = group.create("a");
    await watcher.shutdown();
    await watcher.shutdown();
    await expect(watcher.start()).rejects.toThrow("has been shut down");
  });

  test("start's signal shuts the watcher down", async () => {
    const group = new Group();
    const { watcher } = group.create("a");
    const controller = new AbortController();
    const starting = watcher.start(controller.signal);
    await group.clock.advance(0);
    await starting;
    controller.abort();
    await group.clock.advance(INTERVAL);
    expect(watcher.status().state).toBe("ended");
  });

  test("a start that fails rejects, and leaves nothing running", async () => {
    const group = new Group();
    group.bus.stop();
    const { watcher } = group.create("a");
    await expect(watcher.start()).rejects.toThrow("it is stopped");
    expect(group.clock.timers).toBe(0);
  });

  test("nothing is left on the clock after shutdown", async () => {
    const group = new Group();
    const [a] = await group.settled("a");
    const leaving = a?.watcher.shutdown();
    await group.clock.advance(INTERVAL);
    await leaving;
    expect(group.clock.timers).toBe(0);
  });

  test("an onDemote that does not settle in time makes shutdown reject, and nothing is given up until it does", async () => {
    const group = new Group({ delay: 1 });
    let release = (): void => undefined;
    const { watcher } = await group.start("a", { onDemote: () => new Promise<void>((resolve) => (release = resolve)) });
    await group.clock.advance(2 * TIMEOUT);
    const errors: string[] = [];
    watcher.on("error", ({ reason }) => void errors.push(reason.code));
    const leaving = watcher.shutdown();
    const rejected = expect(leaving).rejects.toThrow("onDemote did not settle within demoteTimeout");
    await group.clock.advance(TIMEOUT);
    await rejected;
    expect(errors).toEqual(["demote-timeout"]);
    expect(watcher.status().state).toBe("leaving");
    release();
    await group.clock.advance(INTERVAL);
    expect(watcher.status().state).toBe("ended");
  });
});

describe("conveniences on a program's own bus", () => {
  const bus = { publish: () => undefined };
  const subscriber = { subscribeTo: () => (async function* () {})() };

  test("forPrimary is primary by assertion, publishes, and never campaigns", async () => {
    const published: { topic: string; payload: Readonly<Record<string, unknown>> }[] = [];
    const watcher = Watcher.forPrimary({
      publisher: { publish: (topic, payload) => void published.push({ topic, payload }) },
      instanceId: "a",
      initialTerm: 7,
      logger: silentLogger,
    });
    await watcher.start();
    expect(watcher.status()).toMatchObject({ isPrimary: true, mandate: "asserted", term: 7, exclusive: false });
    await watcher.shutdown();
    expect(published.map(({ topic }) => topic)).toEqual([
      "instance.heartbeat",
      "instance.promoted",
      "instance.shutdown",
    ]);
    expect(published[0]?.payload).toMatchObject({ instance_id: "a", session_count: 0, term: 7 });
  });

  test("each combination that makes no sense is refused with a sentence", () => {
    const common = { heartbeatInterval: INTERVAL, heartbeatTimeout: TIMEOUT };
    const transport = memory(new MemoryBus());
    const make = (options: object): WatcherOptions => ({ ...common, ...options }) as never;
    expect(() => Watcher.forPrimary(make({}) as never)).toThrow("there is no publisher");
    expect(() => Watcher.forSecondary(make({}) as never)).toThrow("there is no subscriber");
    expect(() => Watcher.forPrimary(make({ publisher: null }) as never)).toThrow("there is no publisher");
    expect(() =>
      Watcher.forSecondary(make({ subscriber, publisher: null, onPromote: () => undefined }) as never),
    ).toThrow("there is no publisher");
    const { transport: listens } = Watcher.forSecondary(make({ subscriber, publisher: null }) as never).status();
    expect(listens.capabilities.publish).toBe("nobody");
    expect(() => Watcher.forPrimary(make({ publisher: bus, transport }) as never)).toThrow("with a transport");
    expect(() => Watcher.forSecondary(make({ subscriber, transport }) as never)).toThrow("with a transport");
    expect(() => Watcher.forSecondary(make({ subscriber, onPromote: () => undefined }) as never)).toThrow(
      "no publisher",
    );
    expect(() => new Watcher(make({ transport, role: "primary" }))).toThrow("no onPromote");
  });
});

describe("listeners of every kind", () => {
  test("a listener that returns something that is no promise is no error", async () => {
    const errors: string[] = [];
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (message: string) => void errors.push(message),
    };
    const group = new Group();
    const { watcher } = group.create("a", { logger });
    const seen: string[] = [];
    watcher.on("rolechange", ({ newRole }) => seen.push(newRole));
    const starting = watcher.start();
    await group.clock.advance(2 * TIMEOUT);
    await starting;
    expect(seen).toEqual(["primary"]);
    expect(errors).toEqual([]);
  });
});
