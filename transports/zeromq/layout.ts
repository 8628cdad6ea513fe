/** Which endpoints a transport uses: one that is shared, or a mesh. */

import { resolve } from "node:path";
import type { HostLockOptions } from "../../src/elections/host-lock/index.ts";
import { serviceOf } from "../../src/elections/host-lock/service.ts";
import { TransportError } from "../../src/errors.ts";
import { formatEndpoint, parseEndpoint, portOf, type Address } from "./address.ts";
import type { ZeromqOptions } from "./options.ts";

/** Where a primary publishes and answers. */
export interface Endpoints {
  readonly publish: string;
  readonly rpc: string;
  readonly ports?: { readonly pub: number; readonly rpc: number };
}

/** The primary's endpoints, in a group. */
export interface SharedLayout {
  /** Where the lock of the same service is. */
  readonly lock: HostLockOptions;
  /** Known before the group is, where they do not depend on it. */
  readonly known: Endpoints | undefined;
  endpointsOf(group: string): Endpoints;
}

/** An instance's own endpoints and its peers'. */
export interface MeshLayout {
  readonly publish: string;
  readonly rpc?: string;
  readonly peers: readonly string[];
}

/**
 * @throws {TransportError} `BAD_ADDRESS` where the endpoint is malformed
 * @throws {RangeError} where the ports are the same
 * @throws {TypeError} where the current folder would be the service's name and has been removed
 */
export function sharedLayout(options: ZeromqOptions): SharedLayout {
  const { service, stateDir, pubPort, endpoint, rpcPort } = options;
  const given =
    endpoint !== undefined ? reachable("endpoint", endpoint) : pubPort !== undefined ? loopback(pubPort) : undefined;
  const known = given && endpointsAt(given, rpcPort);
  const { identity, folder } = serviceOf(options);
  return {
    lock: {
      ...(service === undefined ? {} : { service }),
      ...(folder === undefined ? {} : { workdir: folder }),
      ...(stateDir === undefined ? {} : { stateDir: resolve(stateDir) }),
    },
    known,
    endpointsOf: (group) => known ?? endpointsAt(loopback(portOf(identity, group)), rpcPort),
  };
}

function loopback(port: number): Address {
  return { protocol: "tcp", host: "127.0.0.1", port };
}

function endpointsAt(address: Address, rpcPort: number | undefined): Endpoints {
  const publish = formatEndpoint(address);
  if (address.protocol === "ipc") {
    const rpc = rpcPort === undefined ? parseEndpoint("endpoint", `${publish}.rpc`) : loopback(rpcPort);
    return { publish, rpc: formatEndpoint(rpc) };
  }
  const rpc = rpcPort ?? address.port + 1;
  if (rpc === address.port) throw twice("the port of publishing", rpc);
  return {
    publish,
    rpc: formatEndpoint(parseEndpoint("rpcPort", `tcp://${address.host}:${rpc}`)),
    ports: { pub: address.port, rpc },
  };
}

/**
 * @throws {TransportError} `BAD_ADDRESS` where an endpoint is malformed
 * @throws {RangeError} where the ports are the same
 */
export function meshLayout({ bind, peers, rpcPort }: ZeromqOptions & { readonly bind: string }): MeshLayout {
  const own = parseEndpoint("bind", bind);
  const publish = formatEndpoint(own);
  const others = new Set((peers ?? []).map((peer) => formatEndpoint(reachable("peers", peer))));
  others.delete(publish);
  const layout = { publish, peers: [...others] };
  if (rpcPort === undefined) return layout;
  if (own.protocol === "tcp" && own.port === rpcPort) throw twice("the port of option bind", rpcPort);
  const rpc = own.protocol === "tcp" ? { ...own, port: rpcPort } : loopback(rpcPort);
  return { ...layout, rpc: formatEndpoint(rpc) };
}

function twice(what: string, port: number): RangeError {
  return new RangeError(
    `Cannot make a ZeroMQ transport: option rpcPort is ${port}, and so is ${what}; they must differ.`,
  );
}

/** An endpoint that others connect to: not all addresses of a host at once. */
function reachable(option: string, endpoint: string): Address {
  const address = parseEndpoint(option, endpoint);
  if (address.protocol === "tcp" && (address.host === "*" || address.host === "0.0.0.0"))
    throw new TransportError(
      "BAD_ADDRESS",
      `Cannot make a ZeroMQ transport: option ${option} is ${JSON.stringify(endpoint)}, which nobody can connect to; name the address that the others reach it by.`,
    );
  return address;
}
