/**
 * Where the watcher says what no event carries.
 *
 * @module
 */

/** The methods of `console` that are used; most loggers have them. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Warnings and errors to the console, nothing else. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => console.warn(`failover-watcher: ${message}`),
  error: (message) => console.error(`failover-watcher: ${message}`),
};
