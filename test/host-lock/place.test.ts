import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hostLock } from "../../src/elections/host-lock/index.ts";
import { locate } from "../../src/elections/host-lock/place.ts";
import { ElectionError } from "../../src/errors.ts";
import { openInstance, scratchFolder } from "./instances.ts";

describe("where the lock is", () => {
  test("the port is 20000 + FNV-1a of real path, NUL and group, modulo 12000", () => {
    // Worked out with another implementation of the hash.
    expect(locate("billing", { workdir: "/" })).toMatchObject({
      path: "/",
      port: 25_029,
      file: "/failover-billing.json",
    });
    expect(locate("default", { workdir: "/usr" })).toMatchObject({ path: "/usr", port: 26_249 });
  });

  test("a port that is given is used as it is", () => {
    expect(locate("billing", { workdir: "/", port: 31_000 }).port).toBe(31_000);
  });

  test("a link to a folder and the folder are one place", () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), join(folder, "link"));
    const place = locate("g", { workdir: join(folder, "link") });
    expect(place).toEqual(locate("g", { workdir: join(folder, "real") }));
    expect(place.file).toBe(join(realpathSync(folder), "real", "failover-g.json"));
  });

  test("a group's name cannot lead the file out of the folder", () => {
    expect(locate("../../etc/x", { workdir: "/usr" }).file).toBe("/usr/failover-..%2F..%2Fetc%2Fx.json");
  });

  test("two groups in one folder do not exclude one another", async () => {
    const workdir = scratchFolder();
    const [a, b] = [await openInstance({ workdir, group: "a" }), await openInstance({ workdir, group: "b" })];
    expect((await a.win()).term).toBe(1);
    expect((await b.win()).term).toBe(1);
    expect([...a.log.all("misconfigured"), ...b.log.all("misconfigured")]).toEqual([]);
  });

  test("two instances of one group in one folder do, by whatever path they came to it", async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), join(folder, "link"));
    const a = await openInstance({ workdir: join(folder, "real") });
    const b = await openInstance({ workdir: join(folder, "link") });
    await a.win();
    expect(await b.campaign()).toMatchObject({ won: false, holder: { incarnation: a.incarnation, term: 1 } });
  });

  test("open rejects with a sentence where the folder does not exist", async () => {
    const workdir = join(scratchFolder(), "missing");
    const opening = openInstance({ workdir });
    await expect(opening).rejects.toThrow(ElectionError);
    await expect(opening).rejects.toThrow(/^Cannot lock in .*missing: .*ENOENT.*; make the folder/);
  });

  test("a text of a megabyte is shown by its beginning and its length, whether it is refused or looked for", () => {
    const long = "x".repeat(2 ** 20);
    for (const options of [{ port: long as never }, { workdir: ".", [long]: 1 }, { port: 10n as never }]) {
      expect(() => hostLock(options)).toThrow(/^Cannot make a host lock: .{1,800}$/);
    }
    expect(() => locate("g", { workdir: long })).toThrow(/^Cannot lock in x+\.\.\. \(1048576 characters\): .{1,500}$/);
  });

  test.each([
    [{ port: 0 }, /port is 0/],
    [{ port: 65_536 }, /port is 65536/],
    [{ port: 1.5 }, /port is 1.5/],
    [{ workdir: "" }, /workdir/],
    [{ prot: 1 } as never, /prot/],
  ])("options %j are refused", (options, message) => {
    expect(() => hostLock(options)).toThrow(TypeError);
    expect(() => hostLock(options)).toThrow(message);
  });
});
