/** Watchers whose election is a row in Postgres, on one memory bus, and a look at all of them every millisecond. */

import type pg from "pg";
import { onTestFinished } from "vitest";
import { postgresElection } from "../../examples/postgres-election/postgres-election.mjs";
import { Watcher } from "../../src/index.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { createLog, type Log } from "../support/log.ts";

export const INTERVAL = 200;
export const TIMEOUT = 900;

export interface Happened {
  readonly who: string;
  readonly what: "leads" | "stopped" | "error";
  readonly term: number;
}

export interface Group {
  readonly bus: MemoryBus;
  /** What happened to everybody, in order. */
  readonly log: Log<Happened>;
  /** How often more than one was primary. */
  readonly doubles: () => number;
  create(name: string, config: pg.PoolConfig): Watcher;
  start(name: string, config: pg.PoolConfig): Promise<Watcher>;
  /** Resolves when an instance leads, the one named or any, that has not been told of before. */
  leader(name?: string): Promise<Happened>;
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A group without anybody. It ends with the test. */
export function groupOf(): Group {
  const bus = new MemoryBus();
  const log = createLog<Happened>();
  const watchers: Watcher[] = [];
  let [doubles, told] = [0, 0];

  function look(): void {
    if (watchers.filter(({ isPrimary }) => isPrimary).length > 1) doubles += 1;
  }

  const sampling = setInterval(look, 1);
  onTestFinished(async () => {
    clearInterval(sampling);
    await Promise.all(watchers.map((watcher) => watcher.shutdown()));
  });

  function create(name: string, config: pg.PoolConfig): Watcher {
    const add = (what: Happened["what"], term: number): void => {
      look();
      log.add({ who: name, what, term });
    };
    const watcher = new Watcher({
      transport: memory(bus),
      election: postgresElection(config),
      instanceId: name,
      enabled: true,
      heartbeatInterval: INTERVAL,
      heartbeatTimeout: TIMEOUT,
      retryBackoffMax: TIMEOUT,
      logger: silent,
      onPromote: ({ term }) => add("leads", term),
      onDemote: ({ term }) => add("stopped", term),
    });
    watcher.on("error", () => add("error", watcher.term));
    watchers.push(watcher);
    return watcher;
  }

  return {
    bus,
    log,
    doubles: () => doubles,
    create,
    async start(name, config) {
      const watcher = create(name, config);
      await watcher.start();
      return watcher;
    },
    async leader(name) {
      const next = await log.next(`${name ?? "anybody"} to lead`, (happened) => {
        const isNew = log.entries.indexOf(happened) >= told;
        return isNew && happened.what === "leads" && (name === undefined || happened.who === name);
      });
      told = log.entries.indexOf(next) + 1;
      return next;
    },
  };
}
