/** Endpoints: how they are written, which ones a folder has, and how a client connects to them. */

import { resolve } from "node:path";
import process from "node:process";
import { TransportError } from "../../src/errors.ts";
import { fnv1a32 } from "../../src/fnv.ts";
import { flawOfHost } from "./host.ts";

/** An endpoint that was read. */
export type Address =
  | { readonly protocol: "tcp"; readonly host: string; readonly port: number }
  | { readonly protocol: "ipc"; readonly path: string };

const TCP = /^tcp:\/\/([A-Za-z0-9_.-]+|\*):([0-9]{1,5})$/;
const IPC = /^ipc:\/\/(.+)$/s;

/** The longest path that a socket address of the kernel holds, in bytes (sun_path of Linux, less its final zero). */
const MAX_IPC_PATH = 107;

/**
 * Reads an endpoint, the same for both engines: what one of them would take for something else is refused.
 * @param option the name of the option that it was given as
 * @returns a path as an absolute one, so that it means the same later
 * @throws {TransportError} `BAD_ADDRESS`
 */
export function parseEndpoint(option: string, endpoint: string): Address {
  const [, host, digits] = TCP.exec(endpoint) ?? [];
  const port = Number(digits);
  if (host !== undefined && port >= 1 && port <= 65_535) {
    const flaw = flawOfHost(host);
    if (flaw !== undefined) throw badAddress(option, endpoint, `${host} is ${flaw}`);
    return { protocol: "tcp", host, port };
  }
  const given = IPC.exec(endpoint)?.[1];
  if (given !== undefined) {
    const flaw = flawOfPath(given);
    if (flaw !== undefined) throw badAddress(option, endpoint, flaw);
    const path = resolve(given);
    if (new TextEncoder().encode(path).length <= MAX_IPC_PATH) return { protocol: "ipc", path };
  }
  throw badAddress(
    option,
    endpoint,
    `it must be tcp://HOST:PORT with a port of 1 to 65535 and no IPv6 address, or ipc://PATH of at most ${MAX_IPC_PATH} bytes, counted from the root`,
  );
}

/** Why a path names no socket that others find. */
function flawOfPath(path: string): string | undefined {
  if (path.startsWith("@"))
    return "a path that begins with @ is an abstract name, which not every engine and system has; write a path";
  if (path === "*") return "* is a path that nobody else could know; write one";
  if (/\p{Cc}/u.test(path)) return "its path has a control character; write a path without any";
  if (/(?:^|\/)\.{0,2}$/.test(path)) return "its path is a folder; write the path of a socket";
  return undefined;
}

function badAddress(option: string, endpoint: string, why: string): TransportError {
  const found = `option ${option} is ${JSON.stringify(endpoint)}`;
  return new TransportError("BAD_ADDRESS", `Cannot make a ZeroMQ transport: ${found}; ${why}.`);
}

export function formatEndpoint(address: Address): string {
  return address.protocol === "tcp" ? `tcp://${address.host}:${address.port}` : `ipc://${address.path}`;
}

/** The reference's range: 40 000 to 59 999. */
const FIRST_PORT = 40_000;
const PORTS = 20_000;

/**
 * The port that the instances of a service publish on. The reference hashes the absolute path of a folder alone; that is the group
 * `default` here, and other groups of the service get ports of their own.
 * @param identity the folder's absolute path, or what stands for a service with a name
 */
export function portOf(identity: string, group: string): number {
  return FIRST_PORT + (fnv1a32(group === "default" ? identity : `${identity}\0${group}`) % PORTS);
}

/**
 * The address that a connection to a host should come from; undefined: the system may choose.
 *
 * A client that tries a dead port of the ephemeral range again and again can be given that very port as its own, and then
 * it has connected to itself and nobody can bind the port. From another loopback address it cannot. Linux has all of
 * 127.0.0.0/8; elsewhere 127.0.0.2 does not exist and binding to it would fail every attempt, so the source is left to the
 * system, and a subscriber that reaches itself notices within a millisecond that it is no publisher and hangs up.
 */
export function sourceFor(host: string, platform: string = process.platform): string | undefined {
  if (platform !== "linux" || !/^(localhost|127(\.[0-9]+){3})$/.test(host)) return undefined;
  return host === "127.0.0.2" ? "127.0.0.3" : "127.0.0.2";
}

/** The address to connect to, in libzmq's syntax `tcp://SOURCE;DESTINATION`. */
export function connectAddress(endpoint: string, platform: string = process.platform): string {
  const source = sourceFor(TCP.exec(endpoint)?.[1] ?? "", platform);
  return source === undefined ? endpoint : endpoint.replace("tcp://", `tcp://${source}:0;`);
}
