/**
 * Linux's clock that goes on while the machine is suspended (CLOCK_BOOTTIME), read as a file, which needs no import. (`os.uptime()`
 * is no such clock: it counts whole seconds on Deno and Bun, and is a wall clock on macOS.)
 *
 * @module
 */

const FILE = "/proc/uptime";

/** Two decimals: what counts more coarsely is not the kernel's own file. */
const SECONDS = /^\d+\.\d\d(?= )/;

/** How far apart a look at one clock and one at the other may be, in milliseconds, and how often it is tried for. */
const SPAN = 2;
const ATTEMPTS = 3;

/** What is asked of the runtime. A browser has none of it, an old Node.js no `getBuiltinModule`. */
interface Runtime {
  readonly process?: {
    readonly platform?: string;
    getBuiltinModule?(id: "node:fs"): { readFileSync(path: string, encoding: "latin1"): string };
  };
  readonly Deno?: {
    readonly permissions: { querySync(permission: { name: "read"; path: string }): { readonly state: string } };
  };
}

/**
 * How far the time since boot is ahead of `performance.now()`, in milliseconds: it grows only while the machine is suspended.
 * Up to 12 too small. Undefined where there is no such clock, it may not be read, or the program is too busy to read both at once.
 */
export function timeSuspended(): number | undefined {
  const { process, Deno } = globalThis as Runtime;
  if (process?.platform !== "linux" || process.getBuiltinModule === undefined) return undefined;
  try {
    // Deno would stop and ask the person at the terminal.
    if (Deno !== undefined && Deno.permissions.querySync({ name: "read", path: FILE }).state !== "granted")
      return undefined;
    const { readFileSync } = process.getBuiltinModule("node:fs");
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = performance.now();
      const [seconds] = SECONDS.exec(readFileSync(FILE, "latin1")) ?? [];
      const after = performance.now();
      if (seconds === undefined) return undefined;
      if (after - before <= SPAN) return Number(seconds) * 1_000 - after;
    }
    return undefined;
  } catch {
    // Not there, or not permitted: then there is no such clock.
    return undefined;
  }
}
