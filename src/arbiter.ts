/**
 * Between the protocol and an outside election: campaigns, mandates, questions to the holder.
 *
 * @module
 */

import type { Input } from "./core/input.ts";
import type { Election, ElectionContext, Mandate } from "./election.ts";
import { asError } from "./errors.ts";

/** What the arbiter needs of the watcher it works for. */
export interface ArbiterOptions {
  readonly election: Election;
  readonly context: Omit<ElectionContext, "ports" | "greeted" | "evidence" | "misconfigured" | "error">;
  /** Asked at `open`: a transport may know its ports only then. */
  ports(): ElectionContext["ports"] | undefined;
  feed(input: Input): void;
  misconfigured(message: string): void;
  failed(error: Error): void;
}

export class Arbiter {
  readonly #options: ArbiterOptions;
  readonly #campaigns = new Map<number, AbortController>();
  readonly #mandates = new Map<number, Mandate>();
  #asking: AbortController | undefined;
  #surveying: AbortController | undefined;

  constructor(options: ArbiterOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { election, context, feed, misconfigured, failed } = this.#options;
    const ports = this.#options.ports();
    await election.open?.({
      ...context,
      ...(ports === undefined ? {} : { ports }),
      greeted: (holder) => feed({ type: "greeted", holder }),
      evidence: (evidence) => feed({ type: "evidence", evidence }),
      misconfigured,
      error: failed,
    });
  }

  /** Campaigns, and tells how it ended. */
  campaign(id: number, highestTerm: number): void {
    const { election, feed } = this.#options;
    const controller = new AbortController();
    this.#campaigns.set(id, controller);
    const request = {
      highestTerm,
      signal: controller.signal,
      renewed: (deadline: number): void => feed({ type: "renewed", id, deadline }),
      lost: (message: string): void => {
        this.#mandates.delete(id);
        feed({ type: "lost", id, message });
      },
    };
    election.campaign(request).then(
      (outcome) => {
        this.#campaigns.delete(id);
        if (outcome.won) {
          const { mandate } = outcome;
          this.#mandates.set(id, mandate);
          feed({ type: "won", id, term: mandate.term, deadline: mandate.deadline ?? Infinity });
        } else feed({ type: "defeated", id, message: outcome.message, holder: outcome.holder });
      },
      (thrown: unknown) => {
        this.#campaigns.delete(id);
        feed({ type: "undecided", id, error: asError(thrown) });
      },
    );
  }

  /** The campaign is no longer wanted. */
  cancel(id: number): void {
    this.#campaigns.get(id)?.abort();
  }

  /** Gives a mandate up. That the election failed to hear it is reported, and no reason to wait: it ends by itself. */
  resign(id: number, successor: string | undefined): void {
    const { feed, failed } = this.#options;
    const mandate = this.#mandates.get(id);
    this.#mandates.delete(id);
    const resigning = mandate?.resign(successor === undefined ? {} : { successor }) ?? Promise.resolve();
    resigning
      .catch((thrown: unknown) => failed(asError(thrown)))
      .finally(() => feed({ type: "resigned", id }))
      .catch((thrown: unknown) => failed(asError(thrown)));
  }

  abandon(id: number): void {
    this.#mandates.get(id)?.abandon?.();
  }

  /** Asks who holds the mandate now. A new question replaces an unanswered one. @param number names it in the answer */
  ask(number: number): void {
    const { election, feed, failed } = this.#options;
    if (election.check === undefined) return;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    election.check(asking.signal).then(
      (holder) => {
        if (holder === undefined || holder.term === null || asking.signal.aborted) return;
        const { instanceId, incarnation, term } = holder;
        feed({ type: "answered", via: "lock", number, instanceId, incarnation, term });
      },
      (thrown: unknown) => {
        if (!asking.signal.aborted) failed(asError(thrown));
      },
    );
  }

  /** Asks whether nobody holds the mandate, once everybody who does can be heard. */
  survey(): void {
    const { election, feed, failed } = this.#options;
    if (election.vacant === undefined) return;
    const asking = new AbortController();
    this.#surveying = asking;
    election.vacant(asking.signal).then(
      (vacant) => {
        if (vacant && !asking.signal.aborted) feed({ type: "vacant" });
      },
      (thrown: unknown) => {
        if (!asking.signal.aborted) failed(asError(thrown));
      },
    );
  }

  async close(): Promise<void> {
    for (const controller of this.#campaigns.values()) controller.abort();
    this.#asking?.abort();
    this.#surveying?.abort();
    await this.#options.election.close?.();
  }
}
