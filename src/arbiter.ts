/**
 * Between the protocol and an outside election: campaigns, mandates, questions to the holder.
 *
 * @module
 */

import { faultOf, flagOf, isSomebody, isTerm, nonsense } from "./answers.ts";
import type { Input } from "./core/input.ts";
import { QUESTIONS } from "./core/watch.ts";
import type { CampaignOutcome, Election, ElectionContext, ElectionEvidence, Holder, Mandate } from "./election.ts";
import { asError } from "./errors.ts";
import { call, run } from "./guard.ts";
import { Inquiry, LONGEST_QUESTION } from "./inquiry.ts";
import { isAble } from "./shape.ts";
import { show } from "./show.ts";

/** What the arbiter needs of the watcher it works for. */
export interface ArbiterOptions {
  readonly election: Election;
  readonly context: Omit<ElectionContext, "ports" | "standbys" | "greeted" | "evidence" | "misconfigured" | "error">;
  /** Asked at `open`: a transport may know its ports only then. */
  ports(): ElectionContext["ports"] | undefined;
  feed(input: Input): void;
  misconfigured(message: string): void;
  failed(thrown: unknown): void;
}

/** By name, so that one that is missing does not compile. */
const EVIDENCE: Readonly<Record<ElectionEvidence["kind"], true>> = { refused: true, unlinked: true, shutdown: true };

/** What was said of a mandate, which may be before it came: news overtake the outcome of a campaign by a promise or two. */
interface News {
  lost?: string;
  renewed: number;
}

export class Arbiter {
  readonly #options: ArbiterOptions;
  readonly #campaigns = new Map<number, AbortController>();
  readonly #mandates = new Map<number, Mandate>();
  readonly #check: Inquiry<Holder | undefined>;
  #surveying: AbortController | undefined;
  /** Mandates that came when nobody wanted them any more, while a later campaign is under way. */
  readonly #late = new Map<number, Mandate>();

  constructor(options: ArbiterOptions) {
    this.#options = options;
    const { election, context, failed } = options;
    this.#check = new Inquiry({
      clock: context.clock,
      ask: (signal) => election.check?.(signal),
      // They stay open until silence would convict, so that whoever is slow to answer is heard.
      atOnce: QUESTIONS,
      bound: Math.max(LONGEST_QUESTION, context.heartbeatTimeout / 2),
      answered: (answer, number) => this.#answered(answer, number),
      failed,
    });
  }

  async open(): Promise<void> {
    const { election, context, feed, misconfigured, failed } = this.#options;
    const ports = this.#options.ports();
    await election.open?.({
      ...context,
      ...(ports === undefined ? {} : { ports }),
      greeted: (said) => {
        const holder = this.#holder(said);
        if (holder !== undefined) feed({ type: "greeted", holder });
      },
      evidence: (evidence) => {
        if (isAble(evidence) && Object.hasOwn(EVIDENCE, evidence.kind)) feed({ type: "evidence", evidence });
        else this.#refuse("evidence of an unknown kind");
      },
      standbys: (count) => {
        if (isTerm(count)) feed({ type: "standbys", count });
        else this.#refuse(`${show(count)} as the number of standbys`);
      },
      misconfigured: (message) => misconfigured(this.#why(message)),
      error: failed,
    });
  }

  /** Campaigns, and tells how it ended. */
  campaign(id: number, highestTerm: number): void {
    const { election, feed } = this.#options;
    const controller = new AbortController();
    this.#campaigns.set(id, controller);
    const news: News = { renewed: -Infinity };
    const request = {
      highestTerm,
      signal: controller.signal,
      renewed: (deadline: number): void => {
        if (!Number.isFinite(deadline)) this.#refuse(`${show(deadline)} as a renewed deadline`);
        else if (this.#mandates.has(id)) feed({ type: "renewed", id, deadline });
        else news.renewed = Math.max(news.renewed, deadline);
      },
      lost: (message: unknown): void => {
        const why = this.#why(message);
        if (this.#mandates.delete(id)) feed({ type: "lost", id, message: why });
        else news.lost ??= why;
      },
    };
    const end = (input: Input): void => {
      this.#campaigns.delete(id);
      feed(input);
      this.#settleLate();
    };
    call(() => election.campaign(request))
      // Read and told in one go: news that came in between would overtake it again.
      .then((outcome) => end(this.#read(id, outcome, news)))
      .catch((thrown: unknown) => end({ type: "undecided", id, error: asError(thrown) }));
  }

  /** @throws {Error} where nobody can be primary by it; a mandate in it is given back then */
  #read(id: number, outcome: CampaignOutcome, news: News): Input {
    const { name } = this.#options.election;
    const fault = faultOf(outcome);
    if (fault !== undefined) {
      this.#giveBack(outcome);
      throw new Error(
        `The election ${name} decided nothing: its campaign gave ${fault}; it must give { won: false } or { won: true, mandate }.`,
      );
    }
    if (!outcome.won) {
      const { message, holder, alive } = outcome;
      return { type: "defeated", id, message: this.#why(message), holder: this.#holder(holder), alive: flagOf(alive) };
    }
    const { mandate } = outcome;
    const { term, deadline = Infinity } = mandate;
    if (news.lost !== undefined) {
      this.#giveBack(outcome);
      throw new Error(`The election ${name} gave a mandate of term ${term} that was lost already: ${news.lost}`);
    }
    this.#mandates.set(id, mandate);
    return { type: "won", id, term, deadline: Math.max(deadline, news.renewed) };
  }

  /** A mandate that nobody will hold, of an outcome that may be anything, must not stay taken. */
  #giveBack(outcome: unknown): void {
    const mandate = isAble(outcome) ? outcome["mandate"] : undefined;
    if (isAble(mandate, ["resign"])) run(() => (mandate as unknown as Mandate).resign({}), this.#options.failed);
  }

  #why(message: unknown): string {
    return typeof message === "string" ? message : `The election ${this.#options.election.name} says so.`;
  }

  /** What is said of a holder, where it says something. */
  #holder(said: Holder | undefined): Holder | undefined {
    if (said === undefined || isSomebody(said)) return said;
    this.#refuse(`a holder that is none: ${show(said)}`);
    return undefined;
  }

  #refuse(what: string): void {
    const { election, failed } = this.#options;
    failed(nonsense(`The election ${election.name}`, what));
  }

  /** The campaign is no longer wanted. */
  cancel(id: number): void {
    this.#campaigns.get(id)?.abort();
    this.#settleLate();
  }

  /**
   * A store that takes its holder for the winner again gives a campaign that was called off, and settles late, the mandate that a later
   * one holds, or is about to be given. To resign it would free that one: it is abandoned then, and resigned only where no later one won.
   */
  #settleLate(): void {
    const { failed } = this.#options;
    for (const [id, mandate] of this.#late) {
      if (this.#isDeciding(id)) continue;
      this.#late.delete(id);
      const isHeld = [...this.#mandates.keys()].some((later) => later > id);
      run(() => (isHeld ? mandate.abandon?.() : mandate.resign({})), failed);
    }
  }

  /** Whether a later campaign is under way. One that was called off may hang for ever, and is not waited for. */
  #isDeciding(id: number): boolean {
    return [...this.#campaigns].some(([later, { signal }]) => later > id && !signal.aborted);
  }

  /** Gives a mandate up. That the election failed to hear it is reported, and no reason to wait: it ends by itself. */
  resign(id: number, successor: string | undefined): void {
    const { feed, failed } = this.#options;
    const mandate = this.#mandates.get(id);
    this.#mandates.delete(id);
    const later = this.#isDeciding(id) || [...this.#mandates.keys()].some((other) => other > id);
    if (mandate !== undefined && later) {
      this.#late.set(id, mandate);
      this.#settleLate();
      return;
    }
    call(() => mandate?.resign(successor === undefined ? {} : { successor }))
      .catch(failed)
      .then(() => feed({ type: "resigned", id }), failed);
  }

  abandon(id: number): void {
    run(() => this.#mandates.get(id)?.abandon?.(), this.#options.failed);
  }

  /** Asks who holds the mandate now. @param number names it in the answer */
  ask(number: number): void {
    if (this.#options.election.check !== undefined) this.#check.ask(number);
  }

  #answered(answer: Holder | undefined, number: number): void {
    const holder = this.#holder(answer);
    if (holder === undefined || holder.term === null) return;
    const { instanceId, incarnation, term } = holder;
    this.#options.feed({ type: "answered", via: "lock", number, instanceId, incarnation, term });
  }

  /** Asks whether nobody holds the mandate, once everybody who does can be heard. */
  survey(): void {
    const { election, feed, failed } = this.#options;
    if (election.vacant === undefined) return;
    const asking = new AbortController();
    this.#surveying = asking;
    call(() => election.vacant?.(asking.signal)).then(
      (vacant) => {
        if (vacant === true && !asking.signal.aborted) feed({ type: "vacant" });
      },
      (thrown: unknown) => {
        if (!asking.signal.aborted) failed(thrown);
      },
    );
  }

  async close(): Promise<void> {
    for (const controller of this.#campaigns.values()) controller.abort();
    this.#settleLate();
    this.#check.end();
    this.#surveying?.abort();
    await this.#options.election.close?.();
  }
}
