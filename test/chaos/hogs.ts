/** Processes that keep the processors busy. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";

/** As many as this project's smallest machine has cores. */
const HOGS = 2;

/** Starts them. */
export function busyProcessors(): { end(): Promise<void> } {
  const hogs = Array.from({ length: HOGS }, () =>
    spawn(process.execPath, ["--eval", "for (;;);"], { stdio: "ignore" }),
  );
  return {
    async end() {
      await Promise.all(
        hogs.map(async (hog) => {
          const gone = once(hog, "exit");
          hog.kill("SIGKILL");
          await gone;
        }),
      );
    },
  };
}
