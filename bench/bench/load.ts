/** Busy processes beside a group: what a machine does that has more to do than to watch. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { endChildren } from "../group/children.ts";
import { programOf } from "../group/program.ts";
import { commandOf, current } from "../group/runtime.ts";

/** Starts so many, and resolves when all are at it. @returns what ends them */
export async function startLoad(count: number): Promise<() => Promise<void>> {
  const { command, args } = commandOf(current, programOf("busy", import.meta.url));
  const children = Array.from({ length: count }, () =>
    spawn(command, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] }),
  );
  await Promise.all(children.map((child) => once(child, "message")));
  return () => endChildren(children, "SIGKILL");
}
