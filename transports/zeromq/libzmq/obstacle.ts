/** Where libzmq's binding cannot be used. */

import { isMainThread } from "node:worker_threads";

/** Where, and why not, as the rest of a sentence; undefined where it can be used. */
export function obstacle(runtime: object = globalThis, onMainThread: boolean = isMainThread): string | undefined {
  if ("Bun" in runtime)
    return "on Bun: libzmq's binding aborts the process when a socket is created (oven-sh/bun#18546)";
  if ("Deno" in runtime)
    return "on Deno: with libzmq's binding a subscriber goes deaf there when its publisher restarts";
  if (!onMainThread) return "in a worker thread: libzmq's binding aborts the whole process when the thread ends";
  return undefined;
}
