/** The system's own list of names (hosts(5)). `getaddrinfo` reads it first, but only when its thread is free. */

import { readFile } from "node:fs/promises";
import process from "node:process";
import { isIPv4 } from "./host.ts";

const FILE = "/etc/hosts";

/** The IPv4 address that a name has there. Undefined where it has none, or there is no such file. */
export async function findInHosts(name: string): Promise<string | undefined> {
  if (process.platform === "win32") return undefined;
  let text: string;
  try {
    text = await readFile(FILE, "utf8");
  } catch {
    // Without the file nothing is in it.
    return undefined;
  }
  const wanted = name.toLowerCase();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIPv4(address) && names.some((each) => each.toLowerCase() === wanted)) return address;
  }
  return undefined;
}
