/** What a program written in TypeScript sees of the built package: every entry point, with its types. */

import { busTransport, claims, defaultConfig, NotPrimaryError, Watcher, type Status } from "failover-watcher";
import { transportConformance } from "failover-watcher/conformance";
import { hostLock, sameHostFence } from "failover-watcher/host-lock";
import { memory, MemoryBus } from "failover-watcher/memory";
import { mqtt } from "failover-watcher/mqtt";
import { nats } from "failover-watcher/nats";
import { zeromq } from "failover-watcher/zeromq";

export const watcher: Watcher = new Watcher({
  ...defaultConfig(),
  transport: memory(new MemoryBus({ delay: 1 })),
  election: claims(),
  fence: sameHostFence(),
  onPromote: ({ term, signal }) => void [term.toFixed(), signal.aborted],
});
const events: string[] = [];
declare function startServer(): Promise<{ close(): void }>;
/** Callbacks and listeners may return anything. */
export const observers: readonly Watcher[] = [
  new Watcher({ transport: memory(new MemoryBus()), onPromote: () => startServer() }),
  new Watcher({ transport: memory(new MemoryBus()), onPromote: ({ term }) => events.push(`promoted ${term}`) }),
  new Watcher({ transport: memory(new MemoryBus()), onPromote: undefined, onDemote: undefined }),
];
watcher.on("rolechange", ({ newRole }) => events.push(newRole));
// @ts-expect-error no such event
watcher.on("roleChange", () => undefined);
export const status: Status = watcher.status();
export const parts: readonly unknown[] = [
  busTransport,
  hostLock({ workdir: "." }),
  mqtt({ url: "mqtt://localhost" }),
  nats({ servers: "nats://localhost" }),
  zeromq,
  transportConformance,
  NotPrimaryError,
];
