/** A logger that keeps its lines. */

import type { Logger } from "../../src/index.ts";

export interface Lines {
  readonly logger: Logger;
  /** `info billing/a: Became primary ...`; decisions are left out. */
  readonly lines: string[];
  /** What `debug` got. */
  readonly decisions: string[];
  /** The lines that are alarming. */
  readonly alarms: () => readonly string[];
}

export function keepLines(): Lines {
  const lines: string[] = [];
  const decisions: string[] = [];
  const keep = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return {
    logger: {
      debug: (message) => void decisions.push(message),
      info: keep("info"),
      warn: keep("warn"),
      error: keep("error"),
    },
    lines,
    decisions,
    alarms: () => lines.filter((line) => !line.startsWith("info")),
  };
}
