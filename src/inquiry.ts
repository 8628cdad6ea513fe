/**
 * Questions to somebody outside, a few at once at most: an answer that is on its way must not be thrown away for the next question, or
 * whoever is asked often would never hear one.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { call } from "./guard.ts";
import { within } from "./within.ts";

/** Nobody waits longer for the answer to one question, in milliseconds, unless more patience is asked for. */
export const LONGEST_QUESTION = 500;

/** What is asked, and what becomes of it. */
export interface InquiryOptions<Answer> {
  readonly clock: Clock;
  /** How many questions may wait for their answers. @default 1 */
  readonly atOnce?: number;
  /** How long each waits for its answer, in milliseconds. @default LONGEST_QUESTION */
  readonly bound?: number;
  /** Asks. Its signal aborts when nobody waits for the answer any more. */
  ask(signal: AbortSignal): Answer | PromiseLike<Answer>;
  /** @param number the question that was answered */
  answered(answer: Awaited<Answer>, number: number): void;
  failed(thrown: unknown): void;
}

export class Inquiry<Answer> {
  readonly #options: InquiryOptions<Answer>;
  readonly #asking = new Set<AbortController>();
  /** The question that waits for its turn. */
  #next: number | undefined;

  constructor(options: InquiryOptions<Answer>) {
    this.#options = options;
  }

  /** Asks now, or as soon as an earlier question is answered; only the latest that waits is asked. */
  ask(number: number): void {
    if (this.#asking.size < (this.#options.atOnce ?? 1)) void this.#ask(number);
    else this.#next = number;
  }

  async #ask(number: number): Promise<void> {
    const { clock, bound = LONGEST_QUESTION, ask, answered, failed } = this.#options;
    const asking = new AbortController();
    this.#asking.add(asking);
    const { signal } = asking;
    const late = new Error("There was no answer in time.");
    try {
      const answer = await within(
        call(() => ask(signal)),
        { clock, bound, signal, late: () => late },
      );
      answered(answer, number);
    } catch (thrown) {
      // Silence is an answer, too; and who ends the questions needs none.
      if (thrown !== late && !signal.aborted) failed(thrown);
    }
    asking.abort();
    if (!this.#asking.delete(asking)) return;
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) void this.#ask(next);
  }

  /** Nobody waits for an answer any more. */
  end(): void {
    const asking = [...this.#asking];
    this.#asking.clear();
    this.#next = undefined;
    for (const controller of asking) controller.abort();
  }
}
