import { describe, expect, test } from "vitest";
import type { Cast } from "../../bench/group/cast.ts";
import { freePorts } from "../support/ports.ts";
import { collect, makeCast, untilPromoted } from "./cast.ts";

const INTERVAL = 100;
const TIMEOUT = 450;

/** How often each kind of stall is repeated; a longer soak sets it higher. */
const ROUNDS = Number(process.env["STALL_ROUNDS"] ?? 3);

/** Two processes on a mesh, the first one primary, the second one watching it. */
async function startMesh(): Promise<Cast> {
  const a = await freePorts(2);
  const b = a + 1;
  const cast = makeCast({ interval: INTERVAL, timeout: TIMEOUT }, "--transport", "mesh", "--watchful");
  const endpoint = (port: number): string => `tcp://127.0.0.1:${port}`;
  const promoted = untilPromoted(cast);
  await cast.start("a", { args: ["--bind", endpoint(a), "--peers", endpoint(b)] });
  await promoted;
  const heard = cast.until(
    "b to hear a",
    (player, report) => player.name === "b" && report.type === "status" && report.silence !== null,
  );
  await cast.start("b", { args: ["--bind", endpoint(b), "--peers", endpoint(a)] });
  await heard;
  return cast;
}

describe("a program that did not run is no proof against another", () => {
  test.each(["timer", "io", "immediate"] as const)(
    `a secondary blocked for twice the timeout in a %s callback never promotes itself over a live primary`,
    { timeout: 20_000 + ROUNDS * 5_000 },
    async (kind) => {
      const cast = await startMesh();
      const promotions = collect(cast, "onPromote");
      const secondary = cast.players.get("b");
      for (let round = 0; round < ROUNDS; round += 1) {
        const over = cast.until("the stall to be over for a timeout", (_, report) => report.type === "unblocked");
        secondary?.child.send({ kind, milliseconds: 2 * TIMEOUT });
        await over;
      }
      expect(promotions).toEqual([]);
      expect(cast.primary.name).toBe("a");
    },
  );

  test(
    "a secondary stopped for twice the timeout never promotes itself over a live primary",
    { timeout: 20_000 + ROUNDS * 5_000 },
    async () => {
      const cast = await startMesh();
      const promotions = collect(cast, "onPromote");
      const secondary = cast.players.get("b");
      for (let round = 0; round < ROUNDS; round += 1) {
        if (secondary === undefined) break;
        await stopFor(cast, secondary.name, 2 * TIMEOUT);
        const heard = cast.until(
          "b to have run for a timeout",
          (player, report) => player === secondary && report.type === "status" && report.at > wokenAt + TIMEOUT,
        );
        const wokenAt = Number(process.hrtime.bigint()) / 1e6;
        secondary.child.kill("SIGCONT");
        await heard;
      }
      expect(promotions).toEqual([]);
      expect(cast.primary.name).toBe("a");
    },
  );

  test(
    "a primary stopped for longer than the timeout reads secondary in the first line that it runs",
    { timeout: 20_000 + ROUNDS * 5_000 },
    async () => {
      const cast = await startMesh();
      for (let round = 0; round < ROUNDS; round += 1) {
        const old = cast.primary;
        const [next, woke] = [
          untilPromoted(cast),
          cast.until("the old primary to wake", (player, report) => player === old && report.type === "woke"),
        ];
        const [{ name }] = await Promise.all([next, stopFor(cast, old.name, TIMEOUT + INTERVAL)]);
        expect(name).not.toBe(old.name);
        old.child.kill("SIGCONT");
        expect((await woke).report).toMatchObject({ isPrimary: false });
        await cast.until(
          "the old primary to be a secondary",
          (player, report) => player === old && report.type === "status" && report.role === "secondary",
        );
      }
    },
  );
});

/** Stops a process until another one has told that so much time has passed. */
async function stopFor(cast: Cast, name: string, milliseconds: number): Promise<void> {
  const stoppedAt = Number(process.hrtime.bigint()) / 1e6;
  cast.players.get(name)?.child.kill("SIGSTOP");
  await cast.until(
    `${milliseconds} ms to pass`,
    (player, report) => player.name !== name && report.at > stoppedAt + milliseconds,
  );
}
