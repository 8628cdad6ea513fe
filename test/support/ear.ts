/** What an opened transport told its watcher, in order. */

import type { TransportContext, TransportHandlers } from "../../src/transport.ts";
import { FakeClock } from "./fake-clock.ts";
import { INTERVAL, TIMEOUT } from "./group.ts";

export class Ear {
  readonly clock: FakeClock;
  /** `message instance.heartbeat`, `dropped`, `link up 2`, in the order in which they were told. */
  readonly told: string[] = [];
  readonly errors: Error[] = [];
  readonly handlers: TransportHandlers;

  constructor(clock: FakeClock = new FakeClock()) {
    this.clock = clock;
    this.handlers = {
      message: ({ topic }) => void this.told.push(`message ${topic}`),
      link: (up, connection) => void this.told.push(`link ${up ? "up" : "down"} ${connection}`),
      unlinked: () => undefined,
      recorded: () => true,
      audience: () => undefined,
      asked: () => ({ instanceId: "ear", uptime: "0s" }),
      dropped: () => void this.told.push("dropped"),
      misconfigured: (message) => void this.told.push(`misconfigured ${message}`),
      error: (error) => void this.errors.push(error),
    };
  }

  get context(): TransportContext {
    return {
      group: "default",
      instanceId: "ear",
      incarnation: "ear#1",
      heartbeatInterval: INTERVAL,
      heartbeatTimeout: TIMEOUT,
      clock: this.clock,
    };
  }

  /** What was told since the last look. */
  take(): string[] {
    return this.told.splice(0);
  }
}
