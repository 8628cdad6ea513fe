/** A NATS cluster that loses its servers under a running group with a lease. */

import { describe, expect, test } from "vitest";
import { hostNow } from "../../bench/group/report.ts";
import { bothPrimary, type Entry } from "../../bench/group/timeline.ts";
import { replicatesSafely } from "../brokers/nats.ts";
import { collect, untilAgreed } from "./cast.ts";
import { play, TIMINGS } from "./scenarios.ts";
import { clusterStage } from "./stage.ts";

const PATIENT = { timeout: 120_000 };

/** How long three servers may take to agree who leads, in milliseconds. */
const CLUSTER_TIME = 30_000;

// Earlier servers are refused: see test/nats/bucket.test.ts.
describe.runIf(replicatesSafely())("real processes on a NATS cluster with a lease that three servers keep", () => {
  test(
    "when every server is killed and comes back in turn, two never lead, terms never fall, and somebody leads again",
    PATIENT,
    async () => {
      const { cast, stage } = await play(clusterStage, ["--election", "lease-3"], ["b", "c"]);
      const entries: Entry[] = [];
      cast.listen(({ name }, report) => entries.push({ name, report }));
      let { term } = cast.primary;
      for (const server of stage.servers)
        for (const strike of [server.kill, server.start]) {
          await strike();
          // After a whole timeout a mandate that holds was proven after the strike.
          const agreed = await untilAgreed(cast, CLUSTER_TIME, hostNow() + TIMINGS.timeout);
          expect(agreed.term).toBeGreaterThanOrEqual(term);
          ({ term } = agreed);
        }
      expect(bothPrimary(entries, { name: "nobody", at: Infinity })).toBe(0);
    },
  );

  test("when two of three are gone, nobody leads; when they are back, one does", PATIENT, async () => {
    const { cast, stage } = await play(clusterStage, ["--election", "lease-3"], ["b", "c"]);
    const { term } = cast.primary;
    const promotions = collect(cast, "onPromote");
    const fell = cast.until("the primary to step down", (_, report) => report.type === "reads" && !report.isPrimary);
    const [, ...most] = stage.servers;
    await Promise.all(most.map((server) => server.kill()));
    await fell;
    expect(promotions).toEqual([]);
    await Promise.all(most.map((server) => server.start()));
    expect((await untilAgreed(cast, CLUSTER_TIME)).term).toBeGreaterThan(term);
  });
});
