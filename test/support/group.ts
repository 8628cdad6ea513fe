import { Watcher, type WatcherOptions } from "../../src/index.ts";
import { memory, MemoryBus, type MemoryBusOptions } from "../../transports/memory/index.ts";
import { FakeClock } from "./fake-clock.ts";

/** A watcher of a test group, and what happened to it, in order. */
export interface Instance {
  readonly watcher: Watcher;
  readonly log: string[];
}

export const INTERVAL = 100;
export const TIMEOUT = 350;

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Watchers on one memory bus and one fake clock. */
export class Group {
  readonly clock: FakeClock = new FakeClock();
  readonly bus: MemoryBus;

  constructor(options: MemoryBusOptions = {}) {
    this.bus = new MemoryBus({ clock: this.clock, ...options });
  }

  create(name: string, options: Partial<WatcherOptions> = {}): Instance {
    const log: string[] = [];
    const watcher = new Watcher({
      transport: memory(this.bus),
      instanceId: name,
      clock: this.clock,
      logger: silent,
      enabled: true,
      heartbeatInterval: INTERVAL,
      heartbeatTimeout: TIMEOUT,
      onPromote: ({ term, reason }) => void log.push(`promote ${term} ${reason.code}`),
      onDemote: ({ term, reason }) => void log.push(`demote ${term} ${reason.code}`),
      ...options,
    });
    return { watcher, log };
  }

  async start(name: string, options: Partial<WatcherOptions> = {}): Promise<Instance> {
    const instance = this.create(name, options);
    const starting = instance.watcher.start();
    await this.clock.advance(0);
    await starting;
    return instance;
  }

  /** A primary and its secondaries, settled. */
  async settled(...names: readonly string[]): Promise<Instance[]> {
    const instances: Instance[] = [];
    for (const name of names) {
      instances.push(await this.start(name));
      await this.clock.advance(instances.length === 1 ? 2 * TIMEOUT : 2 * INTERVAL);
    }
    return instances;
  }
}
