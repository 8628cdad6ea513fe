/**
 * A program's logger and detector, so that whoever calls them needs no care: they never throw, and always answer.
 *
 * @module
 */

import type { Arrival, Detector } from "./detector.ts";
import { asError } from "./errors.ts";
import { call, report, run } from "./guard.ts";
import type { Logger } from "./logger.ts";
import { show } from "./show.ts";

/**
 * A logger that fails keeps nobody from working. What it should have said is lost.
 * @param failed gets its first failure, and no later one: a full disk would be told at every decision
 */
export function guardedLogger(logger: Logger, failed: (error: Error) => void): Logger {
  let told = false;
  const at = (level: keyof Logger) => {
    const tell = (cause: Error): void => {
      if (told) return;
      told = true;
      failed(new Error(`The logger failed at ${level}: ${cause.message}; this is said once.`, { cause }));
    };
    return (message: string): void => run(() => logger[level](message), tell);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/**
 * A detector that throws or answers nonsense is replaced, for that answer, by the simple one: what it has learnt stays as it was,
 * silence is evidence after the timeout, and it has no level.
 * @param failed gets the first failure of each method, and the next one after it has worked again
 */
export function guardedDetector(detector: Detector, failed: (error: Error) => void): Detector {
  const { name, adaptive = false, initial } = detector;
  const failing = new Set<string>();
  const ask = <T>(method: string, question: () => T, fits: (answer: T) => boolean, otherwise: T): T => {
    let fault: string;
    try {
      const answer = question();
      if (fits(answer)) {
        failing.delete(method);
        return answer;
      }
      fault = `returned ${show(answer)}`;
      // Of an async method comes a promise, which may reject.
      call(() => answer).catch(() => undefined);
    } catch (thrown) {
      fault = `threw: ${asError(thrown).message}`;
    }
    if (!failing.has(method)) {
      failing.add(method);
      report(
        new Error(`The detector ${name} failed: ${method} ${fault}; the watcher goes on without its answer.`),
        failed,
      );
    }
    return otherwise;
  };
  const isState = (state: unknown): boolean => typeof (state as Partial<Promise<unknown>> | null)?.then !== "function";
  return {
    name,
    adaptive,
    initial,
    observe: (state: unknown, arrival: Arrival) =>
      ask("observe", () => detector.observe(state, arrival), isState, state),
    deadline: (state: unknown, arrival: Arrival) =>
      ask("deadline", () => detector.deadline(state, arrival), Number.isFinite, arrival.at + arrival.timeout),
    ...(detector.level === undefined
      ? {}
      : {
          level: (state: unknown, now: number) =>
            ask("level", () => detector.level?.(state, now) as number, isNumber, NaN),
        }),
  };
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && !Number.isNaN(value);
}
