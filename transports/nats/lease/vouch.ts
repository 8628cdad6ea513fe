/**
 * Whether the bucket still keeps what a lease promises: asked with every connection anew, since the next server that answers may be
 * another one. Nobody campaigns before it is answered, and whoever holds the lease loses it where the answer is no.
 */

import type { ElectionContext } from "../../../src/election.ts";
import { asError, ElectionError } from "../../../src/errors.ts";
import type { NatsConnection } from "../connection.ts";
import { listenTo } from "../news.ts";
import { persist } from "../persist.ts";
import { UnfitError, type Bucket } from "./api.ts";

export interface Voucher {
  /**
   * Resolves when it does, in this connection.
   * @throws {ElectionError} (rejects) where it does not, or nobody answers
   */
  vouch(): Promise<void>;
  stop(): void;
}

/**
 * @param limit how long it is asked after a new connection, in milliseconds
 * @param unfit called when the answer of a new connection is no
 */
export function vouchFor(
  nats: NatsConnection,
  bucket: Bucket,
  context: Pick<ElectionContext, "misconfigured" | "error">,
  limit: number,
  unfit: (message: string) => void,
): Voucher {
  const over = new AbortController();
  let vouched: Promise<void> | undefined;
  let warned = false;

  async function ask(): Promise<void> {
    const { num_replicas: replicas } = await bucket.ensure();
    if (replicas > 1 || warned || nats.info?.cluster === undefined) return;
    warned = true;
    context.misconfigured(
      "The lease's bucket is kept on one server of the cluster: nobody can become primary while that server is away. Have it kept on three (replicas: 3).",
    );
  }

  function vouch(): Promise<void> {
    if (vouched !== undefined) return vouched;
    const asking = ask();
    vouched = asking;
    asking.catch(() => {
      if (vouched === asking) vouched = undefined;
    });
    return asking;
  }

  function again(): void {
    vouched = undefined;
    const isUnfit = (thrown: unknown): boolean => thrown instanceof UnfitError;
    persist(limit, over.signal, vouch, isUnfit).catch((thrown: unknown) => {
      if (over.signal.aborted) return;
      const { message } = asError(thrown);
      if (isUnfit(thrown)) unfit(message);
      context.error(new ElectionError("FAILED", message, { cause: thrown }));
    });
  }

  const leave = listenTo(nats, { disconnected: () => (vouched = undefined), reconnected: again });
  return {
    vouch,
    stop() {
      leave();
      over.abort();
    },
  };
}
