import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, renameSync, rmdirSync, symlinkSync, unlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { isElsewhere, livesElsewhere, type Sighting } from "../../src/elections/host-lock/elsewhere.ts";
import { doubtAbout, identify } from "../../src/elections/host-lock/identity.ts";
import { releaseWarning } from "../../src/elections/host-lock/release.ts";
import { writeRecord } from "../../src/elections/host-lock/record.ts";
import { makeNamespace } from "../chaos/namespace.ts";
import { freePorts } from "../support/ports.ts";
import { openInstance, placeIn, scratchFolder, spawnHolder, spawnInstance, type RemoteInstance } from "./instances.ts";
import { madeUpRecord } from "./strangers.ts";

interface Layout {
  readonly base: string;
  readonly stateDir: string;
  /** Makes `current` lead to a release, as tools of deployment do: a new link is renamed over the old one. */
  release(name: string): void;
  readonly current: string;
}

function layout(): Layout {
  const base = scratchFolder();
  const current = join(base, "current");
  return {
    base,
    stateDir: scratchFolder(),
    current,
    release(name) {
      mkdirSync(join(base, "releases", name), { recursive: true });
      symlinkSync(join("releases", name), `${current}.new`);
      renameSync(`${current}.new`, current);
    },
  };
}

async function kill({ signal, ended }: RemoteInstance): Promise<void> {
  signal("SIGKILL");
  await ended;
}

describe("the path that names a service", () => {
  test("is one service through all releases to which a link leads: it fails over, and terms rise", async () => {
    const { current, stateDir, release } = layout();
    release("1");
    const old = await spawnHolder({ workdir: current, stateDir });
    release("2");
    const young = await openInstance({ workdir: current, stateDir });
    await young.log.next("the old release's primary", "greeted", ({ holder }) => holder.pid === old.pid);
    expect(await young.campaign()).toMatchObject({ won: false, holder: { incarnation: old.incarnation } });
    await kill(old);
    await young.log.next("its death", "evidence", ({ evidence }) => evidence.kind === "refused");
    expect((await young.win()).term).toBe(2);
    expect([...young.log.all("misconfigured"), ...young.log.all("error")]).toEqual([]);
  });

  test("and another path to the same folder exclude each other, and who comes second is told what to set", async () => {
    const { base, stateDir } = layout();
    const [real, link] = [join(base, "real"), join(base, "link")];
    mkdirSync(real);
    symlinkSync("real", link);
    const one = await openInstance({ workdir: real, stateDir });
    const mandate = await one.win(4);
    const other = await openInstance({ workdir: link, stateDir });
    const outcome = await other.campaign();
    expect(outcome).toEqual({ won: false, message: expect.stringContaining(`in ${real};`) as string });
    expect(other.log.all("misconfigured")).toHaveLength(1);
    expect(other.log.all("misconfigured")[0]?.message).toMatch(
      new RegExp(`${one.instanceId} \\(pid ${process.pid}\\).*give all instances the same path as "workdir", or name`),
    );
    await other.campaign();
    expect(other.log.all("misconfigured")).toHaveLength(1);
    await mandate.resign();
    expect((await other.win()).term, "above the term that it was told").toBe(6);
  });

  test("does not hide that the folder was renamed while it is held", async () => {
    const { base, stateDir } = layout();
    const [before, after] = [join(base, "app"), join(base, "app2")];
    mkdirSync(before);
    const holder = await spawnHolder({ workdir: before, stateDir });
    renameSync(before, after);
    const other = await openInstance({ workdir: after, stateDir });
    expect(await other.campaign()).toMatchObject({ won: false });
    await other.log.next("the mistake", "misconfigured", ({ message }) => message.includes(`pid ${holder.pid}`));
    renameSync(after, before);
    const third = await openInstance({ workdir: before, stateDir });
    await third.log.next("the holder", "greeted", ({ holder: { pid } }) => pid === holder.pid);
    await kill(holder);
    expect((await third.win()).term).toBe(2);
  });

  test("does not hide that the folder was removed and made anew while it is held", async () => {
    const { base, stateDir } = layout();
    const workdir = join(base, "app");
    mkdirSync(workdir);
    const holder = await spawnHolder({ workdir, stateDir });
    renameSync(workdir, join(base, "old"));
    mkdirSync(workdir);
    const other = await openInstance({ workdir, stateDir });
    const { message } = await other.log.next("the mistake", "misconfigured");
    expect(message).toMatch(
      new RegExp(`holds it for another folder of that path \\(${holder.instanceId}, pid ${holder.pid};`),
    );
    expect(message).toMatch(/name the service as "service"/);
    expect(await other.campaign()).toMatchObject({ won: false, message });
    expect(other.log.all("greeted")).toEqual([]);
    expect(await other.election.check?.(new AbortController().signal)).toBeUndefined();
    await kill(holder);
    expect((await other.win()).term).toBe(2);
    rmdirSync(join(base, "old"));
  });

  test("is guarded against two ports for one lock", async () => {
    const workdir = scratchFolder();
    const port = await freePorts(1);
    const one = await openInstance({ workdir });
    await one.win();
    const other = await openInstance({ workdir, port });
    expect(await other.campaign()).toMatchObject({ won: false });
    const { message } = await other.log.next("the mistake", "misconfigured");
    expect(message).toContain(
      `holds it with the lock's port ${placeIn(workdir).port}; give all instances the same "port"`,
    );
  });

  test("is guarded against a program that has the folder's port, and says nothing or something else", async () => {
    const workdir = scratchFolder();
    const guard = spawn(process.execPath, [
      "-e",
      `require("net").createServer().listen(${placeIn(workdir).folder?.port}, "127.0.0.2", () => console.log("up"))`,
    ]);
    onTestFinished(() => void guard.kill("SIGKILL"));
    await once(guard.stdout, "data");
    const instance = await openInstance({ workdir });
    expect(await instance.campaign()).toMatchObject({ won: false });
    expect(instance.log.all("misconfigured")[0]?.message).toMatch(/does not greet like a holder.*"service"/);
    const gone = once(guard, "exit");
    guard.kill("SIGKILL");
    await gone;
    expect((await instance.win()).term).toBe(1);
  });
});

describe("namespaces (this takes Linux and root)", () => {
  beforeAll(() => {
    expect(process.getuid?.(), "these tests make namespaces and mounts, which takes root").toBe(0);
  });

  /** Its own mounts, with an empty file system over the folder. */
  const ownMount = (folder: string): string[] => [
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount -t tmpfs none "$0" && exec "$@"',
    folder,
  ];

  test("a bind mount and its source are one folder: whoever comes by the other path is told", async () => {
    const { base, stateDir } = layout();
    const [source, mount] = [join(base, "source"), join(base, "mount")];
    for (const folder of [source, mount]) mkdirSync(folder);
    execFileSync("mount", ["--bind", source, mount]);
    onTestFinished(() => void execFileSync("umount", [mount]));
    const holder = await spawnHolder({ workdir: source, stateDir });
    const other = await spawnInstance({ workdir: mount, stateDir });
    other.order({ type: "campaign" });
    await other.log.next("defeat", "defeated", ({ message }) => message.includes(`pid ${holder.pid}`));
    await other.log.next("the mistake", "misconfigured", ({ message }) => message.includes(`in ${source}`));
    await kill(holder);
    other.order({ type: "campaign" });
    expect((await other.log.next("its turn", "won")).term).toBe(2);
    await kill(other);
  });

  test("two mount namespaces with different folders of one path are two services, and told so", async () => {
    const { base, stateDir } = layout();
    const workdir = join(base, "app");
    mkdirSync(workdir);
    const one = await spawnHolder({ workdir, stateDir, within: ownMount(workdir) });
    const other = await spawnInstance({ workdir, stateDir, within: ownMount(workdir) });
    const { message } = await other.log.next("the mistake", "misconfigured");
    expect(message).toMatch(new RegExp(`another folder of that path \\(${one.instanceId}, pid ${one.pid}.*"service"`));
    other.order({ type: "campaign" });
    await other.log.next("defeat", "defeated", (report) => report.holder === undefined);
  });

  test("with one path and one folder, two mount namespaces are one service", async () => {
    const { base, stateDir } = layout();
    const workdir = join(base, "app");
    mkdirSync(workdir);
    const one = await spawnHolder({ workdir, stateDir, within: ["unshare", "--mount"] });
    const other = await spawnInstance({ workdir, stateDir, within: ["unshare", "--mount"] });
    await other.log.next("the holder", "greeted", ({ holder }) => holder.pid === one.pid);
    expect(other.log.all("misconfigured")).toEqual([]);
  });

  test("a living holder in another network namespace keeps the mandate, and is named; a dead one does not", async () => {
    const workdir = scratchFolder();
    const network = await makeNamespace();
    onTestFinished(() => network.close());
    const holder = await spawnHolder({ workdir, within: network.within });
    const other = await openInstance({ workdir });
    const outcome = await other.campaign();
    expect(outcome).toEqual({ won: false, message: expect.stringContaining("network namespace") as string });
    const { message } = await other.log.next("the mistake", "misconfigured");
    expect(message).toContain(
      `names ${holder.instanceId} (pid ${holder.pid}, term 1), which holds it in another network`,
    );
    expect(message).toContain("and lives; a host lock reaches no further than one network namespace");
    await kill(holder);
    expect((await other.win()).term).toBe(2);
    expect([...holder.log.all("lost"), ...holder.log.all("error")]).toEqual([]);
  });

  test("a holder that hangs in another network namespace is not taken for whoever is silent on the port here", async () => {
    const workdir = scratchFolder();
    const network = await makeNamespace();
    onTestFinished(() => network.close());
    await spawnHolder({ workdir, within: network.within });
    const silent = spawn(process.execPath, [
      "-e",
      `require("net").createServer().listen(${placeIn(workdir).port}, "127.0.0.1", () => console.log("up"))`,
    ]);
    onTestFinished(() => void silent.kill("SIGKILL"));
    await once(silent.stdout, "data");
    const instance = await openInstance({ workdir });
    await instance.log.next("the stranger", "misconfigured", ({ message }) => /names no living process/.test(message));
    expect((await instance.campaign()) as object).not.toHaveProperty("holder");
  });
});

describe("a holder that holds another port", () => {
  const own = madeUpRecord({ incarnation: "own", net_namespace: "net:[1]", lock_port: 25_000 });
  const there = madeUpRecord({ net_namespace: "net:[2]", lock_port: 25_000, pid_namespace: "pid:[2]", term: 6 });

  test.each([
    ["the same namespace and port", { net_namespace: "net:[1]" }, false],
    ["another network namespace", {}, true],
    ["another port", { net_namespace: "net:[1]", lock_port: 25_001 }, true],
    ["an earlier start of the machine", { boot_id: "earlier" }, false],
    ["a system without boot ids", { boot_id: "" }, false],
    ["a holder that names no namespace", { net_namespace: undefined, lock_port: undefined }, false],
  ])("%s", (_, fields, expected) => {
    expect(isElsewhere({ ...there, ...fields }, own)).toBe(expected);
  });

  test("whom nobody can look for counts as alive for as long as it touches its file, and fifteen seconds longer", () => {
    const place = placeIn(scratchFolder());
    const sighting: Sighting = { at: 0 };
    const objection = (now: number): string | undefined =>
      livesElsewhere(there, own, sighting, { place, now, patience: 3_000 })?.message;
    writeRecord(place.file, there, false);
    expect(objection(1_000)).toMatch(
      /\(pid 1, term 6\), .* in another pid namespace: .* not touched its file for 15 s/,
    );
    expect(objection(15_999)).toBeDefined();
    utimesSync(place.file, 1, 1);
    expect(objection(16_000)).toBeDefined();
    expect(objection(30_999)).toBeDefined();
    expect(objection(31_000)).toBeUndefined();
  });

  test("who has resigned, and oneself, are in nobody's way", () => {
    const place = placeIn(scratchFolder());
    const question = { place, now: 0, patience: 3_000 };
    expect(livesElsewhere({ ...there, resigned: true }, own, { at: 0 }, question)).toBeUndefined();
    expect(livesElsewhere({ ...there, incarnation: "own" }, own, { at: 0 }, question)).toBeUndefined();
    expect(livesElsewhere(undefined, own, { at: 0 }, question)).toBeUndefined();
  });

  test("a process that has ended and waits for its parent is not alive", async () => {
    // The program that replaces the shell does not look after the shell's child.
    const parent = spawn("sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"]);
    onTestFinished(() => void parent.kill("SIGKILL"));
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    const living = { ...identify(pid), pid };
    expect(doubtAbout(living)).toBeUndefined();
    process.kill(pid, "SIGKILL");
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, "utf8"), { timeout: 10_000 }).toContain(") Z ");
    expect(doubtAbout(living)).toBe(`there is no process ${pid} now`);
  });
});

describe("a folder that looks like one release of many", () => {
  test.each(["releases/3", "releases/20260101/apps/api", "app/versions/1.2.3"])("%s is worth a warning", (path) => {
    expect(releaseWarning(`/srv/${path}`)).toMatch(
      new RegExp(`^The folder /srv/${path} looks like one release .*"service"`),
    );
  });

  test.each(["/srv/app", "/srv/releases", "/srv/app/1.2.3", "/home/user/projects/blue"])("%s is not", (path) => {
    expect(releaseWarning(path)).toBeUndefined();
  });

  test("is told at the start, with the link that leads to it", async () => {
    const { base, current, stateDir, release } = layout();
    release("20260101");
    const instance = await openInstance({ workdir: join(base, "releases/20260101"), stateDir });
    const { message } = await instance.log.next("the warning", "misconfigured");
    expect(message).toContain(`give the link that leads to the current release as "workdir" (${current})`);
    unlinkSync(current);
  });

  test("two versions side by side look like it, whatever the folder above is called", async () => {
    const { base, stateDir } = layout();
    for (const version of ["1.2.3", "1.2.4"]) mkdirSync(join(base, version));
    const instance = await openInstance({ workdir: join(base, "1.2.3"), stateDir });
    await instance.log.next("the warning", "misconfigured", ({ message }) => /one release of many/.test(message));
  });

  test("nothing is said to whoever came by the link, or has named the service", async () => {
    const { base, current, stateDir, release } = layout();
    release("1");
    const instance = await openInstance({ workdir: current, stateDir });
    expect(instance.log.all("misconfigured")).toEqual([]);
    expect(releaseWarning(join(base, "releases/1"))).toContain(current);
  });
});
