/** Waiting for the end of a process. */

import { once } from "node:events";
import type { Player } from "../../bench/group/cast.ts";

export async function gone({ child }: Player): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
