/**
 * ZeroMQ's protocol over plain sockets, in TypeScript: on every runtime, without native code, and with a bound on everything that a
 * stranger can make it remember or do. Speaks ZMTP 3.1 with peers of 3.0 and 3.1, with the NULL mechanism.
 */

import type { EngineFactory } from "../engine.ts";
import { pingPause } from "../ping-pause.ts";
import { bindPublisher } from "./publisher.ts";
import { ask } from "./requester.ts";
import { bindResponder } from "./responder.ts";
import { connectSubscriber } from "./subscriber.ts";

export function zmtp(): EngineFactory {
  return ({ heartbeatTimeout, report, misconfigured, dropped }) =>
    Promise.resolve({
      publish: (endpoint, subscribed) => bindPublisher(endpoint, subscribed, { misconfigured, dropped }),
      subscribe: (endpoint, prefix, on) =>
        connectSubscriber(endpoint, prefix, pingPause(heartbeatTimeout), on, { report, misconfigured, dropped }),
      answer: (endpoint, answer) => bindResponder(endpoint, answer, dropped),
      ask,
    });
}
