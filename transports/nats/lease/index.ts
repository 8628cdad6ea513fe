/** The lease: one record of a JetStream key-value bucket decides who is primary. */

import type { CampaignOutcome, CampaignRequest, Election, ElectionContext, Mandate } from "../../../src/election.ts";
import { Errands } from "../../../src/errands.ts";
import { asError, ElectionError } from "../../../src/errors.ts";
import { findConnection, type Connected } from "../connect.ts";
import { checkLeaseOptions, type NatsLeaseOptions } from "../options.ts";
import { openingTime, persist } from "../persist.ts";
import { openBucket, type Bucket } from "./api.ts";
import { decodeRecord, holderOf, type LeaseRecord } from "./record.ts";
import { holdLease, TRUST, type Won } from "./tenure.ts";
import { watchRecord, type View, type Watch } from "./watch.ts";

const CALLED_OFF: CampaignOutcome = { won: false, message: "The campaign for the lease was called off." };

/** Somebody else's timeout is waited for, but not without bounds. */
const MOST_PATIENCE = 10;

interface Opened {
  readonly context: ElectionContext;
  readonly place: Connected;
  readonly bucket: Bucket;
  readonly watch: Watch;
}

/**
 * An election that JetStream decides: one record for each group that never expires, created, renewed and taken over by its
 * revision only. It is taken over when it stayed unchanged for a whole timeout on the candidate's own clock, and at once when
 * it says that it was resigned. Its terms last as long as the record. Works with every nats-server 2.x that has JetStream.
 *
 * `open` rejects with a `TransportError` where there is no server, and with an `ElectionError` where there is no JetStream, or it
 * refuses.
 *
 * @throws {TypeError} for an unknown option, one of the wrong type, and those that do not go together
 * @throws {RangeError} for a value that cannot be
 */
export function natsLease(options: NatsLeaseOptions = {}): Election {
  checkLeaseOptions(options);
  const { bucket: name = "failover", replicas = 1, ...where } = options;
  const errands = new Errands();
  let opened: Opened | undefined;
  let mandate: Mandate | undefined;
  let closed: Promise<void> | undefined;
  let underway: Promise<void> = Promise.resolve();

  async function open(context: ElectionContext): Promise<void> {
    const place = await findConnection(where, context.heartbeatTimeout);
    const bucket = openBucket(
      place.connection,
      name,
      context.group,
      replicas,
      Math.max(context.heartbeatTimeout / 3, 250),
    );
    try {
      // A cluster that has no leader yet may have one soon; a single server without JetStream never has.
      const hopeless = (): boolean => {
        const { cluster, jetstream } = place.connection.info ?? {};
        return cluster === undefined && jetstream !== true;
      };
      const stored = await persist(openingTime(context.heartbeatTimeout), () => bucket.read(), hopeless);
      const watch = watchRecord(place.connection, bucket, context, context.incarnation);
      watch.note(stored);
      opened = { context, place, bucket, watch };
    } catch (error) {
      if (place.own) await place.connection.close();
      throw error;
    }
  }

  async function campaign(request: CampaignRequest, signal: AbortSignal): Promise<CampaignOutcome> {
    if (opened === undefined) throw new ElectionError("NOT_CONNECTED", "The NATS lease is not open.");
    const { context, bucket, watch } = opened;
    const { clock } = context;
    let view = watch.note(await bucket.read());
    for (let due = takeableAt(view, context); clock.now() < due; due = takeableAt(view, context)) {
      await watch.news(due, signal);
      if (signal.aborted) return CALLED_OFF;
      if (watch.view !== view && isHeld(watch.view, context)) return defeat(watch.view);
      // Read again: what was deleted and made anew may bear the same number.
      view = watch.note(await bucket.read());
    }
    if (signal.aborted) return CALLED_OFF;
    const won = await takeOver(view, request.highestTerm, opened);
    if (won === undefined) return defeat(watch.view);
    mandate = holdLease(bucket, watch, context, request, won);
    return { won: true, mandate };
  }

  async function end(): Promise<void> {
    errands.end();
    await underway;
    await mandate?.resign().catch((thrown: unknown) => opened?.context.error(asError(thrown)));
    opened?.watch.stop();
    if (opened?.place.own === true) await opened.place.connection.close();
  }

  function track<T>(work: Promise<T>): Promise<T> {
    // Without what they came to: every outcome would hold the one before it.
    underway = Promise.allSettled([underway, work]).then(() => undefined);
    return work;
  }

  return {
    name: "nats-lease",
    traits: { exclusive: true, durable: true, deadline: true },
    open: (context) => track(open(context)),
    campaign: (request) => track(errands.run(request.signal, (signal) => campaign(request, signal))),
    close() {
      closed ??= end();
      return closed;
    },
  };
}

/** When the record, as it stands, may be taken: on the own clock, and for the holder's timeout where that is longer. */
function takeableAt({ record, since }: View, { heartbeatTimeout, incarnation }: ElectionContext): number {
  if (record?.resigned === true || record?.incarnation === incarnation) return -Infinity;
  const theirs = Math.min(record?.timeout ?? 0, MOST_PATIENCE * heartbeatTimeout);
  return since + Math.max(heartbeatTimeout, theirs);
}

function isHeld({ record }: View, { incarnation }: ElectionContext): boolean {
  return record !== undefined && record.resigned !== true && record.incarnation !== incarnation;
}

function defeat({ record }: View): CampaignOutcome {
  if (record === undefined) return { won: false, message: "The lease was taken by somebody who is gone again." };
  return {
    won: false,
    message: `${record.instance_id} holds the lease in term ${record.term}.`,
    holder: holderOf(record),
  };
}

/** Undefined where somebody else was faster. */
async function takeOver(view: View, highestTerm: number, { context, bucket, watch }: Opened): Promise<Won | undefined> {
  const { clock, instanceId, incarnation, heartbeatInterval, heartbeatTimeout } = context;
  const trust = heartbeatTimeout * TRUST;
  const record: LeaseRecord = {
    v: 1,
    term: Math.max(view.record?.term ?? 0, highestTerm) + 1,
    instance_id: instanceId,
    incarnation,
    nonce: crypto.randomUUID(),
    interval: heartbeatInterval,
    timeout: heartbeatTimeout,
  };
  const text = JSON.stringify(record);
  const sentAt = clock.now();
  let problem: unknown;
  try {
    const written = await bucket.write(text, view.revision, trust / 2);
    if (written.kind === "written") {
      watch.note({ revision: written.revision, data: new TextEncoder().encode(text) });
      return { record, revision: written.revision, sentAt };
    }
  } catch (thrown) {
    // It may have been written all the same.
    problem = thrown;
  }
  const stored = await bucket.read();
  watch.note(stored);
  if (decodeRecord(stored.data)?.nonce === record.nonce) return { record, revision: stored.revision, sentAt };
  if (problem !== undefined && stored.revision === view.revision) throw problem as Error;
  return undefined;
}
