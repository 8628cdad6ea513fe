/** `failover-watcher tune`: from how the bus behaves to an interval and a timeout. */

import process from "node:process";
import { INTERRUPTED, onInterrupt } from "../cli/interrupt.ts";
import { makeProgress } from "../cli/progress.ts";
import { Refusal } from "../cli/refusal.ts";
import { writeOut } from "../cli/write-out.ts";
import { renderTune } from "../html/tune-page.ts";
import { HELP } from "./help.ts";
import { readOrder, type Order } from "./order.ts";
import { record } from "./record.ts";
import { resultOf } from "./result.ts";
import { formatResult } from "./text.ts";
import { FEWEST, loadTrace, saveTrace, type Trace } from "./trace.ts";

/** The exit status when what is wanted cannot be had. */
const UNACHIEVABLE = 3;

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
  const { trace, complete } = await obtain(order);
  if (trace.beats.length < FEWEST)
    throw new Refusal(
      `Only ${trace.beats.length} heartbeats were heard, and fewer than ${FEWEST} say nothing; listen for longer.`,
    );
  const result = resultOf(trace, order.request, order.args, complete);
  const json = `${JSON.stringify(result, null, 2)}\n`;
  if (order.html !== undefined) await writeOut("--html", order.html, renderTune(result));
  if (order.json === "-") process.stdout.write(json);
  else if (order.json !== undefined) await writeOut("--json", order.json, json);
  const screen = order.json === "-" ? process.stderr : process.stdout;
  if (!order.quiet) screen.write(`${formatResult(result)}\n`);
  if (!complete) return INTERRUPTED;
  return result.recommended === null ? UNACHIEVABLE : 0;
}

async function obtain(order: Order): Promise<{ readonly trace: Trace; readonly complete: boolean }> {
  if (order.trace !== undefined) return { trace: await loadTrace(order.trace), complete: true };
  const { transport, url, sampleInterval: interval, sample: duration, quiet } = order;
  const interrupt = onInterrupt();
  try {
    const trace = await record({ transport, url, interval, duration }, makeProgress(quiet), interrupt.signal);
    if (order.saveTrace !== undefined) await saveTrace(trace, order.saveTrace);
    return { trace, complete: !interrupt.signal.aborted };
  } finally {
    interrupt.ignore();
  }
}
