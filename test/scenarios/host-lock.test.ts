import { mkdtempSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { zeromq } from "../../transports/zeromq/index.ts";
import { serve } from "../support/ports.ts";
import { castIn, collect, makeCast, startGroup, startSecondary, untilPromoted } from "./cast.ts";

/** Far longer than any of these tests: what is replaced here is replaced on proof, not on silence. */
const PATIENT = { interval: 5_000, timeout: 15_000 };
const BRISK = { interval: 100, timeout: 450 };

/** Where the instances of a folder publish. */
async function publishingPort(workdir: string): Promise<number> {
  const transport = zeromq({ workdir });
  const context = {
    group: "default",
    instanceId: "x",
    incarnation: "x",
    heartbeatInterval: 1_000,
    heartbeatTimeout: 5_500,
  };
  const ignore = (): undefined => undefined;
  await transport.open(context, {
    message: ignore,
    link: ignore,
    unlinked: ignore,
    recorded: () => true,
    misconfigured: ignore,
    audience: ignore,
    asked: () => ({ instanceId: "x", uptime: "1s" }),
    dropped: ignore,
    error: ignore,
  });
  const { ports } = transport;
  await transport.close();
  if (ports === undefined) throw new Error(`Nobody publishes for ${workdir}.`);
  return ports.pub;
}

/** Somebody who has a port, and says nothing. */
async function squat(port: number): Promise<{ leave(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.resume();
  });
  await serve(server, port);
  async function leave(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((closed) => server.close(closed));
  }
  onTestFinished(leave);
  return { leave };
}

describe("real processes on ZeroMQ with a host lock", () => {
  test("a primary that is killed is replaced by exactly one of two secondaries, five times in a row, long before its timeout", async () => {
    const cast = makeCast(PATIENT);
    await startGroup(cast, "a", "b", "c");
    for (let round = 0; round < 5; round += 1) {
      const promotions = collect(cast, "onPromote");
      const old = cast.primary;
      const next = untilPromoted(cast);
      cast.signal(old, "SIGKILL");
      const { name, report } = await next;
      expect(report).toMatchObject({ code: "refused", term: round + 2 });
      await startSecondary(cast, old.name);
      expect(promotions).toEqual([name]);
    }
  });

  test("a primary that leaves says so, and its successor is promoted on its word", async () => {
    const cast = makeCast(PATIENT);
    await startGroup(cast, "a", "b", "c");
    for (let round = 0; round < 5; round += 1) {
      const old = cast.primary;
      const [next, demoted] = [
        untilPromoted(cast),
        cast.until("its onDemote", (player, report) => player === old && report.type === "onDemote"),
      ];
      cast.signal(old, "SIGTERM");
      expect((await next).report.code).toBe("shutdown");
      await demoted;
      await startSecondary(cast, old.name);
    }
  });

  test("a primary that hangs keeps its lock: it is reported, and nobody else is promoted", async () => {
    const cast = makeCast(BRISK);
    await startGroup(cast, "a", "b");
    const promotions = collect(cast, "onPromote");
    cast.signal(cast.primary, "SIGSTOP");
    await cast.until(
      "the hang to be reported",
      (player, report) => player.name === "b" && report.type === "unresponsive",
    );
    expect(promotions).toEqual([]);
  });

  test("with the ready-made fence a primary that hangs is killed and replaced, and returns as a secondary", async () => {
    const cast = makeCast(BRISK, "--fence");
    await startGroup(cast, "a", "b", "c");
    const old = cast.primary;
    const next = untilPromoted(cast);
    cast.signal(old, "SIGSTOP");
    const { name, report } = await next;
    expect(report.term).toBe(2);
    expect(old.child.signalCode ?? "SIGKILL").toBe("SIGKILL");
    await startSecondary(cast, old.name);
    expect(cast.primary.name).toBe(name);
  });

  test("a primary whose port a stranger has is isolated, and not hung: nobody kills it, its secondaries say so, and it is heard when the stranger goes", async () => {
    const workdir = mkdtempSync(join(tmpdir(), "failover-scenario-"));
    const stranger = await squat(await publishingPort(workdir));
    const cast = castIn(workdir, BRISK, "--fence");
    const isolated = cast.until("a to be isolated", (player, { type }) => player.name === "a" && type === "isolated");
    const promoted = untilPromoted(cast);
    await cast.start("a", { primary: true });
    await promoted;
    const unheard = ["b", "c"].map((name) =>
      cast.until(
        `${name} to say that a is not heard`,
        (player, { type }) => player.name === name && type === "unheard",
      ),
    );
    await Promise.all([cast.start("b"), cast.start("c")]);
    const [promotions, unresponsive] = [collect(cast, "onPromote"), collect(cast, "unresponsive")];
    expect((await isolated).report).toMatchObject({ message: expect.stringContaining("Nobody else could") as string });
    await Promise.all(unheard);
    const heard = cast.until(
      "b to hear a",
      ({ name }, report) => name === "b" && report.type === "status" && report.silence !== null,
    );
    await stranger.leave();
    await heard;
    expect(promotions).toEqual([]);
    expect(unresponsive).toEqual([]);
    expect(cast.primary.name).toBe("a");
  });

  test("terms rise over a restart of the whole group", async () => {
    const cast = makeCast(PATIENT);
    await startGroup(cast, "a");
    await cast.end("SIGKILL");
    await startGroup(cast, "b");
    expect(cast.primary.term).toBe(2);
  });
});
