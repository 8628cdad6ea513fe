import { describe, expect, test } from "vitest";
import { memory } from "../../transports/memory/index.ts";
import { Ear } from "../support/ear.ts";
import { Group, INTERVAL, TIMEOUT } from "../support/group.ts";

const CROWD = 25;

describe("what a failover of many secondaries costs the bus", () => {
  test.for([
    { how: "falls silent", end: (group: Group) => group.bus.drop("a") },
    { how: "is lost to the bus", end: (group: Group) => group.bus.kill("a") },
  ])("a primary that $how costs three messages for each secondary at most, and five more", async ({ end }) => {
    const group = new Group({ delay: 0.5, jitter: 1 });
    await group.settled("a");
    const names = Array.from({ length: CROWD }, (_, index) => `s${index}`);
    const crowd = await Promise.all(names.map((name) => group.start(name)));
    await group.clock.advance(2 * TIMEOUT);
    const ear = new Ear(group.clock);
    const listening = memory(group.bus);
    await listening.open(ear.context, ear.handlers);
    end(group);
    await group.clock.advance(TIMEOUT + INTERVAL / 2);
    await listening.close();
    expect(crowd.filter(({ watcher }) => watcher.isPrimary)).toHaveLength(1);
    const heard = ear.told.filter((what) => what.startsWith("message "));
    expect(heard.length).toBeGreaterThan(CROWD);
    expect(heard.length).toBeLessThanOrEqual(3 * CROWD + 5);
  });
});
