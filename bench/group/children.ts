/** Processes that this program has started. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Sends a signal to those that live, and resolves when all are gone. */
export async function endChildren(children: readonly ChildProcess[], signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  const living = children.filter(
    ({ pid, exitCode, signalCode }) => pid !== undefined && exitCode === null && signalCode === null,
  );
  const gone = living.map((child) => once(child, "exit"));
  for (const child of living) child.kill(signal);
  await Promise.all(gone);
}
