/** `failover-watcher explain`: what an interval and a timeout buy, by arithmetic alone. */

import process from "node:process";
import { writeOut } from "../cli/write-out.ts";
import { explain } from "./explain.ts";
import { HELP } from "./help.ts";
import { readOrder } from "./order.ts";
import { formatResult } from "./text.ts";

/**
 * Carries out what a command line asks for.
 * @returns the exit status
 * @throws {Refusal} (rejects) for what cannot be done as it was asked
 */
export async function run(args: readonly string[]): Promise<number> {
  const order = readOrder(args);
  if (order === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const result = explain(order.given, order.args);
  const json = `${JSON.stringify(result, null, 2)}\n`;
  if (order.json === "-") process.stdout.write(json);
  else if (order.json !== undefined) await writeOut("--json", order.json, json);
  if (!order.quiet) (order.json === "-" ? process.stderr : process.stdout).write(`${formatResult(result)}\n`);
  return 0;
}
