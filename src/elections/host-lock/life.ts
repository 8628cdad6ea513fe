/** A host lock from one `open` to the `close` that ends it. */

import type { CampaignOutcome, CampaignRequest, ElectionContext, Holder, Mandate } from "../../election.ts";
import { Errands, unlessAborted } from "../../errands.ts";
import { ElectionError } from "../../errors.ts";
import { campaign } from "./campaign.ts";
import { makeCandidate, type Candidate } from "./candidate.ts";
import { askHolder, isVacant } from "./check.ts";
import type { Place } from "./place.ts";
import { releaseWarning } from "./release.ts";
import { rehearse } from "./rehearsal.ts";

export class Life {
  readonly #candidate: Candidate;
  readonly #closing = new AbortController();
  readonly #errands = new Errands();
  #mandate: Mandate | undefined;
  /** What was begun; never rejects. */
  #underway: Promise<unknown> = Promise.resolve();

  constructor(place: Place, context: ElectionContext) {
    this.#candidate = makeCandidate(place, context, (work) => void this.#track(work));
  }

  /** It was closed, or is being closed. */
  get over(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @throws {ElectionError} (rejects) `CLOSED` where `end` was called meanwhile */
  async begin(): Promise<void> {
    const { signal } = this.#closing;
    const { place, context, watch } = this.#candidate;
    watch.start();
    const warning = place.folder?.real === place.identity ? releaseWarning(place.identity) : undefined;
    if (warning !== undefined) context.misconfigured(warning);
    if (!context.candidate) return;
    await unlessAborted(signal, this.#track(rehearse(this.#candidate, signal)));
    signal.throwIfAborted();
  }

  campaign(request: CampaignRequest): Promise<CampaignOutcome> {
    return this.#track(this.#run(request));
  }

  async #run(request: CampaignRequest): Promise<CampaignOutcome> {
    const outcome = await campaign(this.#candidate, request, this.#closing.signal);
    if (outcome.won) this.#mandate = outcome.mandate;
    return outcome;
  }

  check(signal: AbortSignal): Promise<Holder | undefined> {
    return this.#track(this.#errands.run(signal, (signal) => askHolder(this.#candidate.place, signal)));
  }

  vacant(): Promise<boolean> {
    const { place, context } = this.#candidate;
    return this.#track(isVacant(place, context));
  }

  async end(): Promise<void> {
    const { watch, heir } = this.#candidate;
    this.#closing.abort(new ElectionError("CLOSED", "Cannot open the host lock: it was closed meanwhile"));
    this.#errands.end();
    watch.stop();
    await this.#underway;
    await this.#mandate?.resign();
    // What the mandate left to the background ends with it.
    await this.#underway;
    watch.stop();
    await heir.clear();
  }

  #track<T>(work: Promise<T>): Promise<T> {
    // Without what they came to: every outcome would hold the one before it.
    this.#underway = Promise.allSettled([this.#underway, work]).then(() => undefined);
    return work;
  }
}
