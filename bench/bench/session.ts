/** A run under way: one step after another, until all are done or it is given up. */

import process from "node:process";
import type { Progress } from "../cli/progress.ts";

/** Something to be done, and how to call it. */
export interface Step {
  readonly about: string;
  run(): Promise<unknown>;
}

export interface Session {
  /** Aborts when the run is given up. */
  readonly signal: AbortSignal;
  /** Whether every step so far was done. */
  readonly complete: boolean;
  /** A name that no other group on any bus has. */
  nextGroup(): string;
  /** Does one step after another, until one fails: that is told on stderr, and what was found before it counts. */
  each(steps: readonly Step[]): Promise<void>;
}

export function openSession(signal: AbortSignal, progress: Progress): Session {
  const run = crypto.randomUUID().slice(0, 8);
  let groups = 0;
  let complete = true;
  return {
    signal,
    get complete() {
      return complete;
    },
    nextGroup: () => `bench-${run}-${(groups += 1)}`,
    async each(steps) {
      progress.begin(steps.length);
      try {
        for (const { about, run: carryOut } of steps) {
          signal.throwIfAborted();
          progress.step(about);
          await carryOut();
        }
        progress.end();
      } catch (error) {
        complete = false;
        progress.end();
        const why = error instanceof Error ? error.message : String(error);
        if (!signal.aborted) process.stderr.write(`Stopped early. ${why}\n`);
      }
    },
  };
}
