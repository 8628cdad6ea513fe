import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Holder } from "../../src/election.ts";
import { sameHostFence } from "../../src/elections/host-lock/index.ts";
import { encodeLine } from "../../src/elections/host-lock/lines.ts";
import { locate } from "../../src/elections/host-lock/place.ts";
import { openInstance, scratchFolder, spawnHolder, spawnInstance, type RemoteInstance } from "./instances.ts";
import { freePorts } from "../support/ports.ts";
import { closeEach, greetingOf, listenTo, takePort } from "./strangers.ts";

function isAlive({ pid }: { pid: number }): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A holder in a process of its own, as it has greeted. */
async function greetedHolder(): Promise<{ holding: RemoteInstance; holder: Holder; workdir: string; port: number }> {
  const workdir = scratchFolder();
  const [holding, watching] = [await spawnHolder({ workdir }), await spawnInstance({ workdir })];
  const { holder } = await watching.log.next("is greeted", "greeted");
  return { holding, holder, workdir, port: locate("test", { workdir }).port };
}

const freePort = (): Promise<number> => freePorts(1);

/** So many connections that say nothing. */
async function loiter(port: number, count: number): Promise<{ open(): number }> {
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  let ended = 0;
  for (let made = 0; made < count; made += 1) {
    const socket = connect({ host: "127.0.0.1", port });
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => (ended += 1));
    socket.resume();
    await once(socket, "connect");
  }
  return { open: () => count - ended };
}

describe.runIf(process.platform === "linux")("the fence asks once more", () => {
  test("a holder that greets over a fresh connection is not killed", async () => {
    const { holding, holder } = await greetedHolder();
    const told: string[] = [];
    expect(await sameHostFence({ report: (message) => told.push(message) })(holder)).toBe(false);
    expect(told).toEqual([expect.stringMatching(/^Did not kill .*: it is alive: it greets/)]);
    expect(isAlive(holding)).toBe(true);
  });

  test("a holder that was stopped, and goes on while it is asked, is not killed", async () => {
    const { holding, holder, workdir, port } = await greetedHolder();
    await holding.stop();
    const instance = await openInstance({ workdir });
    const outcome = await instance.campaign();
    expect(outcome).toMatchObject({ alive: false, holder: { incarnation: holder.incarnation, details: { port } } });
    const fencing = sameHostFence({ patience: 30_000 })(holder);
    holding.signal("SIGCONT");
    expect(await fencing).toBe(false);
    expect(isAlive(holding)).toBe(true);
  });

  test("whoever closes what connects to it is not killed", async () => {
    const { holding, holder } = await greetedHolder();
    // A port at which somebody only closes, in the place of the holder's.
    const closing = await takePort(await freePort());
    void closeEach(closing);
    const told: string[] = [];
    const details = { ...holder.details, port: closing.port };
    const fence = sameHostFence({ report: (message) => told.push(message), patience: 300 });
    expect(await fence({ ...holder, details })).toBe(false);
    expect(told).toEqual([expect.stringContaining("is alive: it closes")]);
    expect(isAlive(holding)).toBe(true);
  });

  test("nobody is killed for a port that is free, or somebody else's", async () => {
    const { holding, holder, workdir } = await greetedHolder();
    const told: string[] = [];
    const fence = sameHostFence({ report: (message) => told.push(message), patience: 5_000 });
    expect(await fence({ ...holder, details: { ...holder.details, port: await freePort() } })).toBe(false);
    const other = await takePort(await freePort(), greetingOf(locate("test", { workdir })));
    expect(await fence({ ...holder, details: { ...holder.details, port: other.port } })).toBe(false);
    const stranger = await takePort(await freePort(), "220 mail.example.org ESMTP\r\n");
    expect(await fence({ ...holder, details: { ...holder.details, port: stranger.port } })).toBe(false);
    expect(told).toEqual([
      expect.stringContaining("nobody holds the lock any more"),
      expect.stringContaining("another holds the lock by now, somebody (pid 1)"),
      expect.stringContaining("a stranger has its port"),
    ]);
    expect(isAlive(holding)).toBe(true);
  });

  test.each([
    [{ patience: -1 }, "option patience is -1; it must be 0 to 2147483647 ms."],
    [{ patience: "long" }, 'option patience is "long"; it must be a number of milliseconds.'],
    [{ report: 7 }, "option report is 7; it must be a function."],
    [{ reports: () => undefined }, "there is no option reports; the options are report, patience."],
  ])("%s is no option of a fence, and is refused with a sentence", (options, why) => {
    expect(() => sameHostFence(options as object)).toThrow(`Cannot make a fence: ${why}`);
  });
});

describe.runIf(process.platform === "linux")("a campaign asks the holder afresh", () => {
  test("one that greeted long ago and greets again is alive", async () => {
    const { holder, workdir } = await greetedHolder();
    const instance = await openInstance({ workdir });
    await instance.log.next("is greeted", "greeted");
    expect(await instance.campaign()).toMatchObject({
      won: false,
      alive: true,
      holder: { incarnation: holder.incarnation },
    });
  });

  test("one that greeted long ago and does not answer now hangs, although the connection to it stands", async () => {
    const { holding, holder, workdir } = await greetedHolder();
    const instance = await openInstance({ workdir });
    await instance.log.next("is greeted", "greeted");
    await holding.stop();
    expect(await instance.campaign()).toMatchObject({
      won: false,
      alive: false,
      message: expect.stringContaining("hangs") as string,
      holder: { incarnation: holder.incarnation, details: { patience: 500 } },
    });
    expect(instance.log.all("evidence")).toEqual([]);
  });

  test("one that only closes is not said to hang", async () => {
    const workdir = scratchFolder();
    const place = locate("test", { workdir });
    const holder = await takePort(place.port, greetingOf(place));
    const instance = await openInstance({ workdir });
    await instance.log.next("is greeted", "greeted");
    holder.greetNobody();
    void closeEach(holder, 1);
    expect(await instance.campaign()).toMatchObject({ won: false, alive: true, holder: { incarnation: "made-up" } });
  });
});

describe("the connections to a lock are bounded", () => {
  test("four hundred that say nothing are greeted, and all but a few are closed; who stands by stays", async () => {
    const workdir = scratchFolder();
    const [holder, standby] = [await openInstance({ workdir }), await openInstance({ workdir })];
    await holder.win();
    await standby.log.next("is greeted", "greeted");
    await holder.log.next("the standby", "standbys", ({ count }) => count === 1);
    const strangers = await loiter(locate("test", { workdir }).port, 400);
    const late = await openInstance({ workdir });
    await late.log.next("is greeted", "greeted");
    await holder.log.next("the second standby", "standbys", ({ count }) => count === 2);
    expect(strangers.open()).toBeLessThanOrEqual(32);
    expect(standby.log.all("evidence")).toEqual([]);
    holder.log.clear();
    await late.election.close?.();
    await holder.log.next("that one has left", "standbys", ({ count }) => count === 1);
  });

  test.runIf(process.platform === "linux")(
    "a holder with few file descriptors left greets, and resigns, whoever idles at its port",
    async () => {
      const workdir = scratchFolder();
      const holder = await spawnHolder({ workdir });
      const { status } = spawnSync("prlimit", ["--pid", String(holder.pid), "--nofile=128:128"]);
      expect(status).toBe(0);
      await loiter(locate("test", { workdir }).port, 200);
      const instance = await openInstance({ workdir });
      await instance.log.next("is greeted", "greeted", (told) => told.holder.incarnation === holder.incarnation);
      holder.order({ type: "resign" });
      await instance.log.next("the goodbye", "evidence", ({ evidence }) => evidence.kind === "shutdown");
      expect((await instance.win()).term).toBe(2);
    },
  );

  test("what else is said at the port means nothing, however long it is", async () => {
    const workdir = scratchFolder();
    const holder = await openInstance({ workdir });
    await holder.win();
    const { port } = locate("test", { workdir });
    const { line, say } = await listenTo(port);
    await line(0);
    say("x".repeat(100_000));
    const other = await listenTo(port);
    await other.line(0);
    other.say(`\n{}\n${encodeLine({ type: "standby", candidate: false })}`);
    const third = await listenTo(port);
    third.say(`GET / HTTP/1.1\r\n\r\n${encodeLine({ type: "standby", candidate: true })}`);
    await holder.log.next("the standby", "standbys", ({ count }) => count === 1);
  });
});
