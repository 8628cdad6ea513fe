/** libzmq as an engine, through the npm package `zeromq`. Nothing outside this folder touches it. */

import type { EngineFactory } from "../engine.ts";
import type { SocketOptions } from "../options.ts";
import { loadZeroMQ } from "./load.ts";
import { bindPublisher } from "./publisher.ts";
import { ask } from "./requester.ts";
import { bindResponder } from "./responder.ts";
import { socketSettings } from "./settings.ts";
import { connectSubscriber } from "./subscriber.ts";

/** @param load finds the package; tests pass their own */
export function libzmq(socketOptions: SocketOptions, load: typeof loadZeroMQ = loadZeroMQ): EngineFactory {
  return async (context) => {
    const { heartbeatTimeout, report } = context;
    const zmq = await load();
    const settings = socketSettings(heartbeatTimeout, socketOptions);
    return {
      // The package throws synchronously; from an async function that is a rejection.
      // eslint-disable-next-line @typescript-eslint/require-await
      publish: async (endpoint, subscribed) => bindPublisher(zmq, settings.publisher, endpoint, subscribed, context),
      subscribe: (endpoint, prefix, on) => connectSubscriber(zmq, settings.subscriber, endpoint, prefix, on, context),
      // eslint-disable-next-line @typescript-eslint/require-await
      answer: async (endpoint, answer) => bindResponder(zmq, settings.responder, endpoint, answer, context),
      ask: (endpoint, question, signal) => ask(zmq, settings.requester, endpoint, question, signal, report),
    };
  };
}
