/** The names of hosts in a network, and the name servers that know them: one on each host, and all are silent at once. */

import { asking, startNameServer } from "../support/name-server.ts";
import type { Network } from "./network.ts";
import type { Fault } from "./faults.ts";
import type { Switch } from "./place.ts";

/** Where a host asks: itself, so that a cut silences nobody. */
const ADDRESS = "127.0.0.1";

export interface Names extends Switch {
  nameOf(host: string): string;
  /** Put before a command, it runs on that host and asks its name server. */
  within(host: string): readonly string[];
  close(): Promise<void>;
}

/** @param folder to write in */
export async function makeNames(network: Network, hosts: readonly string[], folder: string): Promise<Names> {
  const nameOf = (host: string): string => `${host}.chaos.internal`;
  const known = Object.fromEntries(hosts.map((host) => [nameOf(host), network.address(host)]));
  const servers = await Promise.all(hosts.map((host) => startNameServer(network.within(host), ADDRESS, known)));
  const asker = asking(ADDRESS, folder);
  return {
    nameOf,
    within: (host) => [...network.within(host), ...asker],
    pull: () => servers.forEach((server) => server.silence()),
    mend: () => servers.forEach((server) => server.speak()),
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** Who is started meanwhile finds nobody, and is found: the group is not in one piece then. */
export const silentNames: Fault = {
  name: "name servers silent",
  applies: ({ names }) => names !== undefined,
  paralyses: false,
  divides: true,
  strike({ names }) {
    names?.pull();
    const undo = (): Promise<void> => {
      names?.mend();
      return Promise.resolve();
    };
    return Promise.resolve({ undo });
  },
};
