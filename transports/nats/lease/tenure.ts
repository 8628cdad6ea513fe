/** Holding the lease: renewed well before its deadline, given up in one write. */

import type { CampaignRequest, ElectionContext, Mandate } from "../../../src/election.ts";
import { asError } from "../../../src/errors.ts";
import type { Bucket } from "./api.ts";
import { decodeRecord, type LeaseRecord } from "./record.ts";
import type { Watch } from "./watch.ts";

/** S3: a mandate is trusted for this share of the timeout from when its last proof was *sent*. */
export const TRUST: number = 2 / 3;

/** The part of that trust which one renewal, or the pause between two, may take. */
const RENEWAL_SHARE = 1 / 4;

/** What a winner goes on from. */
export interface Won {
  readonly record: LeaseRecord;
  readonly revision: number;
  readonly sentAt: number;
}

/** Renews until it is resigned, abandoned or lost. */
export function holdLease(
  bucket: Bucket,
  watch: Watch,
  context: ElectionContext,
  { renewed, lost }: CampaignRequest,
  won: Won,
): Mandate {
  const { clock, heartbeatInterval, heartbeatTimeout } = context;
  const trust = heartbeatTimeout * TRUST;
  const patience = trust * RENEWAL_SHARE;
  let { record, revision } = won;
  let deadline = won.sentAt + trust;
  /** When each write that may still be found was sent. */
  const sent = new Map([[record.nonce, won.sentAt]]);
  let over = false;
  let working: Promise<void> = Promise.resolve();
  let timer = clock.setTimer(renew, Math.min(heartbeatInterval, patience));

  const isOver = (): boolean => over;

  function end(): void {
    over = true;
    timer.cancel();
  }

  function lose(message: string): void {
    if (over) return;
    end();
    lost(message);
  }

  function proven(nonce: string, at: number): void {
    const sentAt = sent.get(nonce) ?? -Infinity;
    revision = at;
    for (const older of sent.keys()) if (older !== nonce) sent.delete(older);
    // What lapsed never comes back, whatever is found later.
    if (clock.now() >= deadline || over) return;
    deadline = Math.max(deadline, sentAt + trust);
    renewed(deadline);
  }

  function renew(): void {
    working = working.then(async () => {
      if (over) return;
      if (clock.now() >= deadline) {
        lose("The lease was not renewed before its deadline.");
        return;
      }
      const began = clock.now();
      await attempt({ ...record, nonce: crypto.randomUUID(), metadata: context.metadata?.() });
      // A renewal that failed is tried again at once, one that succeeded when it is due.
      if (!isOver())
        timer = clock.setTimer(renew, Math.max(0, began + Math.min(heartbeatInterval, patience) - clock.now()));
    });
  }

  async function attempt(next: LeaseRecord): Promise<void> {
    const sentAt = clock.now();
    sent.set(next.nonce, sentAt);
    try {
      const written = await bucket.write(JSON.stringify(next), revision, patience);
      if (written.kind === "written") {
        record = next;
        proven(next.nonce, written.revision);
        return;
      }
    } catch {
      // Nobody said what became of it; what is stored does.
    }
    await look();
  }

  async function look(): Promise<void> {
    try {
      const stored = await bucket.read();
      const found = decodeRecord(stored.data);
      watch.note(stored);
      if (found !== undefined && sent.has(found.nonce)) {
        record = found;
        proven(found.nonce, stored.revision);
      } else if (!over) {
        const who = found === undefined ? "its record is gone" : `${found.instance_id} holds it in term ${found.term}`;
        lose(`The lease is lost: ${who}.`);
      }
    } catch {
      // Not even that can be read now: the next renewal tries again, and the deadline stands.
    }
  }

  return {
    term: record.term,
    deadline,
    async resign({ successor } = {}) {
      const held = !over;
      end();
      await working;
      if (!held) return;
      const goodbye = {
        ...record,
        nonce: crypto.randomUUID(),
        resigned: true,
        ...(successor === undefined ? {} : { successor }),
      };
      try {
        const written = await bucket.write(JSON.stringify(goodbye), revision, patience);
        if (written.kind === "written")
          watch.note({ revision: written.revision, data: new TextEncoder().encode(JSON.stringify(goodbye)) });
      } catch (thrown) {
        throw new Error(`Could not give the lease up, so it ends by its own deadline: ${asError(thrown).message}`, {
          cause: thrown,
        });
      }
    },
    abandon: end,
  };
}
