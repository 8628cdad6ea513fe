import { describe, expect, test } from "vitest";
import { RUNTIMES } from "../../bench/group/runtime.ts";
import { scratchFolder, spawnHolder, spawnInstance } from "./instances.ts";

const PAIRS = RUNTIMES.flatMap((holder) => RUNTIMES.map((candidate) => [holder, candidate] as const));

describe("the lock is the same on all runtimes", () => {
  test.each(PAIRS)(
    "a holder on %s keeps a candidate on %s out, and lets it in when it is killed",
    async (one, other) => {
      const workdir = scratchFolder();
      const holder = await spawnHolder({ workdir, runtime: one });
      const candidate = await spawnInstance({ workdir, runtime: other, contend: true });
      candidate.order({ type: "campaign" });
      const defeated = await candidate.log.next("it is kept out", "defeated");
      expect(defeated.holder).toMatchObject({ incarnation: holder.incarnation, term: 1, pid: holder.pid });
      expect(candidate.log.all("won")).toEqual([]);
      holder.signal("SIGKILL");
      expect(await candidate.log.next("it is let in", "won")).toEqual({ type: "won", term: 2 });
    },
  );
});
