/** Network namespaces (network_namespaces(7)). Each lasts as long as a process that ends with this one, so none is left behind. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { pathOf } from "../brokers/install.ts";

export interface Namespace {
  readonly pid: number;
  /** Put before a command, it runs in here. */
  readonly within: readonly string[];
  /** Runs commands of `ip` in here, a line each. */
  ip(...lines: readonly string[]): void;
  close(): Promise<void>;
}

/** Makes one with a loopback and nothing else. Rejects where this process may not (it takes root) or the system has none. */
export async function makeNamespace(): Promise<Namespace> {
  const keeper = spawn("unshare", ["--net", "cat"], { stdio: ["pipe", "pipe", "ignore"] });
  const { pid } = keeper;
  const gone = once(keeper, "exit");
  // Where unshare may not, it is gone before it reads: its exit says so.
  keeper.stdin.on("error", () => undefined);
  // What it echoes, it echoes from inside.
  keeper.stdin.write("\n");
  const outcome = await Promise.race([once(keeper.stdout, "data"), gone]);
  if (pid === undefined || typeof outcome[0] === "number")
    throw new Error("Cannot make a network namespace: unshare(1) failed; it takes root.");
  const within = ["nsenter", `--net=/proc/${pid}/ns/net`];
  const namespace: Namespace = {
    pid,
    within,
    ip(...lines) {
      const [command, ...args] = [...within, pathOf("ip"), "-batch", "-"];
      execFileSync(command, args, { input: lines.join("\n"), stdio: ["pipe", "ignore", "inherit"] });
    },
    async close() {
      keeper.stdin.end();
      await gone;
    },
  };
  namespace.ip("link set lo up");
  return namespace;
}

/** Whether this process can make one. */
export async function canMakeNamespaces(): Promise<boolean> {
  try {
    await (await makeNamespace()).close();
    return true;
  } catch {
    // Without root, or on another system than Linux.
    return false;
  }
}
