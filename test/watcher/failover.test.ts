import { describe, expect, test } from "vitest";
import type { Transport } from "../../src/index.ts";
import { memory } from "../../transports/memory/index.ts";
import { Group, INTERVAL, TIMEOUT } from "../support/group.ts";

describe("failover on a bus", () => {
  test("the first instance becomes primary after a timeout of silence, and not before", async () => {
    const group = new Group();
    const { watcher } = await group.start("a");
    await group.clock.advance(TIMEOUT - 1);
    expect(watcher.role).toBe("secondary");
    await group.clock.advance(2);
    expect(watcher.isPrimary).toBe(true);
    expect(watcher.term).toBe(1);
  });

  test("a killed primary is replaced within the timeout by exactly one other", async () => {
    const group = new Group({ delay: 1, jitter: 2 });
    const [, b, c] = await group.settled("a", "b", "c");
    group.bus.kill("a");
    await group.clock.advance(TIMEOUT + 10);
    expect([b?.watcher.role, c?.watcher.role].sort()).toEqual(["primary", "secondary"]);
    expect([...(b?.log ?? []), ...(c?.log ?? [])]).toEqual(["promote 2 silence"]);
  });

  test("with eager, a killed primary is replaced within one claim window", async () => {
    const group = new Group({ delay: 1 });
    await group.start("a");
    await group.clock.advance(2 * TIMEOUT);
    const { watcher } = await group.start("b", { eager: true });
    await group.clock.advance(2 * INTERVAL);
    group.bus.kill("a");
    await group.clock.advance(INTERVAL / 2 + 5);
    expect(watcher.isPrimary).toBe(true);
  });

  test("a primary that leaves is replaced within one claim window, and its goodbye says why", async () => {
    const group = new Group({ delay: 1 });
    const [a, b] = await group.settled("a", "b");
    const leaving = a?.watcher.shutdown();
    await group.clock.advance(INTERVAL / 2 + 10);
    await leaving;
    expect(a?.log).toEqual(["promote 1 silence", "demote 1 leaving"]);
    expect(b?.log).toEqual(["promote 2 shutdown"]);
  });

  test("a primary whose connection stalls reads false before the other reads true", async () => {
    const group = new Group({ delay: 1 });
    const [a, b] = await group.settled("a", "b");
    group.bus.hold("a");
    for (let elapsed = 0; elapsed < 2 * TIMEOUT; elapsed += 1) {
      await group.clock.advance(1);
      expect([a?.watcher.isPrimary, b?.watcher.isPrimary]).not.toEqual([true, true]);
    }
    expect(b?.watcher.isPrimary).toBe(true);
    group.bus.release("a");
    await group.clock.advance(2 * INTERVAL);
    expect(a?.watcher.role).toBe("secondary");
    expect(b?.watcher.isPrimary).toBe(true);
  });

  test("a broker that is away is not a dead primary: nobody is promoted but by a whole timeout after it is back", async () => {
    const group = new Group({ delay: 1 });
    const [a, b] = await group.settled("a", "b");
    group.bus.stop();
    await group.clock.advance(10 * TIMEOUT);
    expect([a?.watcher.isPrimary, b?.watcher.isPrimary]).toEqual([false, false]);
    group.bus.start();
    await group.clock.advance(TIMEOUT - 5);
    expect([a?.watcher.isPrimary, b?.watcher.isPrimary]).toEqual([false, false]);
    await group.clock.advance(TIMEOUT);
    expect([a?.watcher.isPrimary, b?.watcher.isPrimary].filter(Boolean)).toHaveLength(1);
  });

  test("a program that did not run for longer than its mandate reads false in its first line, before any timer has run", async () => {
    const group = new Group({ delay: 1 });
    const [a] = await group.settled("a", "b");
    expect(a?.watcher.isPrimary).toBe(true);
    group.clock.stall(TIMEOUT);
    expect(a?.watcher.isPrimary).toBe(false);
    expect(a?.watcher.role).toBe("secondary");
    expect(() => a?.watcher.assertPrimary()).toThrow(/a is secondary/);
  });

  test.each([
    ["acknowledges behind all that it accepted", { acknowledges: true, barrier: true }, 0],
    ["acknowledges, but not behind all that it accepted", { acknowledges: true, barrier: false }, 35],
    ["acknowledges nothing", { acknowledges: false, barrier: true }, 35],
  ])(
    "on a bus that %s, as it knows when it is open, a stop within a claim's window costs the time that was seen of it",
    async (_, known, later) => {
      const group = new Group();
      const transport = memory(group.bus);
      const { capabilities } = transport;
      let opened = false;
      const learning: Transport = {
        ...transport,
        get capabilities() {
          return opened ? { ...capabilities, ...known } : capabilities;
        },
        async open(context, handlers) {
          await transport.open(context, handlers);
          opened = true;
        },
      };
      const { watcher } = await group.start("a", { transport: learning });
      const { clock } = group;
      await clock.advance(TIMEOUT - INTERVAL / 2);
      clock.stall(INTERVAL / 8 + 35);
      await clock.advance(INTERVAL / 2 - (INTERVAL / 8 + 35) + later - 0.01);
      expect(watcher.isPrimary).toBe(false);
      await clock.advance(0.02);
      expect(watcher.isPrimary).toBe(true);
    },
  );

  test("a machine that was suspended for longer than the mandate reads false, although the monotonic clock stood still", async () => {
    const group = new Group({ delay: 1 });
    const [a] = await group.settled("a", "b");
    group.clock.suspend(TIMEOUT);
    expect(a?.watcher.isPrimary).toBe(false);
    await group.clock.advance(INTERVAL);
    expect(a?.log).toEqual(["promote 1 silence", "demote 1 lapsed"]);
  });

  test("a wall clock that is set back lengthens nothing", async () => {
    const group = new Group({ delay: 1 });
    const [a] = await group.settled("a", "b");
    group.bus.hold("a");
    group.clock.stepWall(-10 * TIMEOUT);
    await group.clock.advance(TIMEOUT);
    expect(a?.watcher.isPrimary).toBe(false);
  });

  test("a planned handover goes to the named successor, and the one that stepped down holds back", async () => {
    const group = new Group({ delay: 1 });
    const [a, b, c] = await group.settled("a", "b", "c");
    const handover = a?.watcher.stepDown({ successor: "c" });
    await group.clock.advance(INTERVAL);
    expect(await handover).toEqual({ successor: "c" });
    expect([a?.watcher.role, b?.watcher.role, c?.watcher.role]).toEqual(["secondary", "secondary", "primary"]);
  });

  test("a successor that is dead costs the others one claim window", async () => {
    const group = new Group({ delay: 1 });
    const [a, b] = await group.settled("a", "b");
    const handover = a?.watcher.stepDown({ successor: "nobody" });
    await group.clock.advance(2 * (INTERVAL / 2) + 15);
    expect(await handover).toEqual({ successor: "b" });
    expect(b?.watcher.isPrimary).toBe(true);
  });
});

describe("terms under claims", () => {
  test("one that was away while a term was given does not give it again, once those who know of it are back", async () => {
    const group = new Group({ delay: 1 });
    const [a, b] = await group.settled("a", "b", "c");
    const { bus, clock } = group;
    bus.drop("a");
    await clock.advance(3 * TIMEOUT);
    expect(b?.log).toEqual(["promote 2 silence"]);
    for (const name of ["b", "c"]) bus.drop(name);
    await clock.advance(TIMEOUT);
    bus.restore("a");
    await clock.advance(TIMEOUT / 2);
    // In time to hear its claim, and not to make one.
    for (const name of ["b", "c"]) bus.restore(name);
    await clock.advance(2 * TIMEOUT);
    expect(a?.log.at(-1)).toBe("promote 3 silence");
  });
});
