/**
 * A bus within one process, for testing failover and for programs whose instances live side by side.
 *
 * @module
 */

import { TransportError } from "../../src/errors.ts";
import type { Transport } from "../../src/transport.ts";
import type { MemoryBus } from "./bus.ts";
import type { Member } from "./member.ts";

export { MemoryBus } from "./bus.ts";
export type { MemoryBusOptions } from "./options.ts";

/** Options of one instance's connection. */
export interface MemoryOptions {
  /** By which name the bus's faults strike this connection. @default the instanceId */
  readonly name?: string;
}

/** A connection to a memory bus, for one watcher at a time. */
export function memory(bus: MemoryBus, options: MemoryOptions = {}): Transport {
  let member: Member | undefined;
  let closed = false;
  return {
    name: "memory",
    capabilities: bus.capabilities,
    // Rejects what `join` throws.
    // eslint-disable-next-line @typescript-eslint/require-await
    async open(context, handlers) {
      if (member !== undefined)
        throw new TransportError("CLOSED", "Cannot open the memory transport twice: one serves one watcher.");
      member = bus.join(options.name ?? context.instanceId, context, handlers);
      closed = false;
    },
    send(message) {
      if (member !== undefined) return member.send(message);
      const why = closed ? "it was closed; open it again" : "it is not open; open it first";
      const error = new TransportError(
        closed ? "CLOSED" : "NOT_CONNECTED",
        `Cannot send on the memory transport: ${why}.`,
      );
      return Promise.reject(error);
    },
    close() {
      closed = true;
      if (member !== undefined) bus.leave(member);
      member = undefined;
      return Promise.resolve();
    },
  };
}
