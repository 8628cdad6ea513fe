import { describe, expect, test } from "vitest";
import type { EventSubscriber } from "../../src/bus.ts";
import { Watcher } from "../../src/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { INTERVAL, TIMEOUT } from "../support/group.ts";
import { ProgramBus } from "../support/program-bus.ts";

/** How long nothing more is done, in milliseconds. */
const LONG = 600_000;

/** Two watchers over one bus, the first of which is primary. Its streams are generators, as most programs write them. */
class Pair {
  readonly bus: ProgramBus = new ProgramBus();
  readonly clock: FakeClock = new FakeClock();
  readonly warnings: string[] = [];
  readonly watchers: readonly Watcher[];

  constructor() {
    this.watchers = [this.#create("a"), this.#create("b")];
  }

  #create(instanceId: string): Watcher {
    const { bus, clock } = this;
    const subscriber: EventSubscriber = {
      subscribeTo: async () => {
        const inner = await bus.subscribeTo();
        return (async function* () {
          yield* inner;
        })();
      },
    };
    return Watcher.forSecondary({
      publisher: bus,
      subscriber,
      instanceId,
      clock,
      logger: {
        debug: () => undefined,
        info: () => undefined,
        warn: (message) => void this.warnings.push(`${instanceId}: ${message}`),
        error: () => undefined,
      },
      enabled: true,
      heartbeatInterval: INTERVAL,
      heartbeatTimeout: TIMEOUT,
      onPromote: () => undefined,
    });
  }

  async start(): Promise<void> {
    for (const watcher of this.watchers) {
      const starting = watcher.start();
      await this.clock.advance(2 * TIMEOUT);
      await starting;
    }
    expect(this.primaries).toEqual([true, false]);
  }

  get primaries(): boolean[] {
    return this.watchers.map(({ isPrimary }) => isPrimary);
  }

  get linked(): boolean[] {
    return this.watchers.map((watcher) => watcher.status().transport.linked);
  }

  async shutdown(): Promise<void> {
    const leaving = this.watchers.map((watcher) => watcher.shutdown());
    await this.clock.advance(TIMEOUT);
    await Promise.all(leaving);
    expect(this.clock.timers).toBe(0);
  }
}

describe("a group on a program's own bus", () => {
  test("a foreign program's BigInt leaves it its primary, and is counted", async () => {
    const pair = new Pair();
    await pair.start();
    pair.bus.publish("instance.heartbeat", { instance_id: "some other program", uptime_ns: 123n });
    await pair.clock.advance(LONG);
    expect(pair.primaries).toEqual([true, false]);
    expect(pair.linked).toEqual([true, true]);
    const dropped = pair.watchers.map((watcher) => watcher.status().dropped);
    expect(dropped).toMatchObject([{ malformed: 1 }, { malformed: 1 }]);
    await pair.shutdown();
  });

  test.each<[string, (bus: ProgramBus) => void]>([
    ["end", (bus) => bus.end()],
    ["throw", (bus) => bus.fail(new Error("boom"))],
  ])("when all streams %s, then ten minutes later there is one primary, and everybody hears again", async (_, over) => {
    const pair = new Pair();
    await pair.start();
    over(pair.bus);
    await pair.clock.advance(0);
    expect(pair.linked).toEqual([false, false]);
    await pair.clock.advance(LONG);
    expect(pair.primaries.filter(Boolean)).toHaveLength(1);
    expect(pair.linked).toEqual([true, true]);
    expect(pair.bus.subscribed).toBe(4);
    expect(pair.warnings.filter((line) => line.includes("hears nothing"))).toHaveLength(2);
    const secondary = pair.watchers.find(({ isPrimary }) => !isPrimary);
    expect(pair.clock.wall() - (secondary?.lastHeartbeat?.getTime() ?? 0)).toBeLessThanOrEqual(INTERVAL);
    await pair.shutdown();
  });
});
