import { readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RUNTIMES } from "../../bench/group/runtime.ts";
import { readRecord } from "../../src/elections/host-lock/record.ts";
import { scratchFolder, spawnHolder, spawnInstance } from "./instances.ts";
import { madeUpRecord } from "./strangers.ts";

const PAIRS = RUNTIMES.flatMap((holder) => RUNTIMES.map((candidate) => [holder, candidate] as const));

describe("a holder looks after its file, and guards its folder, on all runtimes", () => {
  test.each(RUNTIMES)("%s", async (runtime) => {
    const [workdir, stateDir] = [scratchFolder(), join(scratchFolder(), "state")];
    const link = join(scratchFolder(), "link");
    symlinkSync(workdir, link);
    const holder = await spawnHolder({ workdir, stateDir, runtime });
    const other = await spawnInstance({ workdir: link, stateDir, runtime });
    other.order({ type: "campaign" });
    await other.log.next("it is told", "misconfigured", ({ message }) => message.includes(`pid ${holder.pid}`));
    const [name = ""] = readdirSync(stateDir);
    rmSync(join(stateDir, name));
    await holder.log.next("the report", "error", ({ message }) => /was removed while its holder lives/.test(message));
    const later = { ...madeUpRecord({ term: 2 }), group: "test" };
    writeFileSync(join(stateDir, name), JSON.stringify(later));
    await holder.log.next("the loss", "lost");
    expect(readRecord(join(stateDir, name))).toMatchObject({ incarnation: later.incarnation, term: 2 });
  });
});

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
