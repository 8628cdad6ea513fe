/** The runtimes that an instance can run on, and how each is called. */

import process from "node:process";

export const RUNTIMES = ["node", "deno", "bun"] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** The runtime that this program runs on. */
export const current: Runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";

/** What is called to run a program on a runtime: this process's own executable, or the one on the PATH. */
export function commandOf(runtime: Runtime, program: string): { readonly command: string; readonly args: string[] } {
  const command = runtime === current ? process.execPath : runtime;
  return { command, args: runtime === "deno" ? ["run", "--allow-all", program] : [program] };
}
