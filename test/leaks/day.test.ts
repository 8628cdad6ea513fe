import { expect, test } from "vitest";
import { defaultConfig } from "../../src/index.ts";
import { Group, type Instance } from "../support/group.ts";
import { growth, HEAP_NOISE, measure } from "./measure.ts";

const HOUR = 3_600_000;
const HOURS = 24;

/** The defaults: a day has 86 400 heartbeats. */
const { heartbeatInterval, heartbeatTimeout } = defaultConfig();
const TIMINGS = { heartbeatInterval, heartbeatTimeout };

/** What happens at the full hour; then nothing does for the rest of it. */
const EVENTS = ["step-down", "crash", "hold", "drop", "broker", "suspend", "restart", "nothing"] as const;

test(
  `${HOURS} hours of a group of three, through the whole library: every loss is answered, and nothing else moves`,
  { timeout: 180_000 },
  async () => {
    const group = new Group({ delay: 2, jitter: 3 });
    const { clock, bus } = group;
    const names = ["a", "b", "c"];
    const members = new Map<string, Instance>();
    for (const name of names) {
      members.set(name, await group.start(name, TIMINGS));
      await clock.advance(2 * TIMINGS.heartbeatTimeout);
    }
    let moves = 0;
    const primaryName = (): string => {
      const primaries = names.filter((name) => members.get(name)?.watcher.isPrimary);
      expect(primaries).toHaveLength(1);
      return primaries[0] ?? "";
    };
    const logged = (): number => [...members.values()].reduce((sum, { log }) => sum + log.length, 0);
    const termOf = (name: string): number => members.get(name)?.watcher.term ?? 0;

    /** Strikes, takes it back, and waits for an answer. @returns whether the role had to move */
    async function strike(event: (typeof EVENTS)[number], name: string): Promise<boolean> {
      const { watcher } = members.get(name) ?? expect.unreachable("The primary is a member.");
      const pass = (): Promise<void> => clock.advance(4 * TIMINGS.heartbeatTimeout);
      switch (event) {
        case "step-down": {
          const stepping = watcher.stepDown();
          await pass();
          await stepping;
          return true;
        }
        case "crash": {
          bus.kill(name);
          // Nobody hears it any more; but in here its program has to be ended by itself.
          const ending = watcher.shutdown();
          await pass();
          await ending;
          members.set(name, await group.start(name, TIMINGS));
          return true;
        }
        case "hold":
          bus.hold(name);
          await pass();
          bus.release(name);
          return true;
        case "drop":
          bus.drop(name);
          await pass();
          bus.restore(name);
          return true;
        case "broker":
          bus.stop();
          await pass();
          bus.start();
          return true;
        case "suspend":
          clock.suspend(HOUR);
          return true;
        case "restart": {
          const leaving = watcher.shutdown();
          await pass();
          await leaving;
          members.set(name, await group.start(name, TIMINGS));
          return true;
        }
        case "nothing":
          return false;
      }
    }

    let hour = 0;
    const samples = await measure(HOURS, async () => {
      const event = EVENTS[hour % EVENTS.length] ?? "nothing";
      hour += 1;
      const [before, name] = [clock.now(), primaryName()];
      const term = termOf(name);
      const moved = await strike(event, name);
      await clock.advance(5 * TIMINGS.heartbeatTimeout);
      if (moved) moves += 1;
      const settled = logged();
      const successor = primaryName();
      expect(termOf(successor) > term, `hour ${hour}: after ${event} the term rose from ${term}`).toBe(moved);
      await clock.advance(HOUR - (clock.now() - before));
      expect(primaryName()).toBe(successor);
      expect(logged(), `hour ${hour}: nothing moves long after ${event}`).toBe(settled);
    });

    expect(clock.now()).toBeGreaterThanOrEqual(HOURS * HOUR);
    expect(moves).toBe((HOURS * (EVENTS.length - 1)) / EVENTS.length);
    const { heap, resources, listeners } = growth(samples.filter(({ cycle }) => cycle >= EVENTS.length));
    expect({ resources, listeners }).toEqual({ resources: {}, listeners: 0 });
    expect(heap).toBeLessThan(HEAP_NOISE);
    const leaving = Promise.all([...members.values()].map(({ watcher }) => watcher.shutdown()));
    await clock.advance(TIMINGS.heartbeatTimeout);
    await leaving;
    expect(clock.timers).toBe(0);
  },
);
