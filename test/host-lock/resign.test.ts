import { readFileSync } from "node:fs";
import { Server } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openInstance, scratchFolder, spawnInstance, type Instance, placeIn } from "./instances.ts";
import { greetingOf, listenTo, takePort } from "./strangers.ts";

/** Wins with an instance, and lends its listener to the test. */
async function winAndCatchListener(instance: Instance): Promise<Server> {
  const listening = vi.spyOn(Server.prototype, "listen");
  onTestFinished(() => listening.mockRestore());
  await instance.win();
  const [server] = listening.mock.contexts.slice(-1);
  if (!(server instanceof Server)) throw new Error("the election listened nowhere");
  return server;
}

describe("leaving", () => {
  test("every connection is told who is to follow, and then ends", async () => {
    const workdir = scratchFolder();
    const holder = await openInstance({ workdir });
    const mandate = await holder.win();
    const listeners = [await listenTo(placeIn(workdir).port), await listenTo(placeIn(workdir).port)];
    await Promise.all(listeners.map(({ line }) => line(0)));
    await mandate.resign({ successor: "heir" });
    for (const { line, over } of listeners) {
      expect(await line(1)).toEqual({ v: 1, type: "leaving", successor: "heir" });
      await over;
    }
  });

  test("the lock is free when the resignation resolves", async () => {
    const workdir = scratchFolder();
    const [holder, other] = [await openInstance({ workdir }), await openInstance({ workdir })];
    const mandate = await holder.win();
    await other.log.next("is greeted", "greeted");
    await mandate.resign();
    expect((await other.win()).term).toBe(2);
  });

  test("all who watched are told, in whatever process, and the one that left watches its successor", async () => {
    const workdir = scratchFolder();
    const [holder, near, far] = [
      await openInstance({ workdir }),
      await openInstance({ workdir }),
      await spawnInstance({ workdir }),
    ];
    const mandate = await holder.win();
    await Promise.all([near, far].map(({ log }) => log.next("is greeted", "greeted")));
    await mandate.resign({ successor: near.instanceId });
    const farewell = { kind: "shutdown", incarnation: holder.incarnation, successor: near.instanceId };
    for (const { log } of [near, far]) expect((await log.next("the goodbye", "evidence")).evidence).toEqual(farewell);
    expect((await near.win()).term).toBe(2);
    await holder.log.next("the successor", "greeted", (report) => report.holder.incarnation === near.incarnation);
  });

  test("a campaign that begins on hearing the goodbye waits for the port", async () => {
    const workdir = scratchFolder();
    const place = placeIn(workdir);
    const holder = await takePort(place.port);
    const heir = await openInstance({ workdir });
    await holder.connection(0);
    holder.say(greetingOf(place));
    holder.say({ type: "leaving" });
    await heir.log.next("the goodbye", "evidence");
    const winning = heir.win();
    await holder.leave();
    expect((await winning).term).toBe(1);
  });

  test("resigning twice is one resignation, and does not touch the next mandate", async () => {
    const instance = await openInstance({ workdir: scratchFolder() });
    const mandate = await instance.win();
    await Promise.all([mandate.resign(), mandate.resign()]);
    await instance.win();
    await mandate.resign();
    const other = await openInstance({ workdir: instance.workdir });
    expect(await other.campaign()).toMatchObject({ won: false, holder: { term: 2 } });
  });

  test("a watcher that is stopped does not hold a resignation up", async () => {
    const workdir = scratchFolder();
    const [holder, stopped] = [await openInstance({ workdir }), await spawnInstance({ workdir })];
    const mandate = await holder.win();
    await stopped.log.next("is greeted", "greeted");
    await stopped.stop();
    await mandate.resign();
    expect((await (await openInstance({ workdir })).win()).term).toBe(2);
  });
});

describe("losing the port", () => {
  test.each<[string, (server: Server) => void, RegExp]>([
    ["closed", (server) => void server.close(), /was closed within this process/],
    ["broken", (server) => void server.emit("error", new Error("accept failed")), /failed \(accept failed\)/],
  ])("a listener that is %s is the loss of the mandate, told once, and the lock is free", async (_how, harm, why) => {
    const workdir = scratchFolder();
    const [holder, other] = [await openInstance({ workdir }), await openInstance({ workdir })];
    harm(await winAndCatchListener(holder));
    expect((await holder.log.next("the loss", "lost")).message).toMatch(why);
    expect((await other.win()).term).toBe(2);
    await holder.log.next("the next holder", "greeted", (report) => report.holder.incarnation === other.incarnation);
    expect(holder.log.all("lost")).toHaveLength(1);
  });

  test("whoever watched is told that the holder left, and not that its process is gone", async () => {
    const workdir = scratchFolder();
    const [holder, other] = [await openInstance({ workdir }), await openInstance({ workdir })];
    const server = await winAndCatchListener(holder);
    await other.log.next("is greeted", "greeted");
    server.emit("error", new Error("accept failed"));
    await other.log.next("the goodbye", "evidence");
    await (await other.win()).resign();
    expect(other.log.all("evidence").map(({ evidence }) => evidence)).toEqual([
      { kind: "shutdown", incarnation: holder.incarnation },
    ]);
  });

  test("whoever lost the port writes nothing into the file any more", async () => {
    const workdir = scratchFolder();
    const holder = await openInstance({ workdir });
    const server = await winAndCatchListener(holder);
    const { file } = placeIn(workdir);
    const written = readFileSync(file, "utf8");
    server.emit("error", new Error("accept failed"));
    await holder.log.next("the loss", "lost");
    await holder.election.close?.();
    expect(readFileSync(file, "utf8")).toBe(written);
  });

  test("a resignation is no loss", async () => {
    const holder = await openInstance({ workdir: scratchFolder() });
    const mandate = await holder.win();
    await mandate.resign();
    await holder.win();
    expect(holder.log.all("lost")).toEqual([]);
  });
});
