import { spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { clearPath } from "../../transports/zeromq/ipc-path.ts";
import { makeInstance, openInstance, openLeader } from "./instances.ts";

/** A folder of the test's own. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "failover-ipc-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What a process that was killed leaves behind. */
function leaveSocket(path: string): void {
  const program = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["--eval", program]);
  expect(lstatSync(path).isSocket()).toBe(true);
}

describe("a path that is bound", () => {
  test("is the member's that has it: the second is refused, and the first goes on", async () => {
    const [path, peer] = [join(folder(), "bus"), join(folder(), "peer")];
    const mesh = { bind: `ipc://${path}`, peers: [`ipc://${peer}`] };
    const first = await openInstance(mesh);
    await expect(makeInstance(mesh).open()).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
      message: `Cannot bind ipc://${path}: another process listens there; stop that one, or use another path.`,
    });
    const other = await openInstance({ bind: `ipc://${peer}`, peers: [`ipc://${path}`] });
    await first.send("still here");
    await other.heard("still here");
  });

  test("is the primary's that has it: another cannot lead there", async () => {
    const endpoint = `ipc://${join(folder(), "bus")}`;
    const leader = await openLeader({ endpoint });
    const follower = await openInstance({ endpoint });
    await expect(follower.transport.lead?.()).rejects.toMatchObject({ code: "ADDRESS_IN_USE" });
    await leader.send("still here");
    await follower.heard("still here");
  });

  test("is free when its member has closed, or was killed", async () => {
    const path = join(folder(), "bus");
    leaveSocket(path);
    const first = await openInstance({ bind: `ipc://${path}`, peers: [] });
    await first.transport.close();
    await openInstance({ bind: `ipc://${path}`, peers: [] });
  });

  test.each([
    ["a file", (path: string) => writeFileSync(path, "precious")],
    [
      "a symbolic link",
      (path: string): void => {
        writeFileSync(`${path}.to`, "precious");
        symlinkSync(`${path}.to`, path);
      },
    ],
  ])("is not taken from %s, which stays as it is", async (kind, put) => {
    const path = join(folder(), "bus");
    put(path);
    await expect(makeInstance({ bind: `ipc://${path}`, peers: [] }).open()).rejects.toMatchObject({
      code: "BAD_ADDRESS",
      message: `Cannot bind ipc://${path}: ${kind} is there, which is not ours to remove; use another path, or move it away.`,
    });
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  test("is not taken from a folder", async () => {
    const path = folder();
    await expect(makeInstance({ bind: `ipc://${path}`, peers: [] }).open()).rejects.toThrow("a folder is there");
    expect(lstatSync(path).isDirectory()).toBe(true);
  });

  test("of the dead is cleared by one of many, and none takes it from another", async () => {
    const path = join(folder(), "bus");
    leaveSocket(path);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, async () => {
        await clearPath(path);
        const server = createServer();
        onTestFinished(() => void server.close());
        await new Promise<void>((resolve, reject) => server.on("error", reject).listen(path, resolve));
      }),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(clearPath(path)).rejects.toMatchObject({ code: "ADDRESS_IN_USE" });
  });
});
