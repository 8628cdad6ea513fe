import { Server } from "node:net";
import process from "node:process";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { systemClock, type Clock } from "../../src/clock.ts";
import { identify } from "../../src/elections/host-lock/identity.ts";
import { MAX_LINE } from "../../src/elections/host-lock/lines.ts";
import { freePorts } from "../support/ports.ts";
import { openInstance, scratchFolder, spawnHolder, placeIn } from "./instances.ts";
import { greetingOf, listenTo, takePort } from "./strangers.ts";

describe("the watch over the port", () => {
  test("the holder greets in one line with everything that is known of it", async () => {
    const workdir = scratchFolder();
    const holder = await openInstance({ workdir });
    await holder.win(8);
    const { identity: path, port } = placeIn(workdir);
    const { line } = await listenTo(port);
    expect(await line(0)).toMatchObject({
      v: 1,
      type: "greeting",
      path,
      holder: {
        group: "test",
        term: 9,
        instance_id: holder.instanceId,
        incarnation: holder.incarnation,
        pid: process.pid,
        ...identify("self"),
      },
    });
  });

  test("whoever opens while somebody holds the lock is told who", async () => {
    const workdir = scratchFolder();
    const holder = await spawnHolder({ workdir });
    const instance = await openInstance({ workdir });
    const { holder: greeted } = await instance.log.next("is greeted", "greeted");
    const { file } = placeIn(workdir);
    const { boot_id: bootId, pid_namespace: pidNamespace, start_ticks: startTicks } = identify(holder.pid);
    expect(greeted).toMatchObject({
      instanceId: holder.instanceId,
      incarnation: holder.incarnation,
      term: 1,
      pid: holder.pid,
      details: { file, bootId, pidNamespace, startTicks },
    });
  });

  test("whoever was there before is told as soon as somebody wins", async () => {
    const workdir = scratchFolder();
    const [a, b] = [await openInstance({ workdir }), await openInstance({ workdir })];
    await b.win();
    await a.log.next("a hears of b", "greeted", ({ holder }) => holder.incarnation === b.incarnation);
  });

  test("whoever loses a race hears of the winner without waiting for its own backoff", async () => {
    const workdir = scratchFolder();
    const timeless: Clock = { ...systemClock, setTimer: () => ({ cancel: () => undefined }) };
    const loser = await openInstance({ workdir, clock: timeless });
    const winner = await openInstance({ workdir });
    await winner.win();
    expect(await loser.campaign()).toMatchObject({ won: false, holder: { incarnation: winner.incarnation } });
  });

  test("a holder does not hear itself", async () => {
    const holder = await openInstance({ workdir: scratchFolder() });
    await holder.win();
    // A campaign that finds the port taken connects at once to whoever has it.
    expect(await holder.campaign()).toEqual({ won: false, message: expect.any(String) as string });
    expect(holder.log.all("greeted")).toEqual([]);
  });

  test("a campaign does not insist against a holder that has greeted: it tries the port once", async () => {
    const workdir = scratchFolder();
    const [holder, instance] = [await openInstance({ workdir }), await openInstance({ workdir })];
    await holder.win();
    await instance.log.next("is greeted", "greeted");
    const listening = vi.spyOn(Server.prototype, "listen");
    onTestFinished(() => listening.mockRestore());
    expect(await instance.campaign()).toMatchObject({ won: false, holder: { incarnation: holder.incarnation } });
    expect(listening).toHaveBeenCalledTimes(1);
  });

  test("a holder is greeted only when its term is known", async () => {
    const workdir = scratchFolder();
    const place = placeIn(workdir);
    const holder = await takePort(place.port, greetingOf(place, { term: null }));
    const instance = await openInstance({ workdir });
    expect(await instance.campaign()).toMatchObject({ won: false, holder: { incarnation: "made-up", term: null } });
    expect(instance.log.all("greeted")).toEqual([]);
    holder.say(greetingOf(place, { term: 4 }));
    await instance.log.next("the term", "greeted", ({ holder }) => holder.term === 4);
  });

  test("a killed holder is unlinked first, then refused, once each", async () => {
    const workdir = scratchFolder();
    const holder = await spawnHolder({ workdir });
    const instance = await openInstance({ workdir });
    await instance.log.next("is greeted", "greeted");
    holder.signal("SIGKILL");
    await instance.log.next("the proof", "evidence", ({ evidence }) => evidence.kind === "refused");
    const { incarnation } = holder;
    // While the next holder starts, connections are refused again and again; that adds nothing.
    const next = await spawnHolder({ workdir });
    await instance.log.next("the next holder", "greeted", (report) => report.holder.incarnation === next.incarnation);
    expect(instance.log.all("evidence").map(({ evidence }) => evidence)).toEqual([
      { kind: "unlinked", incarnation },
      { kind: "refused", incarnation },
    ]);
  });

  test("whoever bound the lock only to find out that it is free is not taken for the one that held it", async () => {
    const workdir = scratchFolder();
    const place = placeIn(workdir);
    const holder = await takePort(place.port, greetingOf(place));
    const instance = await openInstance({ workdir });
    await instance.log.next("is greeted", "greeted");
    holder.greet(greetingOf(place, { incarnation: "another candidate", term: null }));
    (await holder.connection(0)).destroy();
    // It has greeted before it goes again.
    (await holder.connection(1)).end();
    await holder.connection(2);
    await holder.leave();
    const proof = await instance.log.next("the proof", "evidence", ({ evidence }) => evidence.kind === "refused");
    expect(proof.evidence).toEqual({ kind: "refused", incarnation: "made-up" });
  });

  test("a lost connection to a living holder is a hint and no proof", async () => {
    const workdir = scratchFolder();
    const place = placeIn(workdir);
    const holder = await takePort(place.port, greetingOf(place));
    const instance = await openInstance({ workdir });
    await instance.log.next("is greeted", "greeted");
    instance.log.clear();
    (await holder.connection(0)).destroy();
    await instance.log.next("the hint", "evidence", ({ evidence }) => evidence.kind === "unlinked");
    await instance.log.next("is greeted again", "greeted");
    holder.say({ type: "leaving" });
    await holder.leave();
    const next = await spawnHolder({ workdir });
    await instance.log.next("the next holder", "greeted", (report) => report.holder.incarnation === next.incarnation);
    expect(instance.log.all("evidence").map(({ evidence }) => evidence.kind)).toEqual(["unlinked", "shutdown"]);
  });

  test("a dying holder whose port still answers is asked again until it is refused", async () => {
    const workdir = scratchFolder();
    const place = placeIn(workdir);
    const holder = await takePort(place.port, greetingOf(place));
    const instance = await openInstance({ workdir });
    await instance.log.next("is greeted", "greeted");
    const [first, second] = [await holder.connection(0), holder.connection(1)];
    first.destroy();
    await second;
    await holder.leave();
    await instance.log.next("the proof", "evidence", ({ evidence }) => evidence.kind === "refused");
  });

  test("a goodbye is told as such, and never as a death", async () => {
    const workdir = scratchFolder();
    const holder = await openInstance({ workdir });
    const instance = await openInstance({ workdir });
    const mandate = await holder.win();
    await instance.log.next("is greeted", "greeted");
    await mandate.resign({ successor: "heir" });
    await instance.log.next("the goodbye", "evidence");
    await (await instance.win()).resign();
    expect(instance.log.all("evidence").map(({ evidence }) => evidence)).toEqual([
      { kind: "shutdown", incarnation: holder.incarnation, successor: "heir" },
    ]);
  });

  test("the holder of another group's lock is reported once, and its port tried again", async () => {
    const port = await freePorts(1);
    const workdir = scratchFolder();
    const other = await openInstance({ workdir, port, group: "other" });
    const mandate = await other.win();
    const instance = await openInstance({ workdir, port });
    const { message } = await instance.log.next("the mistake", "misconfigured");
    expect(message).toContain(
      `holds the lock of group "other" in ${workdir} (${other.instanceId}, pid ${process.pid})`,
    );
    expect(message).toContain(`port ${port} of 127.0.0.1`);
    expect(await instance.campaign()).toEqual({ won: false, message });
    expect(instance.log.all("misconfigured")).toHaveLength(1);
    expect(instance.log.all("greeted")).toEqual([]);
    await mandate.resign();
    await other.election.close?.();
    expect((await instance.win()).term).toBe(1);
  });

  test("the holder of the same group's lock in another folder is a mistake too", async () => {
    const port = await freePorts(1);
    const other = await openInstance({ workdir: scratchFolder(), port });
    await other.win();
    const instance = await openInstance({ workdir: scratchFolder(), port });
    await instance.log.next("the mistake", "misconfigured", ({ message }) => message.includes(other.workdir));
  });

  test.each([
    ["a banner", "220 mail.example.org ESMTP\r\n", "does not speak our language"],
    ["a later version", '{"v":2,"type":"greeting"}\n', "speaks version 2 of our language, not 1"],
    ["half a greeting", '{"v":1,"type":"greeting","path":"/"}\n', "says what cannot be understood"],
    ["a line without an end", "x".repeat(MAX_LINE + 1), "says a line without an end"],
  ])("%s comes from a stranger, who is reported and not believed", async (_what, text, why) => {
    const workdir = scratchFolder();
    const { port } = placeIn(workdir);
    const stranger = await takePort(port, text);
    const instance = await openInstance({ workdir });
    await instance.log.next("the stranger", "misconfigured", ({ message }) => message.includes(why));
    expect(await instance.campaign()).not.toHaveProperty("holder");
    expect(instance.log.all("misconfigured")).toHaveLength(1);
    await stranger.leave();
    await instance.win();
    expect(instance.log.all("evidence")).toEqual([]);
  });

  test.runIf(process.platform === "linux")("it comes from an address that cannot connect to itself", async () => {
    const workdir = scratchFolder();
    const place = placeIn(workdir);
    const holder = await takePort(place.port, greetingOf(place));
    await openInstance({ workdir });
    expect((await holder.connection(0)).remoteAddress).toBe("127.0.0.2");
  });

  test("check finds the holder, and undefined where nobody holds the lock", async () => {
    const workdir = scratchFolder();
    const [holder, instance] = [await openInstance({ workdir }), await openInstance({ workdir })];
    const { signal } = new AbortController();
    expect(await instance.election.check?.(signal)).toBeUndefined();
    await holder.win();
    expect(await instance.election.check?.(signal)).toMatchObject({ incarnation: holder.incarnation, term: 1 });
  });

  test("check does not take the holder of another lock for the own one", async () => {
    const [workdir, port] = [scratchFolder(), await freePorts(1)];
    await (await openInstance({ workdir, port, group: "other" })).win();
    const instance = await openInstance({ workdir, port });
    expect(await instance.election.check?.(new AbortController().signal)).toBeUndefined();
  });

  test("check gives up when it is told to", async () => {
    const workdir = scratchFolder();
    const silent = await takePort(placeIn(workdir).port);
    const instance = await openInstance({ workdir });
    const controller = new AbortController();
    const checking = instance.election.check?.(controller.signal);
    await silent.connection(1);
    controller.abort();
    expect(await checking).toBeUndefined();
  });
});
