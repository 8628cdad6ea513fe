/**
 * Where the watcher says what a program should not miss, whether or not it listens to events.
 *
 * @module
 */

import { textOf } from "./show.ts";

/** The methods of `console` that are used; most loggers have them. Every line begins with group and name: `billing/a: `. */
export interface Logger {
  /** Gets every decision, as it is written into the journal. */
  debug(message: string): void;
  /** Gets the own role's changes, that the link to the bus is up again, and at `start` that the watcher only watches. */
  info(message: string): void;
  /**
   * Gets warnings about the options at `start`, that the link to the bus is down, and what the events `isolated`,
   * `primary-unresponsive`, `misconfigured` and `error` tell.
   */
  warn(message: string): void;
  /** Gets what a listener threw, and why a shutdown failed that nobody called or awaits. */
  error(message: string): void;
}

/** All but the decisions to the console. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: (message) => console.info(`failover-watcher: ${message}`),
  warn: (message) => console.warn(`failover-watcher: ${message}`),
  error: (message) => console.error(`failover-watcher: ${message}`),
};

/** Writes a line at a level. */
export type Say = (level: keyof Logger, message: string) => void;

/** Says lines that begin with who says them. A logger that throws stops nothing; the console gets what it did not take. */
export function speakerOf(name: string, logger: Logger = consoleLogger): Say {
  return (level, message) => {
    const line = `${name}: ${message}`;
    try {
      logger[level](line);
    } catch (thrown) {
      consoleLogger.error(`${line} (The logger threw: ${textOf(thrown)})`);
    }
  };
}
