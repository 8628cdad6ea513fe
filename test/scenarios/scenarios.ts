/** What every bus must carry a group through, with real processes that are really killed, stopped and cut off. */

import { hostNow } from "../../bench/group/report.ts";
import { expect, test } from "vitest";
import type { Cast } from "../../bench/group/cast.ts";
import { collect, makeCast, untilAgreed, untilPromoted } from "./cast.ts";
import type { Stage } from "../../bench/group/stage.ts";
import type { EvidenceKind } from "../../src/events.ts";

/** Silence decides here: four and a half intervals, and long enough for a machine that is busy. */
export const TIMINGS: { readonly interval: number; readonly timeout: number } = { interval: 200, timeout: 910 };

const PATIENT = { timeout: 60_000 };

/** A bus under trial. */
export interface Trial {
  raise(names: readonly string[]): Promise<Stage>;
  /** Flags of every instance, beside those of the stage. */
  readonly flags?: readonly string[];
  /** What the secondaries act on when the primary is killed. */
  readonly crash: EvidenceKind;
  /** Two are never primary at once, not even while one of them is cut off. */
  readonly exclusive: boolean;
}

/** A group that plays. */
export interface Play<S extends Stage> {
  readonly cast: Cast;
  readonly stage: S;
  readonly start: (name: string) => Promise<void>;
}

/** Starts "a" as the primary, and the others as its secondaries. Resolves when all agree. */
export async function play<S extends Stage>(
  raise: (names: readonly string[]) => Promise<S>,
  flags: readonly string[],
  secondaries: readonly string[],
): Promise<Play<S>> {
  const stage = await raise(["a", ...secondaries]);
  const cast = makeCast(TIMINGS, "--watchful", ...flags);
  const start = (name: string): Promise<void> => cast.start(name, { args: stage.args(name) });
  const promoted = untilPromoted(cast);
  await start("a");
  await promoted;
  await Promise.all(secondaries.map(start));
  await untilAgreed(cast);
  return { cast, stage, start };
}

/** Registers the scenarios. */
export function scenarios({ raise, flags = [], exclusive, crash }: Trial): void {
  test("a primary that is killed is replaced by exactly one, and comes back as a secondary", PATIENT, async () => {
    const { cast, start } = await play(raise, flags, ["b", "c"]);
    const promotions = collect(cast, "onPromote");
    const errors = collect(cast, "error");
    cast.signal(cast.primary, "SIGKILL");
    const { name, report } = await untilPromoted(cast);
    expect(report.code).toBe(crash);
    await untilAgreed(cast);
    await start("a");
    await untilAgreed(cast);
    expect(promotions).toEqual([name]);
    expect(errors).toEqual([]);
  });

  test(
    "a primary that hangs is replaced, and reads secondary in the first line that it runs again",
    PATIENT,
    async () => {
      const { cast } = await play(raise, flags, ["b", "c"]);
      const promotions = collect(cast, "onPromote");
      const old = cast.primary;
      cast.signal(old, "SIGSTOP");
      const { name } = await untilPromoted(cast);
      await untilAgreed(cast);
      const woke = cast.until("the old primary to wake", (player, { type }) => player === old && type === "woke");
      cast.signal(old, "SIGCONT");
      expect((await woke).report).toMatchObject({ isPrimary: false });
      expect((await untilAgreed(cast)).name).toBe(name);
      expect(promotions).toEqual([name]);
    },
  );

  test("a primary that leaves says so, and is replaced on its word", PATIENT, async () => {
    const { cast } = await play(raise, flags, ["b", "c"]);
    const promotions = collect(cast, "onPromote");
    const next = untilPromoted(cast);
    cast.signal(cast.primary, "SIGTERM");
    const { name, report } = await next;
    expect(report.code).toBe("shutdown");
    await untilAgreed(cast);
    expect(promotions).toEqual([name]);
  });

  test(
    exclusive
      ? "a primary that is cut off reads secondary before another reads primary, and stays one when the cut ends"
      : "a primary that is cut off is replaced, and one of the two yields when the cut ends",
    PATIENT,
    async () => {
      const { cast, stage } = await play(raise, flags, ["b", "c"]);
      const reads: { name: string; isPrimary: boolean; at: number }[] = [];
      const from = hostNow();
      cast.listen(({ name }, report) => {
        // The last reading of true counts: a process that waits for the processor reads nothing. What was read before the cut may be
        // told after it.
        if (report.type === "reads" && report.at >= from)
          reads.push({ name, isPrimary: report.isPrimary, at: report.isPrimary ? report.at : report.before });
      });
      const old = cast.primary;
      stage.cut(old.name);
      const { name } = await untilPromoted(cast);
      if (exclusive) {
        await cast.until("the new primary to be read", () => reads.length >= 2);
        const [fell, rose] = reads.toSorted((one, other) => one.at - other.at);
        expect(fell).toMatchObject({ name: old.name, isPrimary: false });
        expect(rose).toMatchObject({ name, isPrimary: true });
      }
      stage.heal(old.name);
      const agreed = await untilAgreed(cast);
      if (exclusive) expect(agreed.name).toBe(name);
    },
  );

  test("one of five secondaries replaces a primary that is killed, and exactly one", PATIENT, async () => {
    const { cast } = await play(raise, flags, ["b", "c", "d", "e", "f"]);
    const promotions = collect(cast, "onPromote");
    cast.signal(cast.primary, "SIGKILL");
    const { name } = await untilPromoted(cast);
    await untilAgreed(cast);
    expect(promotions).toEqual([name]);
  });
}
