/** A broker that dies and comes back under a running group. `BROKER_ROUNDS` says how often; 2 unless it is set. */

import process from "node:process";
import { describe, expect, test } from "vitest";
import { bothPrimary, type Entry } from "../../bench/group/timeline.ts";
import type { Cast } from "../../bench/group/cast.ts";
import { collect, untilAgreed } from "./cast.ts";
import { play } from "./scenarios.ts";
import { mqttStage, natsStage } from "./stage.ts";

const ROUNDS = Number(process.env["BROKER_ROUNDS"] ?? 2);
const PATIENT = { timeout: 30_000 + ROUNDS * 10_000 };

describe.each([
  ["MQTT with claims", mqttStage, []],
  ["NATS with claims", natsStage, []],
  ["NATS with a lease", natsStage, ["--election", "lease"]],
] as const)("real processes on %s", (_, raise, flags) => {
  test(
    "when the broker is killed and comes back, at most one is promoted, two never lead, and terms never fall",
    PATIENT,
    async () => {
      const { cast, stage } = await play(raise, flags, ["b", "c"]);
      const entries: Entry[] = [];
      cast.listen(({ name }, report) => entries.push({ name, report }));
      for (let round = 0; round < ROUNDS; round += 1) {
        const { term } = cast.primary;
        const promotions = collect(cast, "onPromote");
        const [down, up] = [untilLinks(cast, false), untilLinks(cast, true)];
        await stage.broker.kill();
        await down;
        await stage.broker.start();
        await up;
        const next = await untilAgreed(cast);
        expect(promotions.length).toBeLessThanOrEqual(1);
        expect(next.term).toBe(term + promotions.length);
      }
      expect(bothPrimary(entries, { name: "nobody", at: Infinity })).toBe(0);
    },
  );

  test(
    "when it stays away for longer than the timeout, nobody is primary meanwhile, and one is when it is back",
    PATIENT,
    async () => {
      const { cast, stage } = await play(raise, flags, ["b", "c"]);
      const promotions = collect(cast, "onPromote");
      const fell = cast.until("the primary to step down", (_, report) => report.type === "reads" && !report.isPrimary);
      await stage.broker.kill();
      await fell;
      expect(promotions).toEqual([]);
      await stage.broker.start();
      await untilAgreed(cast);
      expect(promotions).toHaveLength(1);
    },
  );
});

describe.each([
  ["MQTT", mqttStage],
  ["NATS", natsStage],
] as const)('real processes on %s with whenIsolated: "keep"', (_, raise) => {
  test("when the broker is killed and comes back, nobody is promoted and the primary stays", PATIENT, async () => {
    const { cast, stage } = await play(raise, ["--keep"], ["b", "c"]);
    const { name, term } = cast.primary;
    const told = [collect(cast, "onPromote"), collect(cast, "onDemote")];
    for (let round = 0; round < ROUNDS; round += 1) {
      const up = untilLinks(cast, true);
      await stage.broker.kill();
      await stage.broker.start();
      await up;
      expect(await untilAgreed(cast)).toMatchObject({ name, term });
    }
    expect(told).toEqual([[], []]);
  });
});

/** Resolves when everybody has told that its own link is up, or down, after the call. */
async function untilLinks(cast: Cast, up: boolean): Promise<void> {
  const told = [...cast.players.keys()].map((name) =>
    cast.until(
      `the link of ${name} to be ${up ? "up" : "down"}`,
      (player, report) => player.name === name && report.type === "link" && report.up === up,
    ),
  );
  await Promise.all(told);
}
