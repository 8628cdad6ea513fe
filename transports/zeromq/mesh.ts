/** A mesh: each instance binds an endpoint of its own and subscribes to those of all others. */

import type { BusMessage, Transport, TransportContext, TransportHandlers } from "../../src/transport.ts";
import { oneSession, type Session } from "../session.ts";
import { addressed, type AddressedEngine } from "./addressed.ts";
import { answerPings, type Answering } from "./answering.ts";
import { watchBothWays } from "./both-ways.ts";
import { engineContext, type EngineFactory } from "./engine.ts";
import { hear, type Hearing, type Patience } from "./hearing.ts";
import type { MeshLayout } from "./layout.ts";
import { publish } from "./publication.ts";
import { roster } from "./roster.ts";

/** Peers may be far away; a connection takes about four round trips. */
const PATIENCE: Patience = { dial: 500, hello: 500 };

export function meshTransport(layout: MeshLayout, makeEngine: EngineFactory): Transport {
  const { open, close, current } = oneSession("ZeroMQ", async (context, handlers) => {
    const engine = await addressed(makeEngine, engineContext(context, handlers));
    return meshSession(engine, layout, context, handlers);
  });
  return {
    name: "zeromq",
    capabilities: {
      acknowledges: false,
      barrier: false,
      publish: "everyone",
      subscribe: true,
      link: false,
      hints: true,
    },
    open,
    close,
    send: async (message) => current("send on").send(message),
  };
}

interface MeshSession extends Session {
  send(message: BusMessage): Promise<void>;
}

async function meshSession(
  engine: AddressedEngine,
  { publish: bind, rpc, peers }: MeshLayout,
  { heartbeatTimeout, candidate = true }: TransportContext,
  handlers: TransportHandlers,
): Promise<MeshSession> {
  const node = crypto.randomUUID();
  const self = candidate ? { node, bind } : { node };
  const misconfigured = (message: string): void => handlers.misconfigured(message);
  const bothWays = watchBothWays({ bind, heartbeatTimeout, candidate, misconfigured });
  const subscribers = roster();
  const hearings: Hearing[] = [];
  const publication = await publish(engine, bind, node, {
    joined({ node: who, bind: theirs }) {
      subscribers.add(who);
      bothWays.subscribed(who, theirs);
      if (who === node) return;
      // Whoever subscribes is there to be subscribed to: not half a second later, when its first claim would be missed.
      for (const hearing of hearings) hearing.redial();
      handlers.audience();
    },
    failed: (error) => handlers.error(error),
  });
  let answering: Answering | undefined;

  async function end(silence: () => Promise<void>): Promise<void> {
    subscribers.close();
    bothWays.close();
    engine.close();
    await Promise.all([...hearings.map((hearing) => hearing.close()), silence(), answering?.close()]);
  }

  const abort = (): Promise<void> => end(() => publication.drop());

  /** Both directions count: we hear the peer, and it hears us. */
  async function linked(hearing: Hearing): Promise<void> {
    const peer = await hearing.live;
    if (peer !== undefined) await subscribers.waitFor(peer, PATIENCE.hello);
  }

  try {
    for (const peer of peers)
      hearings.push(
        hear(engine, peer, self, PATIENCE, {
          message: (message) => handlers.message(message, peer, bothWays.isDeaf(peer)),
          dropped: () => handlers.dropped(),
          down: () => handlers.unlinked({ from: peer }),
          answered: (publisher) => bothWays.heard(peer, publisher),
        }),
      );
    if (rpc !== undefined) answering = await answerPings(engine, rpc, handlers);
  } catch (error) {
    await abort();
    throw error;
  }
  return {
    live: Promise.all(hearings.map(linked)).then(() => subscribers.close()),
    send: (message) => publication.send(message),
    close: () => end(() => publication.close()),
    abort,
  };
}
