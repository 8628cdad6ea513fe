/** What is run on other runtimes, compiled; and running it to its end. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { commandOf, type Runtime } from "../../bench/group/runtime.ts";
import { BUILD } from "../support/tree.ts";

/** A watcher that tells what happens to it. */
export const INSTANCE: string = join(BUILD, "bench/group/instance.js");

/** The conformance suite. */
export const CONFORMANCE: string = join(BUILD, "test/runtimes/conformance.js");

/** How long a program may take, in milliseconds. */
const PATIENCE = 60_000;

/** Runs a program, and gives what it printed. Rejects with what it complained of where it fails, or does not end. */
export async function run(runtime: Runtime, program: string, args: readonly string[]): Promise<string> {
  const { command, args: call } = commandOf(runtime, program);
  return runCommand(command, [...call, ...args]);
}

/** The same for any command. @param cwd where; here unless given */
export async function runCommand(command: string, args: readonly string[], cwd?: string): Promise<string> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...(cwd === undefined ? {} : { cwd }) });
  const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  try {
    const [printed, complaint, [status, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    if (status === 0) return printed;
    const how = status === null ? `was ended by ${signal}` : `ended with status ${status}`;
    throw new Error(`${[command, ...args].join(" ")} ${how}: ${complaint}${printed}`);
  } finally {
    clearTimeout(late);
  }
}
