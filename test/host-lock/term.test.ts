import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import process from "node:process";
import { describe, expect, test, vi } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { identify } from "../../src/elections/host-lock/identity.ts";
import { listen } from "../../src/elections/host-lock/listener.ts";
import { readRecord } from "../../src/elections/host-lock/record.ts";
import { ElectionError } from "../../src/errors.ts";
import { makeInstance, openInstance, scratchFolder, spawnHolder, placeIn } from "./instances.ts";
import { listenTo, madeUpRecord } from "./strangers.ts";

describe("the term, and the file that keeps it", () => {
  test("the first mandate has term 1, and a missing file is no error", async () => {
    const instance = await openInstance({ workdir: scratchFolder() });
    expect((await instance.win()).term).toBe(1);
    expect(instance.log.all("error")).toEqual([]);
  });

  test("the file names the holder by all its fields before the mandate is there", async () => {
    const workdir = scratchFolder();
    const instance = await openInstance({ workdir });
    await instance.win(6);
    const { file, port, folder } = placeIn(workdir);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      group: "test",
      term: 7,
      instance_id: instance.instanceId,
      incarnation: instance.incarnation,
      pid: process.pid,
      pub_port: 45_000,
      rpc_port: 45_001,
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      ...identify("self"),
      reserved: 0,
      lock_port: port,
      folder: folder?.object,
      state: folder?.object,
    });
  });

  test("nothing but that file is left in the folder", async () => {
    const workdir = scratchFolder();
    const instance = await openInstance({ workdir });
    await instance.win();
    await instance.election.close?.();
    expect(readdirSync(workdir)).toEqual([basename(placeIn(workdir).file)]);
  });

  test("the term is above the file's and above the highest heard", async () => {
    const workdir = scratchFolder();
    writeFileSync(placeIn(workdir).file, JSON.stringify(madeUpRecord({ term: 41 })));
    const instance = await openInstance({ workdir });
    const first = await instance.win(7);
    expect(first.term).toBe(42);
    await first.resign();
    expect((await instance.win(99)).term).toBe(100);
  });

  test("terms rise over restarts of every instance, however each ended", async () => {
    const workdir = scratchFolder();
    const terms: number[] = [];
    for (const ending of ["SIGKILL", "close", "SIGKILL"] as const) {
      const holder = await spawnHolder({ workdir });
      terms.push((await holder.log.next("wins", "won")).term);
      if (ending === "close") holder.order({ type: "close" });
      else holder.signal(ending);
      await holder.ended;
    }
    expect(terms).toEqual([1, 2, 3]);
  });

  test("the next term is reserved on the disk while the mandate lasts, and given to the next holder", async () => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    const instance = await openInstance({ workdir });
    const mandate = await instance.win();
    const record = await vi.waitFor(() => {
      const found = readRecord(file);
      expect(found?.reserved).toBe(2);
      return found;
    });
    expect(record).toMatchObject({ term: 1, incarnation: instance.incarnation });
    await mandate.resign();
    expect(readRecord(file)).toMatchObject({ term: 1, reserved: 2, resigned: true });
    expect((await instance.win()).term).toBe(2);
  });

  test.each([
    ["reserved", { reserved: 4 }],
    ["about to be reserved", { reserving: 4 }],
  ])("after a new start of the machine a term that was %s counts as given", async (_what, reservation) => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    writeFileSync(file, JSON.stringify(madeUpRecord({ term: 3, ...reservation })));
    const instance = await openInstance({ workdir });
    expect((await instance.win()).term).toBe(5);
  });

  test("within one start of the machine a reserved term is the next one", async () => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    writeFileSync(file, JSON.stringify(madeUpRecord({ term: 3, reserved: 4, ...identify("self") })));
    const instance = await openInstance({ workdir });
    expect((await instance.win()).term).toBe(4);
    expect(instance.log.all("error")).toEqual([]);
  });

  test("a reservation that fails is reported, and the next term is written through as it is given", async () => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    const instance = await openInstance({ workdir });
    mkdirSync(`${file}.${instance.incarnation}.next/in-the-way`, { recursive: true });
    const mandate = await instance.win();
    const { message } = await instance.log.next("the trouble is told", "error");
    expect(message).toContain(`Cannot reserve the term 2 in ${file}`);
    await mandate.resign();
    expect((await instance.win()).term).toBe(2);
  });

  test.each([
    ["half of a record", '{"term": 12, "inst'],
    ["an empty file", ""],
    ["a term that is no number", JSON.stringify({ ...madeUpRecord(), term: "12" })],
    ["a record without a term", JSON.stringify(madeUpRecord({ term: null }))],
    ["a term below zero", JSON.stringify(madeUpRecord({ term: -1 }))],
    ["a term beyond what can be counted", JSON.stringify(madeUpRecord({ term: Number.MAX_SAFE_INTEGER }))],
    ["a term that nobody would believe", JSON.stringify(madeUpRecord({ term: 2 ** 52 }))],
    ["more than a record can have", `${JSON.stringify(madeUpRecord())}${" ".repeat(70_000)}`],
  ])("%s is not the same as no file: nobody gets a mandate, and the file stays", async (_what, content) => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    writeFileSync(file, content);
    const instance = await openInstance({ workdir });
    await expect(instance.campaign(12)).rejects.toThrow(
      new RegExp(`^Cannot read the last term from ${file}: .*; no term is given before it can be: make it readable`),
    );
    expect(readFileSync(file, "utf8")).toBe(content);
    rmSync(file);
    expect((await instance.win(12)).term).toBe(13);
  });

  test.for(["a pipe", "a device", "a link to itself"])(
    "%s in the file's place is no file: nobody gets a mandate, and nobody waits for it",
    async (what) => {
      const workdir = scratchFolder();
      const { file } = placeIn(workdir);
      if (what === "a pipe") execFileSync("mkfifo", [file]);
      else symlinkSync(what === "a device" ? "/dev/zero" : file, file);
      const instance = await openInstance({ workdir });
      await expect(instance.campaign()).rejects.toThrow(/^Cannot read the last term from /);
    },
  );

  test("a byte order mark does not hide the last term", async () => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    writeFileSync(file, `\uFEFF${JSON.stringify(madeUpRecord({ term: 41 }))}`);
    const instance = await openInstance({ workdir });
    expect((await instance.win()).term).toBe(42);
  });

  test("a term that cannot be written down is no mandate: the campaign rejects, and the port is free", async () => {
    const workdir = scratchFolder();
    const instance = await openInstance({ workdir });
    const { file } = placeIn(workdir);
    // Nothing can be written over a folder, not even by root.
    const temporary = `${file}.${instance.incarnation}.tmp`;
    mkdirSync(`${temporary}/in-the-way`, { recursive: true });
    const campaign = instance.campaign();
    await expect(campaign).rejects.toThrow(ElectionError);
    await expect(campaign).rejects.toThrow(`Cannot write the term 1 down in ${file}`);
    const listener = await listen(placeIn(workdir), madeUpRecord(), systemClock);
    expect(listener).toBeDefined();
    await instance.log.next("it watches on", "greeted");
    await listener?.leave();
    expect(readdirSync(workdir)).toEqual([basename(temporary)]);
    rmSync(temporary, { recursive: true });
    expect((await instance.win()).term).toBe(1);
  });

  test("a failed write leaves the old record as it was", async () => {
    const workdir = scratchFolder();
    const { file } = placeIn(workdir);
    const content = JSON.stringify(madeUpRecord({ term: 3 }));
    writeFileSync(file, content);
    const instance = await openInstance({ workdir });
    mkdirSync(`${file}.${instance.incarnation}.tmp`);
    await expect(instance.campaign()).rejects.toThrow("Cannot write the term 4 down");
    expect(readFileSync(file, "utf8")).toBe(content);
  });

  test("a folder that cannot be written is reported at the start, and does not stop the watch", async () => {
    const workdir = scratchFolder();
    const instance = makeInstance({ workdir });
    // Stands for a folder without permission, which does not stop root.
    const { incarnation } = instance;
    const rehearsed = `${placeIn(workdir).file}.${incarnation}.rehearsal`;
    mkdirSync(`${rehearsed}.${incarnation}.tmp/x`, { recursive: true });
    await instance.open();
    expect(instance.log.all("error").map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Cannot write the term 1 down/),
    ]);
    const holder = await openInstance({ workdir });
    await holder.win();
    await instance.log.next("is greeted", "greeted");
  });

  test("until the term is written down the greeting has none, then it is said to all", async () => {
    const place = placeIn(scratchFolder());
    const listener = await listen(place, madeUpRecord({ term: null }), systemClock);
    const early = await listenTo(place.port);
    expect(await early.line(0)).toMatchObject({ type: "greeting", holder: { term: null } });
    listener?.announce(5);
    expect(await early.line(1)).toMatchObject({ type: "greeting", holder: { term: 5 } });
    const late = await listenTo(place.port);
    expect(await late.line(0)).toMatchObject({ type: "greeting", holder: { term: 5 } });
    await listener?.leave();
    await early.over;
  });
});
