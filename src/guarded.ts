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

/** Tells the first failure and no later one: a full disk would be told at every decision, a detector at every heartbeat. */
function tellOnce(what: string, failed: (error: Error) => void): (method: string, cause: unknown) => void {
  let told = false;
  return (method, cause) => {
    if (told) return;
    told = true;
    const message = `The ${what} failed at ${method}: ${asError(cause).message}; this is said once.`;
    report(new Error(message, { cause }), failed);
  };
}

/**
 * A logger that fails keeps nobody from working. What it should have said is lost.
 * @param failed gets its first failure
 */
export function guardedLogger(logger: Logger, failed: (error: Error) => void): Logger {
  const tell = tellOnce("logger", failed);
  const at =
    (level: keyof Logger) =>
    (message: string): void =>
      run(
        () => logger[level](message),
        (error) => tell(level, error),
      );
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/**
 * A detector that throws or answers nonsense is done without, for that answer: what it has learnt stays as it was, silence is
 * evidence after the timeout, as with the simple one, and it has no level.
 * @param failed gets its first failure
 */
export function guardedDetector(detector: Detector, failed: (error: Error) => void): Detector {
  const { name, adaptive = false, initial } = detector;
  const tell = tellOnce(`detector ${name}`, failed);
  const ask = <T>(method: string, question: () => T, fits: (answer: T) => boolean, otherwise: T): T => {
    try {
      const answer = question();
      if (fits(answer)) return answer;
      // Of an async method comes a promise, which may reject.
      call(() => answer).catch(() => undefined);
      throw new TypeError(`it returned ${show(answer)}`);
    } catch (thrown) {
      tell(method, thrown);
      return otherwise;
    }
  };
  return {
    name,
    adaptive,
    initial,
    observe: (state: unknown, arrival: Arrival) =>
      ask("observe", () => detector.observe(state, arrival), isState, state),
    deadline: (state: unknown, arrival: Arrival) =>
      ask("deadline", () => detector.deadline(state, arrival), Number.isFinite, arrival.at + arrival.timeout),
    level: (state: unknown, now: number) =>
      detector.level === undefined ? NaN : ask("level", () => detector.level?.(state, now) as number, isLevel, NaN),
  };
}

/** Whatever is no promise. */
function isState(state: unknown): boolean {
  return typeof (state as Partial<Promise<unknown>> | null)?.then !== "function";
}

function isLevel(level: number): boolean {
  return Number.isFinite(level) || level === Infinity;
}
