import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isFree } from "../../bench/group/ports.ts";
import { ElectionError } from "../../src/errors.ts";
import { watchPlace } from "../../src/elections/host-lock/watch.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { makeInstance, openInstance, scratchFolder, placeIn } from "./instances.ts";
import { takePort } from "./strangers.ts";

/** How long an open may go on that was closed meanwhile, in milliseconds. */
const SOON = 500;

describe("a host lock", () => {
  test("that was closed is opened again, campaigns, and its terms go on", async () => {
    const workdir = scratchFolder();
    const instance = makeInstance({ workdir });
    for (let round = 1; round <= 3; round += 1) {
      await instance.open();
      expect((await instance.win()).term).toBe(round);
      await instance.election.close?.();
      expect(await isFree(placeIn(workdir).port)).toBe(true);
    }
  });

  test("that was closed and opened again watches whoever holds the lock", async () => {
    const workdir = scratchFolder();
    const [holder, watcher] = [await openInstance({ workdir }), makeInstance({ workdir })];
    await watcher.open();
    await watcher.election.close?.();
    const mandate = await holder.win();
    await watcher.open();
    await watcher.log.next("is greeted", "greeted");
    expect(await watcher.election.check?.(AbortSignal.timeout(5_000))).toMatchObject({ term: 1 });
    await mandate.resign();
    expect((await watcher.win()).term).toBe(2);
  });

  test("whose folder was missing is opened when the folder is there", async () => {
    const workdir = join(scratchFolder(), "later");
    const instance = makeInstance({ workdir });
    for (let attempt = 1; attempt <= 2; attempt += 1) await expect(instance.open()).rejects.toThrow(ElectionError);
    mkdirSync(workdir);
    await instance.open();
    expect((await instance.win()).term).toBe(1);
  });

  test("whose close is under way refuses to be opened until that has resolved", async () => {
    const instance = makeInstance({ workdir: scratchFolder() });
    await instance.open();
    const closing = instance.election.close?.();
    await expect(instance.open()).rejects.toMatchObject({ name: "ElectionError", code: "CLOSED" });
    await closing;
    await instance.open();
    await instance.win();
  });
});

describe("news of a holder", () => {
  test("is not waited for by whoever called off before", async () => {
    const ignore = (): void => undefined;
    const clock = new FakeClock();
    const watch = watchPlace(placeIn(scratchFolder()), {
      group: "test",
      instanceId: "a",
      incarnation: "a#1",
      heartbeatInterval: 1_000,
      heartbeatTimeout: 3_000,
      candidate: true,
      clock,
      greeted: ignore,
      evidence: ignore,
      misconfigured: ignore,
      error: ignore,
    });
    await watch.news(1_000, AbortSignal.abort());
    expect(clock.timers).toBe(0);
  });
});

describe("closing while open is under way", () => {
  test.each([0, 1, 2, 4, 8, 16, 32])(
    "ends it after %d ms, leaves nothing, and it can be opened again",
    async (delay) => {
      const workdir = scratchFolder();
      const instance = makeInstance({ workdir });
      let outcome: unknown = "pending";
      const opening = instance.open().then(
        () => (outcome = "open"),
        (error: unknown) => (outcome = error),
      );
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      const early = outcome === "open";
      const began = performance.now();
      const closing = instance.election.close?.();
      await opening;
      if (!early) expect(outcome).toMatchObject({ name: "ElectionError", code: "CLOSED" });
      await closing;
      expect(performance.now() - began).toBeLessThan(SOON);
      expect(readdirSync(workdir)).toEqual([]);
      await instance.open();
      expect((await instance.win()).term).toBe(1);
    },
  );

  test("ends it where a stranger has the port", async () => {
    const workdir = scratchFolder();
    await takePort(placeIn(workdir).port);
    const instance = makeInstance({ workdir });
    for (let round = 1; round <= 5; round += 1) {
      const opening = instance.open();
      const began = performance.now();
      await Promise.all([
        expect(opening).rejects.toMatchObject({ name: "ElectionError", code: "CLOSED" }),
        instance.election.close?.(),
      ]);
      expect(performance.now() - began).toBeLessThan(SOON);
    }
  });
});
