/** The bus and the election of an instance under observation, as its command line names them. */

import type { Election } from "../../src/election.ts";
import type { Transport } from "../../src/transport.ts";

/** What a command line says of them. */
export interface BusChoice {
  /** `zeromq` (shared endpoint of `workdir`), `mesh` (ZeroMQ, everybody publishes on `bind`), or a broker's. */
  readonly transport: string;
  /** Where the broker is; where the servers of a NATS cluster are, separated by commas. */
  readonly url: string;
  readonly workdir: string;
  /** Where the last term is kept; in `workdir`, which goes with the group, unless given. */
  readonly stateDir?: string;
  readonly bind: string;
  /** `lease` on NATS, or `lease-3`, kept on three servers; otherwise the transport's own. */
  readonly election: string;
  /** Who speaks ZeroMQ's protocol; the runtime's own choice unless given. */
  readonly engine?: string;
  /** Endpoints, separated by commas. */
  readonly peers: string;
}

/** What a watcher is made with. An election that is absent is the transport's own. */
export interface Bus {
  readonly transport: Transport;
  readonly election?: Election;
}

/** Buses of the program's own, by name. */
const others = new Map<string, (choice: BusChoice) => Promise<Bus>>();

/** Gives the instance of this process a bus to choose. To be called before the instance is loaded. */
export function offerBus(name: string, make: (choice: BusChoice) => Promise<Bus>): void {
  others.set(name, make);
}

/** Adapters are loaded as they are asked for: nobody needs the packages of the others. */
export async function makeBus(choice: BusChoice): Promise<Bus> {
  const { transport, url, election, engine, workdir, stateDir, bind, peers } = choice;
  const speaker = engine === "libzmq" || engine === "zmtp" ? ({ engine } as const) : {};
  switch (transport) {
    case "zeromq": {
      const { zeromq } = await import("../../transports/zeromq/index.ts");
      return { transport: zeromq({ workdir, stateDir: stateDir || workdir, ...speaker }) };
    }
    case "mesh": {
      const { zeromq } = await import("../../transports/zeromq/index.ts");
      return { transport: zeromq({ bind, peers: peers.split(",").filter((peer) => peer !== ""), ...speaker }) };
    }
    case "mqtt": {
      const { mqtt } = await import("../../transports/mqtt/index.ts");
      return { transport: mqtt({ url }) };
    }
    case "nats": {
      const { nats, natsLease } = await import("../../transports/nats/index.ts");
      const options = natsOptions(url);
      const transport = nats(options);
      if (!election.startsWith("lease")) return { transport };
      return { transport, election: natsLease({ ...options, replicas: election === "lease-3" ? 3 : 1 }) };
    }
    default: {
      const make = others.get(transport);
      if (make !== undefined) return make(choice);
      throw new RangeError(`Cannot make a bus: the transport is ${transport}; it must be zeromq, mesh, mqtt or nats.`);
    }
  }
}

/** An address may say who asks, and that it is to be encrypted: `nats://user:password@host`, `nats://token@host`, `tls://host`. */
function natsOptions(url: string): { readonly servers: string[]; readonly options: Readonly<Record<string, unknown>> } {
  const servers = url.split(",");
  const [first = ""] = servers;
  if (!URL.canParse(first)) return { servers, options: {} };
  const { protocol, username, password } = new URL(first);
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return {
    servers: servers.map((server) => server.replace(/\/\/[^/]+@/, "//")),
    options: {
      ...(user === "" ? {} : pass === "" ? { token: user } : { user, pass }),
      ...(protocol === "tls:" ? { tls: {} } : {}),
    },
  };
}
