/**
 * Where the watcher says what no event carries.
 *
 * @module
 */

/**
 * The methods of `console` that are used; most loggers have them. One that throws, or returns a promise that rejects, stops
 * nothing: what it should have said is lost, and its first failure is told by the event `error` and the journal.
 */
export interface Logger {
  /** Gets every decision, as it is written into the journal. */
  debug(message: string): void;
  /** Nothing is said at this level so far. */
  info(message: string): void;
  /** Gets warnings about the options at `start`, and what the events `error` and `misconfigured` tell. */
  warn(message: string): void;
  /** Gets what a listener threw, and why a shutdown failed that nobody called or awaits. */
  error(message: string): void;
}

/** Warnings and errors to the console, nothing else. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => console.warn(`failover-watcher: ${message}`),
  error: (message) => console.error(`failover-watcher: ${message}`),
};
