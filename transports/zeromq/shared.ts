/** One endpoint of one host: the primary binds it, everybody subscribes to it. The reference's layout. */

import { hostLock } from "../../src/elections/host-lock/index.ts";
import { Errands } from "../../src/errands.ts";
import { TransportError } from "../../src/errors.ts";
import type { BusMessage, ProbeAnswer, Transport, TransportHandlers } from "../../src/transport.ts";
import { oneSession, type Session } from "../session.ts";
import { addressed, type AddressedEngine } from "./addressed.ts";
import { answerPings, type Answering } from "./answering.ts";
import { engineContext, type EngineFactory } from "./engine.ts";
import { hear, type Hearing, type Patience } from "./hearing.ts";
import type { Endpoints, SharedLayout } from "./layout.ts";
import { decodePong, encodePing } from "../ping.ts";
import { publish, type Publication } from "./publication.ts";

/** On a loopback a connection takes a millisecond; a stopped process accepts one and says nothing. */
const PATIENCE: Patience = { dial: 250, hello: 50 };

export function sharedTransport(layout: SharedLayout, makeEngine: EngineFactory): Transport {
  let { known } = layout;
  const { open, close, current } = oneSession("ZeroMQ", async (context, handlers) => {
    const engine = await addressed(makeEngine, engineContext(context, handlers));
    return sharedSession(engine, layout.endpointsOf(context.group), handlers);
  });
  return {
    name: "zeromq",
    capabilities: {
      acknowledges: false,
      barrier: false,
      publish: "primary",
      subscribe: true,
      link: false,
      hints: true,
    },
    get ports() {
      return known?.ports;
    },
    async open(context, handlers) {
      // At once, because an election that writes them down is opened at the same time.
      known = layout.endpointsOf(context.group);
      await open(context, handlers);
    },
    close,
    send: async (message) => current("send on").send(message),
    lead: async () => current("lead on").lead(),
    follow: async () => current("follow on").follow(),
    probe: async (signal) => current("probe on").probe(signal),
    defaultElection: () => hostLock(layout.lock),
  };
}

interface SharedSession extends Session {
  send(message: BusMessage): Promise<void>;
  lead(): Promise<void>;
  follow(): Promise<void>;
  probe(signal: AbortSignal): Promise<ProbeAnswer | undefined>;
}

function sharedSession(engine: AddressedEngine, endpoints: Endpoints, handlers: TransportHandlers): SharedSession {
  const { publish: endpoint, rpc } = endpoints;
  const node = crypto.randomUUID();
  const errands = new Errands();
  let hearing = listen();
  let publication: Publication | undefined;
  let answering: Promise<Answering> | undefined;
  let turn: Promise<void> = Promise.resolve();

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  }

  function listen(): Hearing {
    return hear(engine, endpoint, { node }, PATIENCE, {
      message: (message) => handlers.message(message, endpoint),
      dropped: () => handlers.dropped(),
      down: () => handlers.unlinked({ from: endpoint }),
    });
  }

  async function lead(): Promise<void> {
    if (publication !== undefined) return;
    const publishing = publish(engine, endpoint, node, {
      joined: () => handlers.audience(),
      failed: (error) => handlers.error(error),
    });
    // Whether or not there is a port to publish on: whoever hears no heartbeat asks.
    answering ??= answerPings(engine, rpc, handlers);
    [publication] = await Promise.all([publishing, answering]);
    // Nobody else can publish here now, and to lose the connection to oneself would look like a loss.
    await hearing.close();
  }

  async function fallSilent(): Promise<void> {
    const silent = Promise.all([publication?.close(), answering?.then((pings) => pings.close())]);
    publication = undefined;
    answering = undefined;
    await silent;
  }

  async function follow(): Promise<void> {
    const wasHeard = publication !== undefined;
    await fallSilent();
    if (wasHeard) hearing = listen();
  }

  async function end(): Promise<void> {
    await Promise.all([hearing.close(), fallSilent()]);
  }

  function close(): Promise<void> {
    errands.end();
    engine.close();
    return inTurn(end);
  }

  return {
    live: hearing.live.then(() => undefined),
    async send(message) {
      if (publication !== undefined) return publication.send(message);
      const why = `this instance does not lead, and only the primary publishes on ${endpoint}`;
      throw new TransportError("NOT_CONNECTED", `Cannot send on the ZeroMQ transport: ${why}.`);
    },
    lead: () => inTurn(lead),
    follow: () => inTurn(follow),
    async probe(signal) {
      const id = crypto.randomUUID();
      const answer = await errands.run(signal, (signal) => engine.ask(rpc, encodePing(id), signal));
      return answer && decodePong(answer, id);
    },
    close,
    // Whoever is not open yet does not publish: nothing is to leave.
    abort: close,
  };
}
