import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { hostLock } from "../../src/elections/host-lock/index.ts";
import { locate, settle } from "../../src/elections/host-lock/place.ts";
import { ElectionError } from "../../src/errors.ts";
import { fnv1a32 } from "../../src/fnv.ts";
import { openInstance, scratchFolder } from "./instances.ts";

describe("where the lock is", () => {
  test("the port is 20000 + FNV-1a of the path as it is given, NUL and group, modulo 12000", () => {
    // Worked out with another implementation of the hash.
    expect(locate("billing", { workdir: "/" })).toMatchObject({ identity: "/", port: 25_029 });
    expect(locate("default", { workdir: "/usr" })).toMatchObject({ identity: "/usr", port: 26_249 });
    expect(locate("default", { workdir: "/usr/../usr/" })).toMatchObject({ identity: "/usr", port: 26_249 });
  });

  test("a port that is given is used as it is", () => {
    expect(locate("billing", { workdir: "/", port: 31_000 }).port).toBe(31_000);
  });

  test("the name of a service goes before the folder, which need not exist", () => {
    const place = locate("billing", { service: "shop", workdir: "/missing", stateDir: "/state" });
    expect(place).toEqual({
      group: "billing",
      identity: "service:shop",
      file: "/state/shop@billing.json",
      port: 20_000 + (fnv1a32("service:shop\0billing") % 12_000),
    });
  });

  test("a relative path means the folder in which the process was when it was given", () => {
    const { service, stateDir } = settle({ workdir: "app", stateDir: "state" });
    expect(service).toEqual({ identity: resolve("app"), folder: resolve("app") });
    expect(stateDir).toBe(resolve("state"));
  });

  test("a group's name cannot lead the file out of its folder", () => {
    const { file } = locate("../../etc/x", { workdir: "/usr", stateDir: "/state" });
    expect(file).toMatch(/^\/state\/usr~[0-9a-f]{16}@\.\.%2F\.\.%2Fetc%2Fx\.json$/);
  });

  test("two groups in one folder do not exclude one another", async () => {
    const workdir = scratchFolder();
    const [a, b] = [await openInstance({ workdir, group: "a" }), await openInstance({ workdir, group: "b" })];
    expect((await a.win()).term).toBe(1);
    expect((await b.win()).term).toBe(1);
    expect([...a.log.all("misconfigured"), ...b.log.all("misconfigured")]).toEqual([]);
  });

  test("open rejects with a sentence where the folder does not exist", async () => {
    const workdir = join(scratchFolder(), "missing");
    const opening = openInstance({ workdir });
    await expect(opening).rejects.toThrow(ElectionError);
    await expect(opening).rejects.toThrow(/^Cannot lock in .*missing: .*ENOENT.*; make the folder/);
  });

  test("open rejects with a sentence where the folder is a file", async () => {
    const workdir = join(scratchFolder(), "file");
    writeFileSync(workdir, "");
    await expect(openInstance({ workdir, stateDir: scratchFolder() })).rejects.toThrow(
      /^Cannot lock in .*file: it is no folder; make the folder/,
    );
  });

  test("a text of a megabyte is shown by its beginning and its length, whether it is refused or looked for", () => {
    const long = "x".repeat(2 ** 20);
    for (const options of [{ port: long as never }, { workdir: ".", [long]: 1 }, { port: 10n as never }]) {
      expect(() => hostLock(options)).toThrow(/^Cannot make a host lock: .{1,800}$/);
    }
    expect(() => locate("g", { workdir: long })).toThrow(/^Cannot lock in \/.*x+\.\.\. \(\d+ characters\): .{1,500}$/);
  });

  test.each([
    [{ port: 0 }, RangeError, /port is 0/],
    [{ port: 65_536 }, RangeError, /port is 65536/],
    [{ port: 1.5 }, RangeError, /port is 1.5/],
    [{ port: "1" } as never, TypeError, /port is "1"/],
    [{ workdir: "" }, RangeError, /workdir/],
    [{ service: "" }, RangeError, /service is ""; it must be 1 to 64 of/],
    [{ service: "a/b" }, RangeError, /service is "a\/b"/],
    [{ service: ".." }, RangeError, /service is "\.\."/],
    [{ service: "x".repeat(65) }, RangeError, /service is "x{65}"/],
    [{ stateDir: "" }, RangeError, /stateDir/],
    [{ prot: 1 } as never, TypeError, /there is no option prot; the options are service, workdir, stateDir, port/],
  ])("options %j are refused", (options, kind, message) => {
    expect(() => hostLock(options)).toThrow(kind);
    expect(() => hostLock(options)).toThrow(message);
  });
});
