/**
 * Opens what a watcher stands on, its bus and its election, and closes it again: both or neither, within a bound, and called off
 * at any moment.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { asError } from "./errors.ts";

/** What is opened and closed. It may be opened again after it was closed, or did not open. */
export interface Part {
  /** In sentences: "the transport nats". */
  readonly name: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Durations in milliseconds. */
export interface OpeningOptions {
  readonly parts: readonly Part[];
  readonly clock: Clock;
  /** How long all parts together may take to open. */
  readonly bound: number;
  /** Between two attempts: the first pause, which doubles, and the longest. */
  readonly pauses: { readonly first: number; readonly longest: number };
  /** A line for people about what is gone on from. */
  warn(message: string): void;
}

/** How long closing may take, in milliseconds: no container waits long for a program that was told to stop. */
const CLOSING_BOUND = 2_000;

/** The same for what was never open as a whole. */
const ABANDONING_BOUND = 800;

/** Failures that no later attempt mends. */
const HOPELESS: readonly unknown[] = ["MISSING_PACKAGE", "BAD_ADDRESS"];

export class Opening {
  readonly #options: OpeningOptions;
  #attempt = new AbortController();
  #isOpen = false;
  /** What an attempt that failed leaves behind is closed before the next one begins. */
  #leftovers: Promise<void> = Promise.resolve();

  constructor(options: OpeningOptions) {
    this.#options = options;
  }

  /**
   * Opens everything.
   * @param wait try again until it succeeds or is called off
   * @throws (rejects) what a part could not do, or why it was called off; nothing is open then
   */
  async open(wait: boolean): Promise<void> {
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    const { first, longest } = this.#options.pauses;
    let told = "";
    for (let pause = first; ; pause = Math.min(longest, 2 * pause)) {
      await this.#leftovers;
      try {
        await this.#openOnce(signal);
        this.#isOpen = true;
        return;
      } catch (thrown) {
        const error = asError(thrown);
        if (!wait || signal.aborted || isHopeless(error)) throw thrown;
        if (error.message !== told)
          this.#options.warn(`Cannot start yet: ${error.message} It is tried again, at least every ${longest} ms.`);
        told = error.message;
        await this.#either(never(), signal, pause * (0.5 + Math.random() / 2)).catch((reason: unknown) => {
          if (signal.aborted) throw reason;
        });
      }
    }
  }

  /** Ends an attempt that is under way: `open` rejects with the reason at once. */
  abort(reason: unknown): void {
    this.#attempt.abort(reason);
  }

  async #openOnce(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { parts, bound } = this.#options;
    const pending = new Map(parts.map((part) => [part, part.open()]));
    const openings = [...pending].map(([part, opening]) => opening.finally(() => pending.delete(part)));
    try {
      await this.#either(Promise.all(openings), signal, bound);
    } catch (error) {
      for (const [part, opening] of pending) this.#closeLate(part, opening);
      this.#leftovers = this.#closeAll(ABANDONING_BOUND).catch((thrown: unknown) =>
        this.#options.warn(asError(thrown).message),
      );
      throw error;
    }
  }

  /** A part that was closed while it was being opened may open all the same. */
  #closeLate(part: Part, opening: Promise<void>): void {
    opening.then(
      () => part.close().catch((thrown: unknown) => this.#options.warn(asError(thrown).message)),
      () => undefined,
    );
  }

  /**
   * Closes what is open.
   * @throws (rejects) what a part could not do, or which one does not settle
   */
  async close(): Promise<void> {
    await this.#leftovers;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#closeAll(CLOSING_BOUND);
  }

  async #closeAll(bound: number): Promise<void> {
    const open = new Set(this.#options.parts);
    const closings = this.#options.parts.map(async (part) => {
      await part.close();
      open.delete(part);
    });
    const all = Promise.allSettled(closings);
    const closed = await this.#either(all, new AbortController().signal, bound).catch(() => undefined);
    const failure = closed?.find((outcome) => outcome.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    if (closed !== undefined) return;
    const names = [...open].map(({ name }) => name).join(" and ");
    throw new Error(`${names} did not close within ${bound} ms; a connection may stay open until the process ends.`);
  }

  /** Whichever is first: the work, the abort, or the bound. */
  #either<T>(work: Promise<T>, signal: AbortSignal, bound: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => end(() => reject(signal.reason as Error));
      const timer = this.#options.clock.setTimer(() => end(() => reject(this.#tooSlow(bound))), bound);
      const end = (settle: () => void): void => {
        timer.cancel();
        signal.removeEventListener("abort", aborted);
        settle();
      };
      signal.addEventListener("abort", aborted);
      work.then(
        (value) => end(() => resolve(value)),
        (thrown: unknown) => end(() => reject(asError(thrown))),
      );
    });
  }

  #tooSlow(bound: number): Error {
    const names = this.#options.parts.map(({ name }) => name).join(" and ");
    return new Error(`Cannot open ${names}: there was no answer within ${bound} ms; see whether the bus is there.`);
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function isHopeless(error: Error): boolean {
  return (
    error instanceof TypeError || error instanceof RangeError || ("code" in error && HOPELESS.includes(error.code))
  );
}
