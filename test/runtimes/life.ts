/** The life of a group of real processes: its primary is killed and comes back, hangs, and leaves. */

import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import { Cast } from "../../bench/group/cast.ts";
import type { Runtime } from "../../bench/group/runtime.ts";
import type { ReasonCode } from "../../src/index.ts";
import { collect, untilAgreed, untilPromoted } from "../scenarios/cast.ts";
import { evidenceOfCrash, raiseBus, type BusName } from "./buses.ts";
import { INSTANCE } from "./programs.ts";

/** In the order in which they are played. */
export const SCENARIOS = ["crash", "return", "hang", "graceful"] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** What went wrong, by scenario; those after the first that fails are not reached. */
export type Life = Readonly<Partial<Record<Scenario, string>>>;

/** Four and a half intervals, and long enough for a machine that is busy. */
const TIMINGS = ["--interval", "300", "--timeout", "1360"] as const;

/** How long a promotion or an agreement may take on a machine that is very busy, in milliseconds; nothing is claimed by it. */
const PATIENCE = 30_000;

/** Why a hung primary is replaced: for its silence, or because the fence that was called for it has made its lock free. */
const SILENCE = ["silence"] as const;
const PROOF = ["silence", "refused"] as const;

const NAMES = ["a", "b", "c"] as const;

/** Plays all scenarios with three instances. @param runtimes of the first primary, and of its two secondaries */
export async function playLife(bus: BusName, runtimes: readonly [Runtime, Runtime, Runtime]): Promise<Life> {
  const raised = await raiseBus(bus, NAMES);
  const cast = new Cast([...TIMINGS, "--watchful"], undefined, INSTANCE);
  const start = (name: string): Promise<void> => {
    const runtime = runtimes[NAMES.findIndex((known) => known === name)];
    return cast.start(name, { args: raised.args(name), ...(runtime === undefined ? {} : { runtime }) });
  };
  const steps = scenarios(bus, cast, start);
  /** Before the first, a group has to come together. */
  let at: Scenario = SCENARIOS[0];
  const wrong: Partial<Record<Scenario, string>> = {};
  try {
    await gather(cast, start, runtimes);
    for (const name of SCENARIOS) {
      at = name;
      await steps[name]();
    }
  } catch (error) {
    wrong[at] = error instanceof Error ? error.message : String(error);
    for (const later of SCENARIOS.slice(SCENARIOS.indexOf(at) + 1)) wrong[later] = `not reached after ${at}`;
  } finally {
    await cast.end("SIGKILL");
    await raised.close();
  }
  return wrong;
}

/** Starts the first instance as the primary, and the others as its secondaries. */
async function gather(
  cast: Cast,
  start: (name: string) => Promise<void>,
  runtimes: readonly [Runtime, Runtime, Runtime],
): Promise<void> {
  const [first, ...others] = NAMES;
  await Promise.all([untilPromoted(cast, PATIENCE), start(first)]);
  await Promise.all(others.map(start));
  await untilAgreed(cast, PATIENCE);
  const executables = NAMES.map((name) => basename(readlinkSync(`/proc/${cast.players.get(name)?.child.pid}/exe`)));
  demand(
    runtimes.every((runtime, index) => executables[index]?.startsWith(runtime) === true),
    `the instances run on ${executables.join(", ")}, and should on ${runtimes.join(", ")}`,
  );
}

function scenarios(
  bus: BusName,
  cast: Cast,
  start: (name: string) => Promise<void>,
): Readonly<Record<Scenario, () => Promise<void>>> {
  /** Does something to the primary, and gives who is primary after it: exactly one is promoted. */
  async function replaced(act: () => void, ...codes: readonly ReasonCode[]): Promise<string> {
    const promotions = collect(cast, "onPromote");
    const next = untilPromoted(cast, PATIENCE);
    act();
    const { name, report } = await next;
    demand(
      codes.some((code) => code === report.code),
      `${name} was promoted for ${report.code}, and not for ${codes.join(" or ")}`,
    );
    const primary = await untilAgreed(cast, PATIENCE);
    demand(promotions.includes(primary.name), `${name} was promoted, and ${primary.name} is primary`);
    // A mesh acknowledges nothing: two claims that pass each other by on a busy machine both win, and then one yields.
    const alone = promotions.length === 1 || bus === "mesh";
    demand(alone, `${promotions.join(" and ")} were promoted, and one should have been`);
    return primary.name;
  }

  return {
    async crash() {
      const old = cast.primary;
      await replaced(() => cast.signal(old, "SIGKILL"), evidenceOfCrash(bus));
    },
    async return() {
      const { name } = cast.primary;
      const promotions = collect(cast, "onPromote");
      await start("a");
      const primary = await untilAgreed(cast, PATIENCE);
      demand(primary.name === name && promotions.length === 0, `${name} was primary, and now ${primary.name} is`);
    },
    async hang() {
      const old = cast.primary;
      // Under a lock the fence has made sure that it does nothing more; elsewhere it has made sure itself.
      const ended = bus === "zeromq" ? once(old.child, "exit") : undefined;
      const name = await replaced(() => cast.signal(old, "SIGSTOP"), ...(ended === undefined ? SILENCE : PROOF));
      if (ended !== undefined) {
        await ended;
        return;
      }
      const woke = cast.until(
        "the old primary to wake",
        (player, { type }) => player === old && type === "woke",
        PATIENCE,
      );
      cast.signal(old, "SIGCONT");
      const { report } = await woke;
      demand(report.type === "woke" && !report.isPrimary, "the old primary read primary when it woke");
      const primary = await untilAgreed(cast, PATIENCE);
      demand(primary.name === name, `${name} was primary when the old one woke, and then ${primary.name} was`);
    },
    async graceful() {
      const old = cast.primary;
      const ended = once(old.child, "exit");
      await replaced(() => cast.signal(old, "SIGTERM"), "shutdown");
      const [status] = (await ended) as [number | null];
      demand(status === 0, `the primary that left ended with status ${status}`);
    },
  };
}

function demand(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence);
}
