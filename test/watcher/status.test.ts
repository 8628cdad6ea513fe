import { describe, expect, test } from "vitest";
import { fixed } from "../../src/detectors/fixed.ts";
import type { Election } from "../../src/election.ts";
import { Group, INTERVAL, TIMEOUT } from "../support/group.ts";

describe("suspicion", () => {
  test("grows from 0 to 1 and stays there, however long the silence and late the look", async () => {
    const group = new Group({ delay: 1 });
    await group.settled("a");
    const { watcher } = await group.start("b", { enabled: false });
    await group.clock.advance(2 * INTERVAL);
    group.bus.kill("a");
    const seen: number[] = [];
    for (let step = 0; step < 8; step += 1) {
      await group.clock.advance(INTERVAL);
      seen.push(watcher.status().suspicion);
    }
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    expect(seen.at(0)).toBeLessThan(1);
    expect(seen.at(-1)).toBe(1);
    group.clock.stall(10 * TIMEOUT);
    expect(watcher.status().suspicion).toBe(1);
  });

  test.each([0, -1])(
    "is 1 where a detector of one's own convicts %s ms after a heartbeat, in the moment of the heartbeat too",
    async (wait) => {
      const group = new Group();
      await group.settled("a");
      const detector = { ...fixed(), deadline: (_: unknown, { at }: { at: number }) => at + wait };
      const { watcher } = await group.start("b", { enabled: false, detector });
      const seen: number[] = [];
      for (let step = 0; step < 2 * INTERVAL; step += 1) {
        await group.clock.advance(1);
        seen.push(watcher.status().suspicion);
      }
      expect(seen.every((suspicion) => suspicion >= 0 && suspicion <= 1)).toBe(true);
      expect(seen.at(-1)).toBe(1);
    },
  );

  test("is 0 for who stops its work and watches nobody yet, and where no silence ever convicts", async () => {
    const group = new Group();
    const { watcher } = await group.start("a", { onDemote: () => new Promise(() => undefined) });
    await group.clock.advance(20 * TIMEOUT);
    void watcher.stepDown();
    await group.clock.advance(1);
    expect(watcher.status()).toMatchObject({ role: "secondary", suspicion: 0 });
    const patient = { ...fixed(), deadline: () => Infinity };
    const { watcher: other } = await group.start("b", { detector: patient });
    await group.clock.advance(INTERVAL);
    expect(other.status().suspicion).toBeLessThanOrEqual(1);
  });
});

describe("the link in the status", () => {
  test("is down before the start and after the shutdown, whatever it was between", async () => {
    const group = new Group();
    const { watcher } = group.create("a");
    expect(watcher.status()).toMatchObject({ state: "new", transport: { linked: false } });
    const starting = watcher.start();
    await group.clock.advance(0);
    await starting;
    expect(watcher.status()).toMatchObject({ state: "watching", transport: { linked: true } });
    group.bus.stop();
    expect(watcher.status().transport.linked).toBe(false);
    group.bus.start();
    await group.clock.advance(1);
    expect(watcher.status().transport.linked).toBe(true);
    const leaving = watcher.shutdown();
    await group.clock.advance(INTERVAL);
    await leaving;
    expect(watcher.status()).toMatchObject({ state: "ended", transport: { linked: false } });
    expect(watcher.formatStatus()).toContain("link down");
  });

  test("is down where the start failed", async () => {
    const group = new Group();
    group.bus.stop();
    const { watcher } = group.create("a");
    await expect(watcher.start()).rejects.toThrow();
    expect(watcher.status().transport.linked).toBe(false);
  });
});

test("whoever hears a primary of another election says which, and that it does not campaign", async () => {
  const group = new Group({ delay: 1 });
  const election: Election = {
    name: "test-lock",
    traits: { exclusive: true, durable: true, deadline: false },
    campaign: () => Promise.resolve({ won: true, mandate: { term: 1, resign: () => Promise.resolve() } }),
  };
  const a = await group.start("a", { election, role: "primary" });
  const { watcher } = await group.start("b");
  await group.clock.advance(2 * INTERVAL);
  expect(a.watcher.isPrimary).toBe(true);
  expect(watcher.status().otherElection).toBe("test-lock");
  expect(watcher.formatStatus()).toContain("the primary uses another election (test-lock)");
  expect(a.watcher.status()).not.toHaveProperty("otherElection");
});
