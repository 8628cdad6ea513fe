/**
 * The program's callbacks as the protocol calls them: `work` becomes a part of `onPromote` and `onDemote`, and whoever waits inside
 * a callback for that very callback is told so.
 *
 * @module
 */

import { asError } from "./errors.ts";
import type { CommonOptions, Demotion, Promotion } from "./options.ts";

/** The callbacks that leaving waits for. */
export type CallbackName = "onPromote" | "onDemote" | "work";

export class Callbacks {
  readonly #options: Pick<CommonOptions, CallbackName>;
  readonly #workEnded: (error: Error | undefined) => void;
  #inside: CallbackName | undefined;
  #work: Promise<void> = Promise.resolve();

  /** @param workEnded told when `work` returned or threw although its signal had not aborted */
  constructor(options: Pick<CommonOptions, CallbackName>, workEnded: (error: Error | undefined) => void) {
    this.#options = options;
    this.#workEnded = workEnded;
  }

  /** The callback that calls us at this very moment. After its first `await` nobody can tell. */
  get inside(): CallbackName | undefined {
    return this.#inside;
  }

  async onPromote(promotion: Promotion): Promise<void> {
    await this.#call("onPromote", () => this.#options.onPromote?.(promotion));
    const { work } = this.#options;
    if (work === undefined || promotion.signal.aborted) return;
    this.#work = this.#run(() => this.#call("work", () => work(promotion)), promotion.signal);
  }

  async onDemote(demotion: Demotion): Promise<void> {
    await this.#work;
    await this.#call("onDemote", () => this.#options.onDemote?.(demotion));
  }

  async #run(work: () => unknown, signal: AbortSignal): Promise<void> {
    let error: Error | undefined;
    try {
      await work();
    } catch (thrown) {
      error = asError(thrown);
    }
    // What work does with a signal that has aborted is its own business.
    if (!signal.aborted) this.#workEnded(error);
  }

  #call(name: CallbackName, callback: () => unknown): unknown {
    this.#inside = name;
    try {
      return callback();
    } finally {
      this.#inside = undefined;
    }
  }
}
