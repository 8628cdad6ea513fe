/**
 * Where the watcher says what a program should not miss, whether or not it listens to events.
 *
 * @module
 */

/**
 * The methods of `console` that are used; most loggers have them. Every line begins with group and name: `billing/a: `. One that
 * throws, or returns a promise that rejects, stops nothing: what it should have said is lost, and its first failure is told by the
 * event `error` and the journal.
 */
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

/** A logger whose lines begin with who says them. */
export function signed(logger: Logger, name: string): Logger {
  const at =
    (level: keyof Logger) =>
    (message: string): void =>
      logger[level](`${name}: ${message}`);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
