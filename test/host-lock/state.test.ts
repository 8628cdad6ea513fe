import { chmodSync, chownSync, existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { settle } from "../../src/elections/host-lock/place.ts";
import { readRecord, writeRecord } from "../../src/elections/host-lock/record.ts";
import { stateFile, stateFolder } from "../../src/elections/host-lock/state.ts";
import { openInstance, placeIn, scratchFolder, spawnHolder, spawnInstance } from "./instances.ts";
import { madeUpRecord } from "./strangers.ts";

describe("where the last term is kept", () => {
  test.each([
    [{ STATE_DIRECTORY: "/var/lib/shop", XDG_STATE_HOME: "/xdg", HOME: "/home/u" }, "/var/lib/shop"],
    [{ STATE_DIRECTORY: "/var/lib/shop:/var/lib/other", HOME: "/home/u" }, "/var/lib/shop"],
    [{ STATE_DIRECTORY: "shop", XDG_STATE_HOME: "/xdg", HOME: "/home/u" }, "/xdg/failover-watcher"],
    [{ STATE_DIRECTORY: "", XDG_STATE_HOME: "xdg", HOME: "/home/u" }, "/home/u/.local/state/failover-watcher"],
    [{}, join(homedir(), ".local/state/failover-watcher")],
  ])("the environment %j means %s", (environment, folder) => {
    expect(stateFolder(() => environment)).toBe(folder);
  });

  test("an environment that says nothing, or may not be asked, is an error that says what to give", () => {
    expect(() => stateFolder(() => ({ HOME: "relative" }))).toThrow(
      /^Cannot tell where .* "relative\/.*; give .*"stateDir"/,
    );
    const refused = (): never => {
      throw new Error("Requires env access");
    };
    expect(() => stateFolder(refused)).toThrow(/^Cannot tell where the last term is kept: Requires env access; give/);
  });

  test("services have files of their own: two names, a name and a path, two paths of one end", () => {
    const options = [
      { service: "app" },
      { service: "App2" },
      { workdir: "/app" },
      { workdir: `/${"x".repeat(60)}/app` },
    ];
    const more = [{ workdir: `/y${"x".repeat(60)}/app` }, { workdir: "/" }];
    const files = [...options, ...more].map((each) => stateFile(settle(each).service, "g", "/state"));
    expect(new Set(files).size).toBe(files.length);
    for (const file of files) expect(dirname(file)).toBe("/state");
  });

  test("nothing is written into the folder that names the service", async () => {
    const workdir = scratchFolder();
    const stateDir = join(scratchFolder(), "not/there/yet");
    const instance = await openInstance({ workdir, stateDir });
    await instance.win();
    await instance.election.close?.();
    expect(readdirSync(workdir)).toEqual([]);
    expect(readdirSync(stateDir)).toHaveLength(1);
  });

  test("who keeps the last term elsewhere than the holder is told so, and goes on above the term that it heard", async () => {
    const [workdir, stateDir] = [scratchFolder(), scratchFolder()];
    const holder = await openInstance({ workdir });
    const mandate = await holder.win(6);
    const other = await openInstance({ workdir, stateDir });
    await other.log.next("the difference", "misconfigured", ({ message }) =>
      /keeps the last term in another/.test(message),
    );
    const { holder: greeted } = await other.log.next("the holder", "greeted");
    await mandate.resign();
    expect((await other.win(greeted.term ?? 0)).term).toBe(8);
  });
});

describe("what a holder does for its file", () => {
  test("what crashed holders left beside it is swept, and a rehearsal that may be under way is not", async () => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    const instance = await openInstance({ workdir });
    const { incarnation } = instance;
    const left = [".a.tmp", ".b.next", ".c.rehearsal", ".c.rehearsal.c.tmp"].map((end) => `${file}${end}`);
    for (const path of left) writeFileSync(path, "{");
    const young = `${file}.d.rehearsal`;
    const [foreign, own] = [join(workdir, "notes.tmp"), `${file}.${incarnation}.under-way.next`];
    for (const path of [young, foreign, own]) writeFileSync(path, "{");
    for (const path of left) utimesSync(path, 1, 1);
    await instance.win();
    await expect.poll(() => left.filter(existsSync), { timeout: 10_000 }).toEqual([]);
    expect([young, foreign, own].map(existsSync)).toEqual([true, true, true]);
  });

  test("a file that is removed while its holder lives is written again, and that is reported", async () => {
    const workdir = scratchFolder();
    const stateDir = join(scratchFolder(), "state");
    const holder = await openInstance({ workdir, stateDir });
    await holder.win(6);
    rmSync(stateDir, { recursive: true });
    await holder.log.next("the report", "error", ({ message }) => /was removed while its holder lives/.test(message));
    const [name = ""] = readdirSync(stateDir);
    expect(readRecord(join(stateDir, name))).toMatchObject({ incarnation: holder.incarnation, term: 7 });
    expect(holder.log.all("lost")).toEqual([]);
  });

  test("an older file that is put in its place is replaced by the holder's", async () => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    const holder = await openInstance({ workdir });
    await holder.win(6);
    writeRecord(file, madeUpRecord({ term: 3 }), false);
    await holder.log.next("the report", "error", ({ message }) => /replaced by one of term 3/.test(message));
    expect(readRecord(file)).toMatchObject({ incarnation: holder.incarnation, term: 7 });
  });

  test("a file that names a later holder ends the mandate at once, and stays", async () => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    const holder = await openInstance({ workdir });
    const mandate = await holder.win();
    writeRecord(file, madeUpRecord({ term: 2 }), false);
    await holder.log.next("the loss", "lost", ({ message }) =>
      /names somebody \(pid 1\) as the holder of term 2/.test(message),
    );
    await mandate.resign();
    expect(readRecord(file)).toMatchObject({ incarnation: "made-up", term: 2 });
    expect((await holder.win()).term).toBe(3);
  });

  test("a holder that resigns leaves a later holder's record as it is", async () => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    const holder = await openInstance({ workdir });
    const mandate = await holder.win();
    writeRecord(file, madeUpRecord({ term: 9 }), false);
    await mandate.resign();
    expect(readRecord(file)).toMatchObject({ incarnation: "made-up", term: 9 });
  });
});

describe("a folder that two users share", () => {
  const NOBODY = 65_534;

  test("where only its owner can replace the file, whoever cannot is told at the start and not in a failover", async () => {
    expect(process.getuid?.(), "this test needs root: it starts an instance as another user").toBe(0);
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    chmodSync(workdir, 0o1777);
    const holder = await spawnHolder({ workdir });
    const other = await spawnInstance({ workdir, uid: NOBODY });
    const { message } = await other.log.next("the report", "error");
    expect(message).toContain(
      `Cannot replace ${file} in a failover: it belongs to user 0, this process is user ${NOBODY}`,
    );
    holder.signal("SIGKILL");
    await holder.ended;
    other.order({ type: "campaign" });
    await other.log.next("that it cannot", "undecided", ({ message }) => message.includes(basename(file)));
  });

  test("the owner of the folder, and of the file, can replace it and are told nothing", async () => {
    expect(process.getuid?.(), "this test needs root: it starts an instance as another user").toBe(0);
    const workdir = scratchFolder();
    chmodSync(workdir, 0o1777);
    chownSync(workdir, NOBODY, NOBODY);
    const holder = await spawnHolder({ workdir });
    const other = await spawnInstance({ workdir, uid: NOBODY });
    holder.signal("SIGKILL");
    await holder.ended;
    other.order({ type: "campaign" });
    await other.log.next("its victory", "won");
    expect(other.log.all("error")).toEqual([]);
    expect(statSync(placeIn(workdir).file).uid).toBe(NOBODY);
  });
});
