/** One instance in a process of its own, on a bus of its own: only the row in Postgres is between it and its rivals. Says when it leads. */

import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { PoolConfig } from "pg";
import type * as example from "../../examples/postgres-election/postgres-election.mjs";
import { Watcher } from "../../src/index.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { ROOT } from "../support/tree.ts";

const [config = "{}", interval, timeout] = process.argv.slice(2);
// Not compiled, so not beside this file.
const file = pathToFileURL(join(ROOT, "examples/postgres-election/postgres-election.mjs"));
const { postgresElection } = (await import(file.href)) as typeof example;

const watcher = new Watcher({
  transport: memory(new MemoryBus()),
  election: postgresElection(JSON.parse(config) as PoolConfig),
  enabled: true,
  heartbeatInterval: Number(interval),
  heartbeatTimeout: Number(timeout),
  onPromote: ({ term }) => void process.send?.({ term }),
});
await watcher.start();
