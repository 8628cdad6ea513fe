/** SIGSTOP that has taken effect: the call returns while threads on another core may still finish what they are at. */

import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { eventually } from "./log.ts";

/** Stops a process of ours, and resolves when not one of its threads runs any more. Needs `/proc` (proc(5)). */
export async function stop(pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  await eventually(`process ${pid} to be stopped`, () => {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
      const state = stat.slice(stat.lastIndexOf(")") + 2)[0];
      if (state !== "T") throw new Error(`Thread ${thread} of process ${pid} is not stopped, but ${state ?? "gone"}`);
    }
    return Promise.resolve();
  });
}
