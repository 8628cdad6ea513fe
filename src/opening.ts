/**
 * Opens what a watcher stands on, its bus and its election, and closes it again: both or neither, within a bound, and called off
 * at any moment.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { asError } from "./errors.ts";
import { call } from "./guard.ts";
import { within } from "./within.ts";

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
  #leftovers: Promise<void> | undefined;

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
    const { clock } = this.#options;
    const { first, longest } = this.#options.pauses;
    let told = "";
    for (let pause = first; ; pause = Math.min(longest, 2 * pause)) {
      try {
        await this.#openOnce(signal);
        return;
      } catch (thrown) {
        const error = asError(thrown);
        if (!wait || signal.aborted || isHopeless(error)) throw thrown;
        if (error.message !== told)
          this.#options.warn(`Cannot start yet: ${error.message} It is tried again, at least every ${longest} ms.`);
        told = error.message;
        await sleep(clock, pause * (0.5 + Math.random() / 2), signal);
      }
    }
  }

  /** Ends an attempt that is under way: `open` rejects with the reason at once. */
  abort(reason: unknown): void {
    this.#attempt.abort(reason);
  }

  /** The last attempt was called off. */
  get aborted(): boolean {
    return this.#attempt.signal.aborted;
  }

  /**
   * Says that what is open is in use from now on.
   * @throws why the attempt was called off, where that came just when everything was open; it is closed then
   */
  begin(): void {
    const { signal } = this.#attempt;
    if (!signal.aborted) return;
    this.#isOpen = false;
    this.#abandon();
    throw signal.reason;
  }

  async #openOnce(signal: AbortSignal): Promise<void> {
    const { parts, bound, clock } = this.#options;
    const late = (): Error => tooSlow([...pending.keys()], bound);
    const pending = new Map<Part, Promise<void>>();
    if (this.#leftovers !== undefined) await within(this.#leftovers, { clock, bound, signal, late });
    this.#leftovers = undefined;
    for (const part of parts)
      pending.set(
        part,
        call(() => part.open()),
      );
    const openings = [...pending].map(([part, opening]) => opening.finally(() => pending.delete(part)));
    try {
      await within(Promise.all(openings), { clock, bound, signal, late });
      this.#isOpen = true;
    } catch (error) {
      for (const [part, opening] of pending) this.#closeLate(part, opening);
      this.#abandon();
      throw error;
    }
  }

  #abandon(): void {
    this.#leftovers = this.#closeAll(ABANDONING_BOUND).catch((thrown: unknown) =>
      this.#options.warn(asError(thrown).message),
    );
  }

  /** A part that was closed while it was being opened may open all the same. What a later attempt has opened is left alone. */
  #closeLate(part: Part, opening: Promise<void>): void {
    const attempt = this.#attempt;
    opening.then(
      () => {
        if (attempt !== this.#attempt) return undefined;
        return part.close().catch((thrown: unknown) => this.#options.warn(asError(thrown).message));
      },
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
    const { parts, clock } = this.#options;
    const open = new Set(parts);
    const closings = parts.map(async (part) => {
      await part.close();
      open.delete(part);
    });
    const late = (): Error =>
      new Error(
        `${namesOf(open)} did not close within ${bound} ms; a connection may stay open until the process ends.`,
      );
    const closed = await within(Promise.allSettled(closings), { clock, bound, late });
    const failure = closed.find((outcome) => outcome.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  }
}

function namesOf(parts: Iterable<Part>): string {
  return [...parts].map(({ name }) => name).join(" and ");
}

function tooSlow(parts: Iterable<Part>, bound: number): Error {
  return new Error(`Cannot open ${namesOf(parts)}: there was no answer within ${bound} ms; see whether it is there.`);
}

/** Rejects with the signal's reason where that comes first. */
async function sleep(clock: Clock, duration: number, signal: AbortSignal): Promise<void> {
  const over = new Error("over");
  const never = new Promise<never>(() => undefined);
  await within(never, { clock, bound: duration, signal, late: () => over }).catch((reason: unknown) => {
    if (reason !== over) throw reason;
  });
}

function isHopeless(error: Error): boolean {
  return "code" in error && HOPELESS.includes(error.code);
}
