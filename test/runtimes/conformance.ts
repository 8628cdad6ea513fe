/**
 * The conformance suite in a process of whatever runtime this program is run on: one line of JSON, a {@linkcode Verdict}. Where it
 * runs and on which bus is told by the command line.
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { freePorts } from "../../bench/group/ports.ts";
import { current } from "../../bench/group/runtime.ts";
import type { Transport } from "../../src/transport.ts";
import { transportConformance } from "../conformance/index.ts";

/** How it went. */
export interface Verdict {
  readonly runtime: string;
  readonly tests: number;
  /** What was not as it should be: the names of the tests, and what they say. */
  readonly failures: readonly string[];
}

const { values } = parseArgs({
  options: {
    transport: { type: "string", default: "memory" },
    url: { type: "string", default: "" },
  },
});

/** Two transports of one bus that nobody else uses. Adapters are loaded as they are asked for. */
async function makePair(transport: string, url: string): Promise<readonly [Transport, Transport]> {
  const prefix = `conformance-${crypto.randomUUID()}`;
  switch (transport) {
    case "memory": {
      const { memory, MemoryBus } = await import("../../transports/memory/index.ts");
      const bus = new MemoryBus({ delay: 1 });
      return [memory(bus), memory(bus)];
    }
    case "zeromq": {
      const { zeromq } = await import("../../transports/zeromq/index.ts");
      const pubPort = await freePorts(2);
      return [zeromq({ pubPort }), zeromq({ pubPort })];
    }
    case "mesh": {
      const { zeromq } = await import("../../transports/zeromq/index.ts");
      const first = await freePorts(2);
      const [here, there] = [`tcp://127.0.0.1:${first}`, `tcp://127.0.0.1:${first + 1}`];
      return [zeromq({ bind: here, peers: [there] }), zeromq({ bind: there, peers: [here] })];
    }
    case "nats": {
      const { nats } = await import("../../transports/nats/index.ts");
      return [nats({ servers: url, prefix }), nats({ servers: url, prefix })];
    }
    case "mqtt": {
      const { mqtt } = await import("../../transports/mqtt/index.ts");
      return [mqtt({ url, prefix }), mqtt({ url, prefix })];
    }
    default:
      throw new RangeError(`Cannot run the suite: the transport is ${transport}, which there is none of.`);
  }
}

const suite: { readonly name: string; readonly body: () => Promise<void> }[] = [];
transportConformance({
  test: (name, body) => suite.push({ name, body }),
  create: async () => {
    const [a, b] = await makePair(values.transport, values.url);
    return { a, b, done: () => Promise.resolve() };
  },
});

const failures: string[] = [];
for (const { name, body } of suite)
  await body().catch((error: unknown) =>
    failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`),
  );

const verdict: Verdict = { runtime: current, tests: suite.length, failures };
// And then the process ends by itself: a transport that keeps it alive is found out by who waits for that.
process.stdout.write(`${JSON.stringify(verdict)}\n`);
