/** A watcher that is promoted, sends, and leaves: what a program needs to be permitted. Its bus is told by the command line. */

import process from "node:process";
import { parseArgs } from "node:util";
import { makeBus } from "../../bench/group/bus.ts";
import { silentLogger } from "../../bench/group/silent-logger.ts";
import { Watcher } from "../../src/index.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";

const text = { type: "string", default: "" } as const;
const { values } = parseArgs({
  options: {
    transport: text,
    url: text,
    election: text,
    workdir: text,
    stateDir: text,
    bind: text,
    peers: text,
    timeout: text,
  },
});

const bus = values.transport === "memory" ? { transport: memory(new MemoryBus()) } : await makeBus(values);
await new Promise<void>((promoted, broken) => {
  const watcher = new Watcher({
    ...bus,
    enabled: true,
    heartbeatInterval: 100,
    heartbeatTimeout: 450,
    logger: silentLogger,
    onPromote: () => {
      leave(watcher).then(promoted, broken);
    },
  });
  watcher.on("error", ({ reason }) => broken(new Error(reason.message)));
  watcher.start().catch(broken);
});
process.stdout.write("promoted\n");

/** Not from within the promotion, which leaving waits for. */
async function leave(watcher: Watcher): Promise<void> {
  await new Promise((turn) => setTimeout(turn));
  await watcher.check();
  await watcher.shutdown();
}
