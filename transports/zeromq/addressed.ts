/**
 * An engine that is handed addresses and free paths only: what is asked of the system for them is asked outside of it, within a
 * bound. libzmq asks on its only thread for input and output, so that one name that nobody answers for keeps every connection waiting.
 */

import { unlessAborted } from "../../src/errands.ts";
import { TransportError } from "../../src/errors.ts";
import { formatEndpoint, parseEndpoint, type Address } from "./address.ts";
import type { Engine, EngineContext, EngineFactory } from "./engine.ts";
import { clearPath } from "./ipc-path.ts";
import { isName, makeNames, type Names } from "./names.ts";
import { connectToName } from "./named-subscriber.ts";

type Tcp = Extract<Address, { readonly protocol: "tcp" }>;

/** An engine, and the end of what it asks. */
export interface AddressedEngine extends Engine {
  /** Ends all questions for addresses. */
  close(): void;
}

/** @throws {TransportError} (rejects) where this runtime or installation has no engine */
export async function addressed(
  makeEngine: EngineFactory,
  context: EngineContext,
  names: Names = makeNames(),
): Promise<AddressedEngine> {
  const engine = await makeEngine(context);

  /** The same endpoint without a name in it. */
  async function resolved({ host, port }: Tcp): Promise<string> {
    return formatEndpoint({ protocol: "tcp", host: await names.find(host), port });
  }

  async function bindable(endpoint: string): Promise<string> {
    const address = parseEndpoint("endpoint", endpoint);
    if (address.protocol === "ipc") {
      await clearPath(address.path);
      return endpoint;
    }
    try {
      return await resolved(address);
    } catch (cause) {
      if (!(cause instanceof TransportError)) throw cause;
      throw new TransportError(cause.code, `Cannot bind ${endpoint}: ${cause.message}`, { cause });
    }
  }

  return {
    publish: async (endpoint, subscribed) => engine.publish(await bindable(endpoint), subscribed),
    answer: async (endpoint, answer) => engine.answer(await bindable(endpoint), answer),
    subscribe(endpoint, prefix, on) {
      const address = parseEndpoint("endpoint", endpoint);
      return address.protocol === "ipc" || !isName(address.host)
        ? engine.subscribe(endpoint, prefix, on)
        : connectToName(engine, names, address, prefix, on, context);
    },
    async ask(endpoint, question, signal) {
      const address = parseEndpoint("endpoint", endpoint);
      if (address.protocol === "ipc") return engine.ask(endpoint, question, signal);
      let reachable: string;
      try {
        reachable = await unlessAborted(signal, resolved(address));
      } catch {
        // Nobody can be asked; the subscriber to the same name says why.
        return undefined;
      }
      return engine.ask(reachable, question, signal);
    },
    close: () => names.close(),
  };
}
