/** How far a long command is: a bar with the time left on a terminal, a line for every tenth elsewhere. Always on stderr. */

import process from "node:process";
import { formatDuration } from "./duration.ts";

export interface Progress {
  /** There are so many steps. */
  begin(steps: number): void;
  /** The next one begins. */
  step(about: string): void;
  /** The bar is gone. */
  end(): void;
}

const WIDTH = 24;

/** @param quiet nothing is shown */
export function makeProgress(quiet: boolean): Progress {
  if (quiet) return { begin: () => undefined, step: () => undefined, end: () => undefined };
  const { stderr } = process;
  let [steps, done, startedAt] = [0, 0, 0];
  const left = (): string => {
    if (done === 0) return "";
    const each = (performance.now() - startedAt) / done;
    return `, ${formatLeft(each * (steps - done))} left`;
  };
  return {
    begin(count) {
      [steps, done, startedAt] = [count, -1, performance.now()];
    },
    step(about) {
      done += 1;
      if (stderr.isTTY) stderr.write(`${ERASED}${bar(done / steps)} ${done}/${steps} ${about}${left()}`);
      else if (done === 0 || tenth(done, steps) > tenth(done - 1, steps)) stderr.write(`${done}/${steps}${left()}\n`);
    },
    end() {
      if (stderr.isTTY) stderr.write(ERASED);
    },
  };
}

/** ECMA-48: back to the first column, and erase to the end of the line. */
const ERASED = "\r\u001b[K";

function bar(share: number): string {
  const filled = Math.round(WIDTH * share);
  return `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}`;
}

function tenth(done: number, steps: number): number {
  return Math.floor((10 * done) / steps);
}

/** Nobody wants the milliseconds of a guess. */
function formatLeft(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  return seconds < 100 ? formatDuration(seconds * 1_000) : formatDuration(Math.ceil(seconds / 60) * 60_000);
}
