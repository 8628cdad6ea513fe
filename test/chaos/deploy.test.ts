import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Cast } from "../../bench/group/cast.ts";
import { BUILD } from "../support/tree.ts";
import { check } from "./check.ts";
import { busyProcessors } from "./hogs.ts";
import { startStore } from "./store.ts";
import { readLog } from "./witnessed.ts";

const RELEASES = 20;
const TIMINGS = { interval: 200, timeout: 910 };
const SLOTS = ["a", "b"] as const;
/** For somebody to be primary on a machine whose processors are busy, in milliseconds. */
const LIMIT = 30_000;

test(
  "twenty releases by a link, rolled out over two instances on busy processors, never have two primaries",
  { timeout: 300_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "failover-deploy-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const store = await startStore(join(folder, "store"));
    onTestFinished(() => store.close());
    const current = join(folder, "current");
    const settings = { ...TIMINGS, workdir: current, stateDir: join(folder, "state") };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const cast = new Cast([...args, "--fence"], undefined, join(BUILD, "test/chaos/instance.js"));
    onTestFinished(() => cast.end("SIGKILL"));
    const hogs = busyProcessors();
    onTestFinished(() => hogs.end());

    function link(release: number): void {
      mkdirSync(join(folder, "releases", String(release)), { recursive: true });
      symlinkSync(join("releases", String(release)), `${current}.new`);
      renameSync(`${current}.new`, current);
    }

    const logOf = (slot: string): string => join(folder, `${slot}.ndjson`);
    const start = (slot: string): Promise<void> =>
      cast.start(slot, { args: ["--order", JSON.stringify({ log: logOf(slot), store: store.path })] });
    const leads = (): boolean =>
      [...cast.players.values()].some(({ state, role }) => state === "live" && role === "primary");

    async function replace(slot: string, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
      const player = cast.players.get(slot);
      if (player !== undefined) {
        const gone = once(player.child, "exit");
        cast.signal(player, signal);
        await gone;
      }
      await start(slot);
      await cast.until(`a primary after ${slot} was replaced`, leads, LIMIT);
    }

    for (let release = 1; release <= RELEASES; release += 1) {
      link(release);
      // Every fourth release is rolled out by killing.
      for (const slot of SLOTS) await replace(slot, release % 4 === 0 ? "SIGKILL" : "SIGTERM");
    }
    await cast.end("SIGKILL");
    const logs = new Map(
      SLOTS.filter((slot) => existsSync(logOf(slot))).map((slot) => [slot, readLog(readFileSync(logOf(slot), "utf8"))]),
    );
    const { reigns, violations, together } = check(logs, store.units, {
      exclusive: true,
      durable: true,
      overlap: TIMINGS.interval,
      timeout: TIMINGS.timeout,
      divided: [],
    });
    expect({ violations, together }).toEqual({ violations: [], together: 0 });
    expect(reigns).toBeGreaterThanOrEqual(RELEASES);
  },
);
