/** The lease: one record of a JetStream key-value bucket decides who is primary. */

import type { CampaignOutcome, CampaignRequest, Election, ElectionContext, Mandate } from "../../../src/election.ts";
import { Errands, unlessAborted } from "../../../src/errands.ts";
import { asError, ElectionError } from "../../../src/errors.ts";
import { atMost } from "../../patience.ts";
import { findConnection, type Connected } from "../connect.ts";
import { checkLeaseOptions, type NatsLeaseOptions } from "../options.ts";
import { LEAST_PATIENCE, openingTime, persist } from "../persist.ts";
import { HERE, openBucket, UnfitError, type Bucket, type Stored } from "./api.ts";
import { decodeRecord, holderOf, type LeaseRecord } from "./record.ts";
import { holdLease, TRUST, type Won } from "./tenure.ts";
import { vouchFor, type Voucher } from "./vouch.ts";
import { watchRecord, type View, type Watch } from "./watch.ts";

const CALLED_OFF: CampaignOutcome = { won: false, message: "The campaign for the lease was called off." };

/** Somebody else's timeout is waited for, but not without bounds. */
const MOST_PATIENCE = 10;

/** How long a close waits for what it has called off, and for the lease to be given up, each in milliseconds. */
const CALLING_OFF = 400;
const RESIGNING = 500;

interface Opened {
  readonly context: ElectionContext;
  readonly place: Connected;
  readonly bucket: Bucket;
  readonly voucher: Voucher;
  readonly watch: Watch;
}

/**
 * An election that JetStream decides: one record for each group that never expires, created, renewed and taken over by its
 * revision only. It is taken over when it stayed unchanged for a whole timeout on the candidate's own clock, and at once when
 * it says that it was resigned. Its terms last as long as the record. Works with every nats-server 2.x that has JetStream.
 *
 * `open` rejects with a `TransportError` where there is no server, and with an `ElectionError` where there is no JetStream, or it
 * refuses, or does not answer: within a heartbeat timeout (at least five seconds). It can be tried again, and after `close` it
 * can be opened again.
 *
 * @throws {TypeError} for an unknown option, one of the wrong type, and those that do not go together
 * @throws {RangeError} for a value that cannot be
 */
export function natsLease(options: NatsLeaseOptions = {}): Election {
  checkLeaseOptions(options);
  let life: Life | undefined;
  let closed = false;
  let ending: Promise<void> | undefined;

  async function open(context: ElectionContext): Promise<void> {
    if (ending !== undefined) throw refused("open", "it is being closed; wait until close has resolved");
    if (life !== undefined) throw refused("open", "it is open already; one serves one watcher");
    const mine = new Life();
    life = mine;
    closed = false;
    try {
      await mine.open(options, context);
    } catch (error) {
      if (life === mine) life = undefined;
      throw error;
    }
  }

  async function end(): Promise<void> {
    closed = true;
    await life?.end();
    life = undefined;
  }

  return {
    name: "nats-lease",
    traits: { exclusive: true, durable: true, deadline: true },
    open,
    async campaign(request) {
      if (life !== undefined && !closed) return life.campaign(request);
      if (closed) throw refused("campaign for", "it was closed; open it again");
      throw new ElectionError("NOT_CONNECTED", "The NATS lease is not open.");
    },
    close() {
      ending ??= end().finally(() => (ending = undefined));
      return ending;
    },
  };
}

function refused(doing: string, why: string): ElectionError {
  return new ElectionError("CLOSED", `Cannot ${doing} the NATS lease: ${why}.`);
}

/** From one `open` to the `close` that ends it. */
class Life {
  readonly #closing = new AbortController();
  readonly #errands = new Errands();
  #opened: Opened | undefined;
  #mandate: Mandate | undefined;
  #lost: CampaignRequest["lost"] | undefined;
  #underway: Promise<void> = Promise.resolve();
  #over = false;

  open(options: NatsLeaseOptions, context: ElectionContext): Promise<void> {
    return unlessAborted(this.#closing.signal, this.#track(this.#begin(options, context)));
  }

  async #begin(
    { bucket: name = "failover", replicas = 1, domain, apiPrefix, ...where }: NatsLeaseOptions,
    context: ElectionContext,
  ): Promise<void> {
    const { signal } = this.#closing;
    const { heartbeatTimeout, group, incarnation } = context;
    const limit = openingTime(heartbeatTimeout);
    const deadline = performance.now() + limit;
    const place = await findConnection(where, heartbeatTimeout, signal, context.error);
    const { connection } = place;
    const api = apiPrefix ?? (domain === undefined ? undefined : `$JS.${domain}.API`);
    const patience = Math.max(heartbeatTimeout / 3, 250);
    const bucket = openBucket(connection, { bucket: name, group, replicas, api: api ?? HERE }, patience);
    const voucher = vouchFor(connection, bucket, context, limit, (message) => this.#lose(message));
    try {
      // A cluster that has no leader yet may have one soon; a single server without JetStream never has.
      const hopeless = (thrown: unknown): boolean => {
        const { cluster, jetstream } = connection.info ?? {};
        return thrown instanceof UnfitError || (api === undefined && cluster === undefined && jetstream !== true);
      };
      const left = Math.max(deadline - performance.now(), LEAST_PATIENCE);
      const read = async (): Promise<Stored> => {
        await voucher.vouch();
        return bucket.read();
      };
      const stored = await persist(left, signal, read, hopeless);
      signal.throwIfAborted();
      const watch = watchRecord(connection, bucket, context, incarnation);
      watch.note(stored);
      this.#opened = { context, place, bucket, voucher, watch };
    } catch (thrown) {
      voucher.stop();
      place.drop();
      throw thrown instanceof ElectionError
        ? thrown
        : new ElectionError(
            "NOT_CONNECTED",
            `Cannot open the NATS lease: JetStream did not answer within ${limit} ms: ${asError(thrown).message}.`,
            { cause: thrown },
          );
    }
  }

  campaign(request: CampaignRequest): Promise<CampaignOutcome> {
    return this.#track(this.#errands.run(request.signal, (signal) => this.#campaign(request, signal)));
  }

  async #campaign(request: CampaignRequest, signal: AbortSignal): Promise<CampaignOutcome> {
    if (this.#opened === undefined) throw new ElectionError("NOT_CONNECTED", "The NATS lease is not open.");
    const { context, bucket, voucher, watch } = this.#opened;
    const { clock } = context;
    await voucher.vouch();
    let view = watch.note(await bucket.read());
    for (let due = takeableAt(view, context); clock.now() < due; due = takeableAt(view, context)) {
      await watch.news(due, signal);
      if (signal.aborted) return CALLED_OFF;
      if (watch.view !== view && isHeld(watch.view, context)) return defeat(watch.view);
      // Read again: what was deleted and made anew may bear the same number.
      view = watch.note(await bucket.read());
    }
    // The connection may be another one by now.
    await voucher.vouch();
    if (signal.aborted) return CALLED_OFF;
    const won = await takeOver(view, request.highestTerm, this.#opened);
    if (won === undefined) return defeat(watch.view);
    // Nobody is left to renew it: it ends by itself.
    if (this.#over) return CALLED_OFF;
    this.#mandate = holdLease(bucket, watch, context, request, won);
    this.#lost = request.lost;
    return { won: true, mandate: this.#mandate };
  }

  /** Whoever else may write beside it: nothing that it holds can be trusted. */
  #lose(message: string): void {
    this.#mandate?.abandon?.();
    this.#mandate = undefined;
    this.#lost?.(message);
    this.#lost = undefined;
  }

  async end(): Promise<void> {
    this.#closing.abort(refused("open", "it was closed meanwhile"));
    this.#errands.end();
    await atMost(CALLING_OFF, this.#underway);
    await atMost(RESIGNING, this.#resign());
    this.#over = true;
    this.#opened?.watch.stop();
    this.#opened?.voucher.stop();
    await this.#opened?.place.end();
  }

  async #resign(): Promise<void> {
    try {
      await this.#mandate?.resign();
    } catch (thrown) {
      if (!this.#over) this.#opened?.context.error(asError(thrown));
    }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    // Without what they came to: every outcome would hold the one before it.
    this.#underway = Promise.allSettled([this.#underway, work]).then(() => undefined);
    return work;
  }
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
    // It has written the record while this candidate looked.
    alive: true,
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
    metadata: context.metadata?.(),
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
