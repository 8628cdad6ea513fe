/** A ZeroMQ transport for programs that ask only whether it works. */

import type { Transport, TransportContext, TransportHandlers } from "../../src/transport.ts";
import { asError } from "../../src/errors.ts";

const nothing = (): void => undefined;

const handlers: TransportHandlers = {
  message: nothing,
  link: nothing,
  unlinked: nothing,
  recorded: () => true,
  audience: nothing,
  dropped: nothing,
  misconfigured: nothing,
  error: nothing,
  asked: () => ({ instanceId: "quiet", uptime: "1s" }),
};

const context: TransportContext = {
  group: "default",
  instanceId: "quiet",
  incarnation: "quiet",
  heartbeatInterval: 1_000,
  heartbeatTimeout: 3_000,
};

/** Opens it, and tells nobody what happens to it. */
export function openQuietly(transport: Transport): Promise<void> {
  return transport.open(context, handlers);
}

/** How something that may be refused ended. */
export async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "done";
  } catch (error) {
    const { name, message } = asError(error);
    const code = error !== null && typeof error === "object" && "code" in error ? ` ${String(error.code)}` : "";
    return `${name}${code}: ${message}`;
  }
}
