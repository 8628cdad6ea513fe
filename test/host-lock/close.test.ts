import { describe, expect, test } from "vitest";
import { ElectionError } from "../../src/errors.ts";
import { makeInstance, openInstance, scratchFolder, spawnHolder, spawnInstance, placeIn } from "./instances.ts";
import { takePort } from "./strangers.ts";

describe("closing", () => {
  test.each(["a holder", "a watcher of a holder", "a watcher of nobody"])("%s leaves nothing running", async (who) => {
    const workdir = scratchFolder();
    if (who === "a watcher of a holder") await (await openInstance({ workdir })).win();
    const instance = await (who === "a holder" ? spawnHolder : spawnInstance)({ workdir });
    if (who === "a watcher of a holder") await instance.log.next("is greeted", "greeted");
    instance.order({ type: "close" });
    await instance.log.next("closes", "closed");
    expect(await instance.ended).toBe(0);
  });

  test("gives up a mandate that is held", async () => {
    const workdir = scratchFolder();
    const [holder, other] = [await openInstance({ workdir }), await openInstance({ workdir })];
    await holder.win();
    await other.log.next("is greeted", "greeted");
    await holder.election.close?.();
    expect((await other.win()).term).toBe(2);
  });

  test("is safe twice, at the same time, and before open", async () => {
    const { election, open, win } = makeInstance({ workdir: scratchFolder() });
    await Promise.all([election.close?.(), election.close?.()]);
    await election.close?.();
    await open();
    await win();
    await Promise.all([election.close?.(), election.close?.()]);
    await election.close?.();
  });

  test("nothing is reported after it", async () => {
    const workdir = scratchFolder();
    const [holder, instance] = [await openInstance({ workdir }), await openInstance({ workdir })];
    const mandate = await holder.win();
    await instance.log.next("is greeted", "greeted");
    await instance.election.close?.();
    instance.log.clear();
    await mandate.resign();
    await (await openInstance({ workdir })).win();
    expect(instance.log.reports).toEqual([]);
  });

  test("calls off a campaign that is under way, and refuses the next", async () => {
    const workdir = scratchFolder();
    await takePort(placeIn(workdir).port);
    const instance = await openInstance({ workdir });
    const campaign = instance.campaign();
    await instance.election.close?.();
    expect(await campaign).toMatchObject({ won: false, message: expect.stringContaining("called off") as string });
    await expect(instance.campaign()).rejects.toThrow(ElectionError);
    await expect(instance.election.check?.(new AbortController().signal)).rejects.toThrow("The host lock was closed");
  });

  test("a campaign ends when its signal aborts, and gives up a port that it had", async () => {
    const workdir = scratchFolder();
    const instance = await openInstance({ workdir });
    const [before, during] = [AbortSignal.abort(), new AbortController()];
    expect(await instance.campaign(0, before)).toMatchObject({ won: false });
    const campaign = instance.campaign(0, during.signal);
    during.abort();
    expect(await campaign).toMatchObject({ won: false, message: expect.stringContaining("called off") as string });
    expect((await instance.win()).term).toBe(1);
  });

  test("an election that was not opened says so", async () => {
    await expect(makeInstance({ workdir: scratchFolder() }).campaign()).rejects.toThrow(/call open first/);
  });

  test("an election serves one watcher", async () => {
    const instance = makeInstance({ workdir: scratchFolder() });
    await instance.open();
    await expect(instance.open()).rejects.toThrow(/one serves one watcher/);
  });
});
