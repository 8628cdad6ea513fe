/** The command line of `explain`, read. */

import { readOptions } from "../cli/arguments.ts";
import { parseDistribution } from "../cli/distribution.ts";
import { parseDuration } from "../cli/duration.ts";
import { parsePercentage } from "../cli/percentage.ts";
import { parseRate } from "../cli/rate.ts";
import { Refusal } from "../cli/refusal.ts";
import { independentBurst, type Stalls } from "../../src/qos/index.ts";
import type { Given } from "./given.ts";

/** What is to be done. */
export interface Order {
  readonly given: Given;
  /** A file, or `-`. */
  readonly json: string | undefined;
  readonly quiet: boolean;
  readonly args: readonly string[];
}

/** @throws {Refusal} for a command line that makes no sense */
export function readOrder(args: readonly string[]): Order | "help" {
  const values = readOptions(args, {
    help: { type: "boolean", default: false },
    interval: { type: "string" },
    timeout: { type: "string" },
    loss: { type: "string", default: "0%" },
    burst: { type: "string" },
    delay: { type: "string", default: "lognormal:1ms,0.5" },
    stalls: { type: "string" },
    "false-failovers": { type: "string", default: "1/year" },
    json: { type: "string" },
    quiet: { type: "boolean", default: false },
  });
  if (values.help) return "help";
  if (values.interval === undefined || values.timeout === undefined)
    throw new Refusal("explain needs --interval and --timeout, such as --interval 1s --timeout 3500ms.");
  const interval = parseDuration("--interval", values.interval);
  const timeout = parseDuration("--timeout", values.timeout);
  if (timeout <= interval)
    throw new Refusal(
      `--timeout is ${values.timeout}, no longer than --interval ${values.interval}; every heartbeat would come too late.`,
    );
  if (timeout > MOST * interval)
    throw new Refusal(`--timeout is ${values.timeout}, more than ${MOST} times --interval ${values.interval}.`);
  const loss = parsePercentage("--loss", values.loss);
  return {
    given: {
      interval,
      timeout,
      loss,
      burst: values.burst === undefined ? independentBurst(loss) : parseBurst(values.burst, loss),
      delay: parseDistribution("--delay", values.delay),
      stalls: values.stalls === undefined ? undefined : parseStalls(values.stalls),
      wanted: parseRate("--false-failovers", values["false-failovers"]),
    },
    json: values.json,
    quiet: values.quiet,
    args,
  };
}

/** More heartbeats in one timeout are nobody's settings. */
const MOST = 1_000;

function parseBurst(text: string, loss: number): number {
  const burst = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  const least = Math.max(1, loss / (1 - loss));
  if (!(burst >= least && Number.isFinite(burst)))
    throw new Refusal(
      `--burst is ${JSON.stringify(text)}; it must be a number of heartbeats of at least ${Number(least.toPrecision(3))}, where so many are lost.`,
    );
  return burst;
}

function parseStalls(text: string): Stalls {
  const [, rate = "", duration = ""] = /^([^,]+),(.+)$/s.exec(text) ?? [];
  if (duration === "")
    throw new Refusal(
      `--stalls is ${JSON.stringify(text)}; it must be a rate and a distribution, such as 1/min,exp:50ms.`,
    );
  return { rate: parseRate("--stalls", rate), duration: parseDistribution("--stalls", duration) };
}
