/** A candidate for a NATS lease without a watcher around it, and a log of all that its election tells. */

import { onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import type { CampaignOutcome, Election, Mandate } from "../../src/election.ts";
import { natsLease, type NatsLeaseOptions } from "../../transports/nats/index.ts";
import { createLog, type Log } from "../support/log.ts";

export type Told =
  | { readonly type: "renewed"; readonly deadline: number }
  | { readonly type: "lost" | "error"; readonly message: string }
  | {
      readonly type: "greeted";
      readonly at: number;
      readonly instanceId: string;
      readonly term: number | null;
      readonly metadata: unknown;
    }
  | { readonly type: "evidence"; readonly kind: string; readonly successor: string | undefined };

export interface Candidate {
  readonly election: Election;
  readonly log: Log<Told>;
  campaign(highestTerm?: number, signal?: AbortSignal): Promise<CampaignOutcome>;
  /** What its program says of itself. */
  readonly said: { metadata: Record<string, unknown> | undefined };
  /** Campaigns, and wins or fails the test. */
  win(highestTerm?: number): Promise<Mandate>;
}

export const TIMEOUT = 900;

/** Opens a candidate. It ends with the test. */
export async function candidate(
  name: string,
  options: NatsLeaseOptions,
  timeout: number = TIMEOUT,
): Promise<Candidate> {
  const election = natsLease(options);
  const log = createLog<Told>();
  const said: Candidate["said"] = { metadata: undefined };
  onTestFinished(() => election.close?.());
  await election.open?.({
    group: "default",
    instanceId: name,
    incarnation: `${name}#1`,
    heartbeatInterval: timeout / 4,
    heartbeatTimeout: timeout,
    clock: systemClock,
    candidate: true,
    metadata: () => said.metadata,
    greeted: ({ instanceId, term, metadata }) =>
      log.add({ type: "greeted", at: performance.now(), instanceId, term, metadata }),
    evidence: (evidence) =>
      log.add({
        type: "evidence",
        kind: evidence.kind,
        successor: evidence.kind === "shutdown" ? evidence.successor : undefined,
      }),
    misconfigured: (message) => log.add({ type: "error", message }),
    error: ({ message }) => log.add({ type: "error", message }),
  });
  const campaign = (highestTerm = 0, signal = new AbortController().signal): Promise<CampaignOutcome> =>
    election.campaign({
      highestTerm,
      signal,
      renewed: (deadline) => log.add({ type: "renewed", deadline }),
      lost: (message) => log.add({ type: "lost", message }),
    });
  return {
    election,
    log,
    said,
    campaign,
    async win(highestTerm) {
      const outcome = await campaign(highestTerm);
      if (!outcome.won) throw new Error(`${name} did not win: ${outcome.message}`);
      return outcome.mandate;
    },
  };
}
