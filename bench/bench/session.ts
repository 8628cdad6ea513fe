/** A run under way: one step after another, until all are done or it is given up. */

import process from "node:process";
import { asError } from "../../src/errors.ts";
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
  /**
   * Does one step after another. One that fails is done again, as a busy machine may keep a group from coming together; where it
   * fails every time the run ends, and what was found before counts. Every failure is told on stderr.
   */
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
          await persist(carryOut, signal);
        }
      } catch (error) {
        complete = false;
        if (!signal.aborted) process.stderr.write(`\nStopped early: ${asError(error).message}\n`);
      } finally {
        progress.end();
      }
    },
  };
}

/** How often a step is tried. */
const ATTEMPTS = 3;

async function persist(carryOut: Step["run"], signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1)
    try {
      await carryOut();
      return;
    } catch (error) {
      if (signal.aborted || attempt === ATTEMPTS) throw error;
      process.stderr.write(`\nAgain: ${asError(error).message}\n`);
    }
}
