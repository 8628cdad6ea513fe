/** What a watcher tells its program: events, role changes, the journal, the log. */

import type { Clock } from "./clock.ts";
import { Emitter } from "./emitter.ts";
import type { Reason, WatcherEvent, WatcherEvents } from "./events.ts";
import { Journal, type JournalEntry } from "./journal.ts";
import { sayEvent } from "./lines.ts";
import type { Say } from "./logger.ts";
import { RoleChanges, type RoleChange } from "./role-changes.ts";

/** One voice for all of them, so that no event misses in the journal. */
export class News {
  readonly #clock: Clock;
  readonly #say: Say;
  readonly #emitter: Emitter<WatcherEvents>;
  readonly #roleChanges = new RoleChanges();
  readonly #journal = new Journal();

  constructor(clock: Clock, say: Say) {
    this.#clock = clock;
    this.#say = say;
    this.#emitter = new Emitter((error) => say("error", `A listener threw: ${error.stack ?? error.message}`));
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
    sayEvent(this.#say, { type: name, detail } as WatcherEvent);
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
    this.#say("debug", `${reason.code}: ${reason.message}`);
    this.#journal.write(new Date(this.#clock.wall()), reason);
  }

  /** Nothing more will come. */
  end(): void {
    this.#roleChanges.end();
  }
}
