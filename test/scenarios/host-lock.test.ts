import { describe, expect, test } from "vitest";
import { collect, makeCast, startGroup, startSecondary, untilPromoted } from "./cast.ts";

/** Far longer than any of these tests: what is replaced here is replaced on proof, not on silence. */
const PATIENT = { interval: 5_000, timeout: 15_000 };
const BRISK = { interval: 100, timeout: 450 };

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

  test("terms rise over a restart of the whole group", async () => {
    const cast = makeCast(PATIENT);
    await startGroup(cast, "a");
    await cast.end("SIGKILL");
    await startGroup(cast, "b");
    expect(cast.primary.term).toBe(2);
  });
});
