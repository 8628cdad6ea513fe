/** What a watcher tells its program: events, role changes, the journal, the log. */

import type { Clock } from "./clock.ts";
import { Emitter } from "./emitter.ts";
import type { Reason, WatcherEvent, WatcherEvents } from "./events.ts";
import { Journal, type JournalEntry } from "./journal.ts";
import { sayEvent } from "./lines.ts";
import type { Logger } from "./logger.ts";
import { RoleChanges, type RoleChange } from "./role-changes.ts";

/** One voice for all of them, so that no event misses in the journal. */
export class News {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #emitter: Emitter<WatcherEvents>;
  readonly #roleChanges = new RoleChanges();
  readonly #journal = new Journal();

  /** @param logger signs its lines itself */
  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
    this.#emitter = new Emitter((error) => logger.error(`A listener threw: ${error.stack ?? error.message}`));
  }

  on<Name extends keyof WatcherEvents>(
    name: Name,
    listener: (detail: WatcherEvents[Name]) => void | Promise<void>,
  ): () => void {
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
    this.#emitter.emit(name, detail);
  }

  /** An event of the shell's own, which the protocol has no part in. */
  announce<Name extends keyof WatcherEvents>(name: Name, detail: WatcherEvents[Name]): void {
    this.note(detail.reason);
    this.tell(name, detail);
  }

  /** A failure that the watcher goes on from. */
  fail(error: Error): void {
    this.announce("error", { error, reason: { code: "failed", message: error.message } });
  }

  /** A decision, for the journal. */
  note(reason: Reason): void {
    this.#logger.debug(`${reason.code}: ${reason.message}`);
    this.#journal.write(new Date(this.#clock.wall()), reason);
  }

  /** Nothing more will come. */
  end(): void {
    this.#roleChanges.end();
  }
}
