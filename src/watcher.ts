/**
 * The watcher: what a program makes, asks and listens to.
 *
 * @module
 */

import { Arbiter } from "./arbiter.ts";
import { systemClock, type Clock } from "./clock.ts";
import type { CheckResult, DropReason } from "./core/effect.ts";
import { initialState } from "./core/initial.ts";
import type { Input } from "./core/input.ts";
import { Callbacks } from "./callbacks.ts";
import { Courier } from "./courier.ts";
import { goDuration } from "./duration.ts";
import { Engine } from "./engine.ts";
import { DEFAULT_GROUP } from "./envelope.ts";
import { asError, NotPrimaryError } from "./errors.ts";
import type { Role, WatcherEvents } from "./events.ts";
import { guardedDetector, guardedLogger } from "./guarded.ts";
import { sayWhatItIs } from "./lines.ts";
import { consoleLogger, signed, type Logger } from "./logger.ts";
import type { Metadata } from "./messages.ts";
import { checkMetadata } from "./metadata.ts";
import { News } from "./news.ts";
import { Opening, type Part } from "./opening.ts";
import type { StartOptions, WatcherOptions } from "./options.ts";
import { perform, type Performers } from "./perform.ts";
import { primaryOptions, secondaryOptions, type ForPrimaryOptions, type ForSecondaryOptions } from "./own-bus.ts";
import { Questions } from "./questions.ts";
import { optionalSignal, startOptions, stepDownOptions } from "./requests.ts";
import { rehearse } from "./rehearsal.ts";
import type { RoleChange } from "./role-changes.ts";
import { isElection, resolveSettings, type Deciding } from "./settings.ts";
import { formatStatus, readStatus, type Status } from "./status.ts";
import { Gaps, type Timings } from "./timings.ts";
import type { Transport } from "./transport.ts";
import { Work } from "./work.ts";

/** No bus is given up on sooner, in milliseconds. */
const SHORTEST_OPENING = 15_000;

/**
 * One instance of a group: primary or secondary, watching or being watched.
 *
 * @example
 * ```ts
 * import { Watcher } from "failover-watcher";
 * import { memory, MemoryBus } from "failover-watcher/memory";
 *
 * const bus = new MemoryBus();
 * await using watcher = new Watcher({
 *   transport: memory(bus),
 *   enabled: true,
 *   heartbeatInterval: 100,
 *   heartbeatTimeout: 350,
 *   onPromote: ({ term, signal }) => console.log(`working in term ${term}`, signal.aborted),
 *   onDemote: ({ reason }) => console.log(`stopped: ${reason.message}`),
 * });
 * await watcher.start();
 * ```
 */
export class Watcher implements AsyncDisposable {
  /** The name of this instance, in events and logs: the option `instanceId`, or else a random UUID. */
  readonly instanceId: string;
  readonly #group: string;
  readonly #transport: Transport;
  readonly #deciding: Deciding;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #warnings: readonly string[];
  readonly #engine: Engine;
  readonly #courier: Courier;
  readonly #arbiter: Arbiter | undefined;
  readonly #work: Work;
  readonly #news: News;
  readonly #gaps: Gaps;
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  readonly #questions = new Questions();
  readonly #ended: { resolve(): void; reject(error: Error): void; readonly promise: Promise<void> };
  #startedAt: { readonly now: number; readonly wall: number };
  readonly #opening: Opening;
  readonly #callbacks: Callbacks;
  /** The check that waits for a question which is not asked yet: who asks meanwhile shares it. */
  #check: Promise<CheckResult> | undefined;
  #starting: Promise<void> | undefined;
  /** What `start` has given since the last one began. */
  #starts: Promise<void>[] = [];
  #closing: Promise<void> | undefined;
  #shutdown: Promise<void> | undefined;
  /** Nobody is promoted any more, whether or not the shutdown is complete. */
  #isOver = false;
  /** Who waits to be primary, and is told when that will not be. */
  readonly #waiting = new Set<() => void>();
  /** Signals may outlive many watchers. */
  readonly #signals = new Map<AbortSignal, () => void>();

  /**
   * Checks the options, alone and together. Nothing is opened or sent before `start`.
   * @throws {TypeError} for an option that is unknown, missing or of the wrong type
   * @throws {RangeError} for an option whose value, alone or beside others, cannot work
   */
  constructor(options: WatcherOptions) {
    const { deciding, settings, warnings } = resolveSettings(options);
    const { transport, role } = options;
    const { instanceId, incarnation } = settings;
    this.instanceId = instanceId;
    this.#gaps = new Gaps(settings.timeout);
    this.#group = options.group ?? DEFAULT_GROUP;
    this.#transport = transport;
    this.#deciding = deciding;
    this.#warnings = warnings;
    this.#clock = options.clock ?? systemClock;
    const failed = (thrown: unknown): void => this.#news.fail(thrown);
    this.#logger = signed(guardedLogger(options.logger ?? consoleLogger, failed), `${this.#group}/${instanceId}`);
    this.#news = new News(this.#clock, this.#logger);
    this.#startedAt = { now: this.#clock.now(), wall: this.#clock.wall() };
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const guarded = { ...settings, detector: guardedDetector(settings.detector, failed) };
    const initial = initialState(guarded, {
      enabled: options.enabled ?? false,
      ambition: role === "primary",
      seed,
      metadata: checkMetadata(options.metadata),
    });
    const feed = (input: Input): void => this.#engine.feed(input);
    this.#engine = new Engine(initial, this.#clock, (effect) => perform(effect, performers), failed);
    this.#callbacks = new Callbacks(options, (error) => feed({ type: "work-ended", error }));
    const { health, fence } = options;
    this.#work = new Work(
      {
        onPromote: (promotion) => this.#callbacks.onPromote(promotion),
        onDemote: (demotion) => this.#callbacks.onDemote(demotion),
        ...(health && { health }),
        ...(fence && { fence }),
      },
      this.#clock,
      feed,
      failed,
    );
    const misconfigured = (message: string): void =>
      this.#news.announce("misconfigured", { reason: { code: "misconfigured", message } });
    const context = {
      group: this.#group,
      instanceId,
      incarnation,
      heartbeatInterval: settings.interval,
      heartbeatTimeout: settings.timeout,
      eager: settings.eager,
      candidate: settings.election !== "none",
      clock: this.#clock,
    };
    this.#courier = new Courier({
      transport,
      context,
      clock: this.#clock,
      feed,
      highestTerm: () => this.#engine.state.terms.highest,
      failed,
      dropped: (why) => this.#drop(why),
      misconfigured,
      biography: () => ({
        group: this.#group,
        uptime: this.#uptime,
        startedAt: this.#startedAt.wall,
        sentAt: this.#clock.wall(),
      }),
      self: () => ({
        instanceId: this.instanceId,
        incarnation,
        ...(this.isPrimary ? { term: this.term } : {}),
        uptime: goDuration(this.#uptime),
      }),
    });
    this.#arbiter = isElection(deciding)
      ? new Arbiter({
          election: deciding,
          ports: () => transport.ports,
          context: {
            ...context,
            metadata: () => this.#engine.state.metadata,
          },
          feed,
          failed,
          misconfigured,
        })
      : undefined;
    const performers: Performers = {
      clock: this.#clock,
      engine: this.#engine,
      courier: this.#courier,
      arbiter: this.#arbiter,
      work: this.#work,
      news: this.#news,
      gaps: this.#gaps,
      questions: this.#questions,
      dropped: (why) => this.#drop(why),
      inquired: () => (this.#check = undefined),
      ended: (error) => this.#end(error),
    };
    this.#opening = new Opening({
      parts: [
        {
          name: `the transport ${transport.name}`,
          open: () => this.#courier.open(),
          close: () => this.#courier.close(),
        },
        ...partOf(this.#arbiter, deciding.name),
      ],
      clock: this.#clock,
      bound: Math.max(2 * settings.timeout, SHORTEST_OPENING),
      pauses: { first: settings.backoffMin, longest: Math.min(settings.backoffMax, settings.timeout) },
      warn: (message) => this.#logger.warn(message),
    });
    this.#ended = withResolvers();
  }

  /**
   * A primary by assertion: it publishes over the program's own bus and never campaigns. Nothing excludes a second one.
   * @throws {TypeError} without a `publisher`, or with a `transport`
   */
  static forPrimary(options: ForPrimaryOptions): Watcher {
    return new Watcher(primaryOptions(options));
  }

  /**
   * A secondary on the program's own bus: an observer, or with a `publisher` too a full watcher that decides by claims.
   * @throws {TypeError} without a `subscriber`, with a `transport`, or with an `onPromote` but no `publisher`
   */
  static forSecondary(options: ForSecondaryOptions): Watcher {
    return new Watcher(secondaryOptions(options));
  }

  /** What this instance is now. Turns secondary at the same moment as `isPrimary` turns false. */
  get role(): Role {
    return this.isPrimary ? "primary" : "secondary";
  }

  /** Whether this instance may act as primary *now*: compares the mandate's deadline with the clock at every read. */
  get isPrimary(): boolean {
    return this.#engine.isPrimary;
  }

  /** On a primary the fencing token; on a secondary the highest term heard. */
  get term(): number {
    const { office, terms } = this.#engine.state;
    return office !== undefined && this.isPrimary ? office.term : terms.highest;
  }

  /** When the primary was last heard, for people; undefined on a primary and where none was heard. */
  get lastHeartbeat(): Date | undefined {
    const { primary } = this.#engine.state;
    if (this.isPrimary || primary === undefined || primary.heardAt === -Infinity) return undefined;
    return new Date(this.#clock.wall() - (this.#clock.now() - primary.heardAt));
  }

  /**
   * The term, for work that must not be done by anybody else.
   * @throws {NotPrimaryError} where this instance may not act as primary
   */
  assertPrimary(): number {
    if (this.isPrimary) return this.term;
    const { primary } = this.#engine.state;
    const who =
      primary === undefined
        ? "no primary is known"
        : `${primary.instanceId} was last heard as primary of term ${primary.term}`;
    throw new NotPrimaryError(`Cannot act as primary: ${this.instanceId} is secondary; ${who}.`);
  }

  /**
   * Listens to an event. A listener that throws, or returns a promise that rejects, is reported to the logger.
   * @returns its remover
   * @throws {TypeError} for an event that does not exist
   */
  on<Name extends keyof WatcherEvents>(name: Name, listener: (detail: WatcherEvents[Name]) => unknown): () => void {
    return this.#news.on(name, listener);
  }

  /** The role changes from now on. A reader that is more than 64 behind loses the oldest. Ends with the watcher. */
  roleChanges(): AsyncIterableIterator<RoleChange> {
    return this.#news.roleChanges();
  }

  /**
   * Joins the group. Resolves when it is live on the bus: what the others say from now on is heard. After a rejection nothing is
   * open, and it can be called again.
   * @param options a signal that ends the start, or shuts the watcher down once it is live; and whether to wait for a bus that is
   * not there yet
   * @throws {TransportError | ElectionError} (rejects) where the bus or the election cannot be had
   * @throws {TypeError} (rejects) after `shutdown`
   */
  start(options: AbortSignal | StartOptions = {}): Promise<void> {
    const started = this.#join(options);
    this.#starts.push(started);
    return started;
  }

  async #join(options: AbortSignal | StartOptions): Promise<void> {
    const { signal, wait = false } = startOptions(options);
    if (this.#shutdown !== undefined)
      throw new TypeError("Cannot start the watcher: it has been shut down; make a new one.");
    signal?.throwIfAborted();
    if (signal !== undefined) this.#follow(signal);
    // One that was called off has to be over before the next begins.
    if (this.#starting === undefined || this.#opening.aborted) this.#begin(wait, this.#starting);
    await this.#starting;
  }

  #begin(wait: boolean, before: Promise<void> | undefined): void {
    this.#starts = [];
    const starting = before === undefined ? this.#start(wait) : before.then(undefined, () => this.#start(wait));
    this.#starting = starting;
    starting.catch(() => {
      // Another may have begun since.
      if (this.#starting !== starting) return;
      this.#starting = undefined;
      this.#forgetSignals();
    });
  }

  async #start(wait: boolean): Promise<void> {
    const { state } = this.#engine;
    for (const warning of this.#warnings) this.#logger.warn(warning);
    rehearse(state.settings, this.#group);
    this.#startedAt = { now: this.#clock.now(), wall: this.#clock.wall() };
    await this.#opening.open(wait);
    this.#opening.begin();
    sayWhatItIs(this.#logger, this.#engine.state);
    const { up, connection } = this.#courier.link;
    const { acknowledges, barrier } = this.#transport.capabilities;
    this.#engine.feed({ type: "opened", connection, barrier: acknowledges && barrier });
    if (!up) this.#engine.feed({ type: "link", up, connection });
    this.#arbiter?.survey();
  }

  /** While it starts, the signal's reason ends that; later it shuts the watcher down. */
  #follow(signal: AbortSignal): void {
    if (this.#signals.has(signal)) return;
    const aborted = (): void => {
      if (this.#engine.state.life === "new") this.#opening.abort(signal.reason);
      else this.shutdown().catch((error: unknown) => this.#logger.error(String(asError(error))));
    };
    signal.addEventListener("abort", aborted, { once: true });
    this.#signals.set(signal, aborted);
  }

  #forgetSignals(): void {
    for (const [signal, aborted] of this.#signals) signal.removeEventListener("abort", aborted);
    this.#signals.clear();
  }

  /**
   * Resolves with the term when this instance is primary: at once where it is already, and before `onPromote` has returned.
   * @param signal ends the wait
   * @throws {NotPrimaryError} (rejects) when the watcher is shut down before; the signal's reason, when it aborts
   */
  async whenPrimary(signal?: AbortSignal): Promise<number> {
    optionalSignal(signal)?.throwIfAborted();
    if (this.isPrimary) return this.term;
    if (this.#isOver) throw this.#departed();
    return new Promise((resolve, reject) => {
      const aborted = (): void => end(() => reject(signal?.reason as Error));
      const gone = (): void => end(() => reject(this.#departed()));
      const forget = this.on("rolechange", ({ newRole, term }) => {
        if (newRole === "primary") end(() => resolve(term));
      });
      const end = (settle: () => void): void => {
        forget();
        signal?.removeEventListener("abort", aborted);
        this.#waiting.delete(gone);
        settle();
      };
      signal?.addEventListener("abort", aborted);
      this.#waiting.add(gone);
    });
  }

  #departed(): NotPrimaryError {
    return new NotPrimaryError(`${this.instanceId} was shut down, and becomes primary no more.`);
  }

  /**
   * Says something else of this program to the followers of its primary; a primary says it at once.
   * @param metadata a JSON object of at most 1 024 bytes; undefined: nothing
   * @throws {TypeError | RangeError} where it is no JSON object, or too long
   */
  setMetadata(metadata: Metadata | undefined): void {
    this.#engine.feed({ type: "set-metadata", metadata: checkMetadata(metadata) });
  }

  /**
   * Whether this instance may be promoted by failover. Switching it on forgets old evidence; switching it off takes a claim
   * back and changes nothing on a primary.
   */
  setEnabled(enabled: boolean): void {
    this.#engine.feed({ type: "set-enabled", enabled });
  }

  /**
   * Asks the primary now. Answers within one interval, and at most a second. Calls that come close together share one question.
   * Only an answer to the question counts; where nobody can be asked (a peer of the Go package, an observer on a bus on which it
   * may not speak), the next heartbeat does.
   */
  check(): Promise<CheckResult> {
    if (this.#check !== undefined) return this.#check;
    const check = this.#ask<CheckResult>((id) => ({ type: "check", id }), { alive: false, via: "none" });
    // A question that was asked at once is nobody else's.
    if (this.#engine.state.inquiry.askAt !== Infinity) this.#check = check;
    return check;
  }

  /**
   * Hands over: stops the work, resigns, and lets the next one take over; a named successor goes first. Resolves with the primary
   * that serves then, or undefined where none does within a timeout or this instance was not primary. Called by `onPromote` or
   * `onDemote` it resolves with undefined at once, because it waits for them.
   */
  async stepDown(options: { readonly successor?: string } = {}): Promise<{ readonly successor: string } | undefined> {
    const { successor } = stepDownOptions(options);
    if (successor === this.instanceId)
      throw new RangeError(
        `Cannot step down: the successor named, ${successor}, is this instance itself; name another, or none.`,
      );
    const { inside } = this.#callbacks;
    const handover = this.#ask<{ readonly successor: string } | undefined>(
      (id) => ({ type: "step-down", id, successor }),
      undefined,
    );
    return inside === undefined ? handover : undefined;
  }

  #ask<Answer>(question: (id: number) => Input, otherwise: Answer): Promise<Answer> {
    const { life } = this.#engine.state;
    if (life !== "watching") return Promise.resolve(otherwise);
    return this.#questions.ask((id) => this.#engine.feed(question(id)));
  }

  /**
   * Leaves the group: stops the work, resigns, says goodbye, closes what it opened. Safe before `start`, safe twice; ends a start
   * that is under way.
   * @throws (rejects) where `onDemote` outlives `demoteTimeout`: then nothing is given up, and leaving is the program's decision
   * @throws (rejects) at once where `onPromote` or `onDemote` calls it, because it waits for them; it goes on all the same
   */
  shutdown(): Promise<void> {
    const { inside } = this.#callbacks;
    this.#shutdown ??= this.#leave();
    if (inside === undefined) return this.#shutdown;
    this.#shutdown.catch((error: unknown) => this.#logger.error(String(asError(error))));
    const refusal = Promise.reject(
      new Error(`Cannot wait for shutdown() inside ${inside}, which it waits for: it goes on; call it without await.`),
    );
    // Whoever does as it says must not be told once more.
    refusal.catch(() => undefined);
    return refusal;
  }

  async #leave(): Promise<void> {
    this.#opening.abort(new Error("Cannot start the watcher: it was shut down before it was live on the bus."));
    // Who shuts down knows why the start ended, whether or not it waits for it.
    for (const started of this.#starts) started.catch(() => undefined);
    await this.#starting?.catch(() => undefined);
    this.#engine.feed({ type: "shutdown" });
    await this.#ended.promise;
    await this.#close();
  }

  #close(): Promise<void> {
    this.#closing ??= (async (): Promise<void> => {
      this.#forgetSignals();
      this.#engine.stop();
      try {
        await this.#opening.close();
      } finally {
        this.#news.end();
      }
    })();
    return this.#closing;
  }

  /** `await using` shuts the watcher down. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /** What it is doing, for programs. */
  status(): Status {
    const { lastHeartbeat } = this;
    return readStatus({
      state: this.#engine.state,
      isPrimary: this.isPrimary,
      now: this.#clock.now(),
      transport: this.#transport,
      deciding: this.#deciding,
      lastHeartbeat,
      kept: {
        group: this.#group,
        uptime: this.#uptime,
        dropped: { ...this.#dropped },
        warnings: this.#warnings,
        journal: this.#news.journal,
      },
    });
  }

  /** What it is doing, as lines for people. */
  formatStatus(): string {
    return formatStatus(this.status());
  }

  /**
   * How regularly the primary is heard, and what that leaves of the timeout; warn when `margin` shrinks. Of the mandate that
   * is watched now: it begins anew with every other one. Empty on a primary.
   */
  timings(): Timings {
    return this.#gaps.read();
  }

  get #uptime(): number {
    return this.#clock.now() - this.#startedAt.now;
  }

  #drop(why: DropReason): void {
    this.#dropped[why] = (this.#dropped[why] ?? 0) + 1;
  }

  /** After an overrun the protocol may end later after all: then what was kept is closed without anybody waiting for it. */
  #end(error: Error | undefined): void {
    this.#isOver = true;
    for (const gone of [...this.#waiting]) gone();
    if (error !== undefined) this.#ended.reject(error);
    else {
      this.#ended.resolve();
      this.#close().catch((thrown: unknown) => this.#logger.error(String(asError(thrown))));
    }
  }
}

function partOf(arbiter: Arbiter | undefined, name: string): Part[] {
  if (arbiter === undefined) return [];
  return [{ name: `the election ${name}`, open: () => arbiter.open(), close: () => arbiter.close() }];
}

function withResolvers(): { resolve(): void; reject(error: Error): void; readonly promise: Promise<void> } {
  let settle: { resolve(): void; reject(error: Error): void } | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever shuts down awaits it; nobody has to.
  promise.catch(() => undefined);
  return { promise, resolve: () => settle?.resolve(), reject: (error) => settle?.reject(error) };
}
