import { describe, expect, test } from "vitest";
import { scratchFolder, spawnHolder, spawnInstance, type RemoteInstance } from "./instances.ts";

const ROUNDS = 20;
const CONTENDERS = 3;

describe("a holder that is killed", () => {
  test("is followed by exactly one of three contenders, twenty times in a row", { timeout: 60_000 }, async () => {
    const workdir = scratchFolder();
    let holder: RemoteInstance = await spawnHolder({ workdir });
    let contenders: RemoteInstance[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      while (contenders.length < CONTENDERS) contenders.push(await spawnInstance({ workdir, contend: true }));
      const { incarnation } = holder;
      await Promise.all(
        contenders.map(({ log }) =>
          log.next("greeted by the holder", "greeted", (r) => r.holder.incarnation === incarnation),
        ),
      );
      for (const { log } of contenders) log.clear();

      holder.signal("SIGKILL");
      const winner = await Promise.any(
        contenders.map(async (contender) => {
          await contender.log.next(`somebody wins round ${round}`, "won");
          return contender;
        }),
      );
      const losers = contenders.filter((contender) => contender !== winner);
      await Promise.all(
        losers.map(({ log }) =>
          log.next("greeted by the winner", "greeted", (r) => r.holder.incarnation === winner.incarnation),
        ),
      );

      expect(winner.log.all("won")).toEqual([{ type: "won", term: round + 1 }]);
      for (const { log } of losers) {
        expect(log.all("won")).toEqual([]);
        expect([...log.all("undecided"), ...log.all("error"), ...log.all("misconfigured")]).toEqual([]);
      }
      holder = winner;
      contenders = losers;
    }
  });
});
