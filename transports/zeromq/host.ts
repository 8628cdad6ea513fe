/** The host of an endpoint: an IPv4 address, or a name that has one. */

import { networkInterfaces } from "node:os";

/** What is asked of Deno before its operating system is: it would stop and ask the person at the terminal. */
interface Runtime {
  readonly Deno?: {
    readonly permissions: {
      querySync(permission: { name: "sys"; kind: "networkInterfaces" }): { readonly state: string };
    };
  };
}

/** From here on addresses belong to groups of hosts, or to nobody. */
const FIRST_MULTICAST = 224;

const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;

/** A last label that systems read as a number, and the whole as an address of an old notation. */
const NUMERIC = /^(?:[0-9]+|0[xX][0-9A-Fa-f]*)$/;

/** The longest name that DNS carries. */
const MAX_NAME = 253;

/** Whether a host is an address, so that nobody has to be asked for one. */
export function isIPv4(host: string): boolean {
  const parts = host.split(".");
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

/** Why nobody can be there, as the end of a sentence; undefined where somebody may. */
export function flawOfHost(host: string): string | undefined {
  if (host === "*") return undefined;
  if (isIPv4(host)) {
    const first = Number(host.split(".")[0]);
    const isOnes = host === "0.0.0.0" || (first > 0 && first < FIRST_MULTICAST);
    return isOnes ? undefined : "an address that no machine has for itself";
  }
  const labels = host.replace(/\.$/, "").split(".");
  if (NUMERIC.test(labels.at(-1) ?? ""))
    return "no IPv4 address: those are four numbers of 0 to 255 without leading zeros";
  if (host.length > MAX_NAME || !labels.every((label) => LABEL.test(label))) return "no name that a host can have";
  return flawOfInterface(host);
}

/** libzmq binds to the name of a network interface; nobody can connect to one, and plain sockets know none. */
function flawOfInterface(name: string): string | undefined {
  const addresses = interfaces()[name];
  if (addresses === undefined) return undefined;
  const address = addresses.find(({ family }) => family === "IPv4")?.address;
  return `a network interface of this machine; write its address${address === undefined ? "" : `, ${address}`}`;
}

function interfaces(): ReturnType<typeof networkInterfaces> {
  const { Deno } = globalThis as Runtime;
  if (Deno !== undefined && Deno.permissions.querySync({ name: "sys", kind: "networkInterfaces" }).state !== "granted")
    return {};
  return networkInterfaces();
}
