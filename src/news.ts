/** What a watcher tells its program: events, role changes, the journal, the log. */

import type { Clock } from "./clock.ts";
import { Emitter } from "./emitter.ts";
import type { Reason, WatcherEvent, WatcherEvents } from "./events.ts";
import { asError } from "./errors.ts";
import { Journal, type JournalEntry } from "./journal.ts";
import { sayEvent } from "./lines.ts";
import type { Logger } from "./logger.ts";
import { RoleChanges, type RoleChange } from "./role-changes.ts";

/** By name, so that one that is missing does not compile. */
const EVENTS: Readonly<Record<keyof WatcherEvents, true>> = {
  rolechange: true,
  primarychange: true,
  promoted: true,
  evidence: true,
  wouldpromote: true,
  lostrace: true,
  "primary-unheard": true,
  "primary-unresponsive": true,
  isolated: true,
  link: true,
  misconfigured: true,
  error: true,
};

/** One voice for all of them, so that no event misses in the journal. */
export class News {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #emitter: Emitter<WatcherEvents>;
  readonly #roleChanges = new RoleChanges();
  readonly #journal = new Journal();

  /** @param logger one that never throws, and signs its lines itself */
  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
    const names = Object.keys(EVENTS) as (keyof WatcherEvents)[];
    this.#emitter = new Emitter(names, (error) => logger.error(`A listener threw: ${error.stack ?? error.message}`));
  }

  on<Name extends keyof WatcherEvents>(name: Name, listener: (detail: WatcherEvents[Name]) => unknown): () => void {
    return this.#emitter.on(name, listener);
  }

  roleChanges(): AsyncIterableIterator<RoleChange> {
    return this.#roleChanges.read();
  }

  get journal(): readonly JournalEntry[] {
    return this.#journal.read();
  }

  /** An event that the protocol has written into the journal already. */
  tell<Name extends keyof WatcherEvents>(name: Name, detail: WatcherEvents[Name]): void {
    if (name === "rolechange") {
      const change = detail as WatcherEvents["rolechange"];
      this.#roleChanges.push({ ...change, at: new Date(this.#clock.wall()) });
    }
    // The pair is sound by the signature; TypeScript cannot see it through the mapped union.
    sayEvent(this.#logger, { type: name, detail } as WatcherEvent);
    if (name === "promoted") this.#emitter.emit("primarychange", detail as WatcherEvents["primarychange"]);
    this.#emitter.emit(name, detail);
  }

  /** An event of the shell's own, which the protocol has no part in. */
  announce<Name extends keyof WatcherEvents>(name: Name, detail: WatcherEvents[Name]): void {
    this.note(detail.reason);
    this.tell(name, detail);
  }

  /** A failure that the watcher goes on from. Adapters that are plain JavaScript may report anything. */
  fail(thrown: unknown): void {
    const error = asError(thrown);
    this.announce("error", { error, reason: { code: "failed", message: error.message } });
  }

  /** A decision, for the journal. */
  note(reason: Reason): void {
    this.#journal.write(new Date(this.#clock.wall()), reason);
    this.#logger.debug(`${reason.code}: ${reason.message}`);
  }

  /** Nothing more will come. */
  end(): void {
    this.#roleChanges.end();
  }
}
