/** A candidate for the mandate in Postgres without a watcher around it, and a log of all that its election tells. */

import { onTestFinished } from "vitest";
import type pg from "pg";
import { postgresElection } from "../../examples/postgres-election/postgres-election.mjs";
import { systemClock, type Clock } from "../../src/clock.ts";
import type { CampaignOutcome, Election, ElectionContext, Mandate } from "../../src/election.ts";
import { createLog, type Log } from "../support/log.ts";

export type Told =
  | { readonly type: "renewed"; readonly deadline: number; readonly at: number }
  | { readonly type: "lost" | "error"; readonly message: string };

export interface Candidate {
  readonly election: Election;
  readonly log: Log<Told>;
  open(): Promise<void>;
  close(): Promise<void>;
  campaign(highestTerm?: number, signal?: AbortSignal): Promise<CampaignOutcome>;
  /** Campaigns, and wins or fails the test. */
  win(highestTerm?: number): Promise<Mandate>;
}

export const TIMEOUT = 1_200;

/** A candidate that is not open yet. It ends with the test. */
export function candidateOf(
  name: string,
  config: pg.PoolConfig,
  timeout: number = TIMEOUT,
  clock: Clock = systemClock,
): Candidate {
  const election = postgresElection(config);
  const log = createLog<Told>();
  const context: ElectionContext = {
    group: "default",
    instanceId: name,
    incarnation: `${name}#1`,
    heartbeatInterval: timeout / 6,
    heartbeatTimeout: timeout,
    clock,
    candidate: true,
    greeted: () => undefined,
    evidence: () => undefined,
    misconfigured: (message) => log.add({ type: "error", message }),
    error: ({ message }) => log.add({ type: "error", message }),
  };
  const close = async (): Promise<void> => election.close?.();
  onTestFinished(close);
  const campaign = (highestTerm = 0, signal = new AbortController().signal): Promise<CampaignOutcome> =>
    election.campaign({
      highestTerm,
      signal,
      renewed: (deadline) => log.add({ type: "renewed", deadline, at: clock.now() }),
      lost: (message) => log.add({ type: "lost", message }),
    });
  return {
    election,
    log,
    open: async () => election.open?.(context),
    close,
    campaign,
    async win(highestTerm) {
      const outcome = await campaign(highestTerm);
      if (!outcome.won) throw new Error(`${name} did not win: ${outcome.message}`);
      return outcome.mandate;
    },
  };
}
