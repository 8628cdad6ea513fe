import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { describe, expect, test } from "vitest";
import type { Holder } from "../../src/election.ts";
import { identify } from "../../src/elections/host-lock/identity.ts";
import { sameHostFence } from "../../src/elections/host-lock/index.ts";
import { encodeLine } from "../../src/elections/host-lock/lines.ts";
import type { HolderRecord } from "../../src/elections/host-lock/record.ts";
import { openInstance, scratchFolder, spawnHolder, spawnInstance, type RemoteInstance, placeIn } from "./instances.ts";
import { greetingOf, madeUpRecord, takePort } from "./strangers.ts";

/** Changes the lock's file as nobody but a test would. */
function alterFile(workdir: string, fields: Partial<HolderRecord>): void {
  const { file } = placeIn(workdir);
  const record = JSON.parse(readFileSync(file, "utf8")) as HolderRecord;
  writeFileSync(file, JSON.stringify({ ...record, ...fields }));
}

function isAlive({ pid }: { pid: number }): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.runIf(process.platform === "linux")("a holder that hangs", () => {
  test("keeps the lock, and is named to whoever comes later, from the file", async () => {
    const workdir = scratchFolder();
    const holder = await spawnHolder({ workdir });
    await holder.stop();
    const instance = await openInstance({ workdir });
    const outcome = await instance.campaign();
    const { boot_id: bootId, pid_namespace: pidNamespace, start_ticks: startTicks } = identify(holder.pid);
    const { file, port } = placeIn(workdir);
    expect(outcome).toEqual({
      won: false,
      message: expect.stringContaining(`hangs ${holder.instanceId} (pid ${holder.pid}, term 1)`) as string,
      holder: {
        instanceId: holder.instanceId,
        incarnation: holder.incarnation,
        term: 1,
        pid: holder.pid,
        startedAt: expect.stringMatching(/^\d{4}-/) as string,
        details: { file, port, bootId, pidNamespace, startTicks, patience: 500 },
      },
      alive: false,
    });
    expect(instance.log.reports).toEqual([]);
  });

  test("is named at once to whoever it has greeted before", async () => {
    const workdir = scratchFolder();
    const holder = await spawnHolder({ workdir });
    const instance = await openInstance({ workdir });
    const { holder: greeted } = await instance.log.next("is greeted", "greeted");
    await holder.stop();
    expect(await instance.campaign()).toMatchObject({ won: false, holder: greeted });
  });

  test("greets when it goes on", async () => {
    const workdir = scratchFolder();
    const holder = await spawnHolder({ workdir });
    await holder.stop();
    const instance = await openInstance({ workdir });
    expect(await instance.campaign()).toHaveProperty("holder");
    holder.signal("SIGCONT");
    await instance.log.next("is greeted late", "greeted", (report) => report.holder.incarnation === holder.incarnation);
  });

  test("is told from a connection that only this side knows of, which is made anew", async () => {
    const workdir = scratchFolder();
    const place = placeIn(workdir);
    writeFileSync(place.file, JSON.stringify({ ...madeUpRecord({ pid: process.pid }), ...identify("self") }));
    const stranger = await takePort(place.port);
    const instance = await openInstance({ workdir });
    const silent = await stranger.connection(0);
    // What the kernel does where a connection is known on one side only.
    silent.once("data", () => silent.resetAndDestroy());
    const second = await stranger.connection(1);
    second.write(encodeLine(greetingOf(place, { incarnation: "the winner" })));
    await instance.log.next("is greeted", "greeted", ({ holder }) => holder.incarnation === "the winner");
  });

  test("is killed by the fence, and then it is the kernel that says so", async () => {
    const workdir = scratchFolder();
    const holder = await spawnHolder({ workdir });
    await holder.stop();
    const instance = await openInstance({ workdir });
    const outcome = await instance.campaign();
    if (outcome.won || outcome.holder === undefined) throw new Error("the hung holder was not named");
    const told: string[] = [];
    expect(await sameHostFence({ report: (message) => told.push(message) })(outcome.holder)).toBe(true);
    expect(await holder.ended).toBe("SIGKILL");
    expect(told).toEqual([`Killed ${holder.instanceId} (pid ${holder.pid}), which held the lock and hung`]);
    await instance.log.next("the proof", "evidence", ({ evidence }) => evidence.kind === "refused");
    expect((await instance.win()).term).toBe(2);
  });

  test("is not taken for an instance that resigned, although that lives and a stranger is silent on the port", async () => {
    const workdir = scratchFolder();
    const retired = await spawnHolder({ workdir });
    retired.order({ type: "resign" });
    await retired.log.next("resigns", "resigned");
    await takePort(placeIn(workdir).port);
    const instance = await openInstance({ workdir });
    expect(await instance.campaign()).not.toHaveProperty("holder");
    await instance.log.next("the stranger", "misconfigured", ({ message }) =>
      message.includes("said nothing for half a second"),
    );
  });

  test.each([
    ["another boot of the machine", { boot_id: "another" }],
    ["another pid namespace", { pid_namespace: "pid:[1]" }],
    ["a process that started at another time", { start_ticks: "1" }],
    ["a process that is gone", { pid: 2 ** 22 + 1 }],
    ["another group", { group: "other" }],
  ])("is a stranger where the file names %s", async (_what, fields) => {
    const workdir = scratchFolder();
    const holder = await spawnHolder({ workdir });
    await holder.stop();
    alterFile(workdir, fields);
    const instance = await openInstance({ workdir });
    const outcome = await instance.campaign();
    expect(outcome).toEqual({ won: false, message: expect.stringContaining("said nothing") as string });
    expect(instance.log.all("misconfigured")).toHaveLength(1);
  });
});

describe("a silent stranger on the port", () => {
  test("is reported once and outlived", async () => {
    const workdir = scratchFolder();
    const stranger = await takePort(placeIn(workdir).port);
    const instance = await openInstance({ workdir });
    const { message } = await instance.log.next("the stranger", "misconfigured");
    expect(await instance.campaign()).toEqual({ won: false, message });
    await stranger.connection(2);
    expect(instance.log.all("misconfigured")).toHaveLength(1);
    await stranger.leave();
    expect((await instance.win()).term).toBe(1);
  });
});

describe.runIf(process.platform === "linux")("the fence does nothing and says why", () => {
  async function hungHolder(): Promise<{ process: RemoteInstance; holder: Holder; workdir: string }> {
    const workdir = scratchFolder();
    const [holding, watching] = [await spawnHolder({ workdir }), await spawnInstance({ workdir })];
    const { holder } = await watching.log.next("is greeted", "greeted");
    await holding.stop();
    return { process: holding, holder, workdir };
  }

  async function expectRefusal(holder: Holder, why: string | RegExp): Promise<void> {
    const told: string[] = [];
    expect(await sameHostFence({ report: (message) => told.push(message) })(holder)).toBe(false);
    expect(told).toEqual([expect.stringMatching(why)]);
    expect(told[0]).toMatch(/^Did not kill /);
  }

  test.each<[string, Partial<HolderRecord>, RegExp]>([
    ["the file names another incarnation", { incarnation: "newer" }, /names another holder by now/],
    ["the file names another process id", { pid: 1 }, /names another holder by now/],
    ["the file says that the holder resigned", { resigned: true }, /says that it has resigned/],
    ["the boot ids differ", { boot_id: "another" }, /describes another process/],
    ["the pid namespaces differ", { pid_namespace: "pid:[1]" }, /describes another process/],
    ["the start times differ", { start_ticks: "1" }, /describes another process/],
  ])("when %s", async (_what, fields, why) => {
    const { process: holding, holder, workdir } = await hungHolder();
    alterFile(workdir, fields);
    await expectRefusal(holder, why);
    expect(isAlive(holding)).toBe(true);
  });

  test.each<[string, Partial<HolderRecord>, RegExp]>([
    ["it ran before the machine was last started", { boot_id: "another" }, /before the machine was last started/],
    ["its number counts in another namespace", { pid_namespace: "pid:[1]" }, /counts in another pid namespace/],
    ["its number was given to another process", { start_ticks: "1" }, /is another one now/],
    ["there is no such process", { pid: 2 ** 22 + 1 }, /there is no process 4194305 now/],
    ["its system did not say which process it is", { boot_id: "", pid_namespace: "", start_ticks: "" }, /only Linux/],
  ])("when %s, in the file and in what was greeted alike", async (_what, fields, why) => {
    const { process: holding, holder, workdir } = await hungHolder();
    alterFile(workdir, fields);
    const details = { ...holder.details };
    if (fields.boot_id !== undefined) details["bootId"] = fields.boot_id;
    if (fields.pid_namespace !== undefined) details["pidNamespace"] = fields.pid_namespace;
    if (fields.start_ticks !== undefined) details["startTicks"] = fields.start_ticks;
    await expectRefusal({ ...holder, details, ...(fields.pid === undefined ? {} : { pid: fields.pid }) }, why);
    expect(isAlive(holding)).toBe(true);
  });

  test("when the file is gone, or cannot be understood", async () => {
    const { process: holding, holder, workdir } = await hungHolder();
    writeFileSync(placeIn(workdir).file, "{");
    await expectRefusal(holder, /Cannot read the last term/);
    await expectRefusal({ ...holder, details: { ...holder.details, file: `${workdir}/missing` } }, /is not there/);
    expect(isAlive(holding)).toBe(true);
  });

  test("when it is not told which process to kill, or is told its own", async () => {
    const somebody = { instanceId: "a", incarnation: "n", term: 1, pid: process.pid };
    const { file, port } = placeIn(scratchFolder());
    const identity = identify("self");
    writeFileSync(file, JSON.stringify(madeUpRecord({ ...identity, pid: process.pid, incarnation: "n" })));
    const details = {
      file,
      port,
      bootId: identity.boot_id,
      pidNamespace: identity.pid_namespace,
      startTicks: identity.start_ticks,
    };
    await expectRefusal(somebody, /no host lock has said/);
    await expectRefusal({ instanceId: "a", incarnation: "n", term: 1, details }, /no host lock has said/);
    await expectRefusal({ ...somebody, details }, /runs in this very process/);
  });
});
