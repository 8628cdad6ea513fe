/** The command line of `tune`, read. */

import { pick, readOptions, whole } from "../cli/arguments.ts";
import { parseDuration } from "../cli/duration.ts";
import { parseRate } from "../cli/rate.ts";
import { Refusal } from "../cli/refusal.ts";
import { withoutSecrets } from "../cli/secrets.ts";
import { urlOf } from "../cli/url.ts";
import { TRANSPORTS } from "../schema/head.ts";
import type { Request } from "./request.ts";

/** What is to be done. Durations in milliseconds. */
export interface Order {
  readonly transport: string;
  readonly url: string;
  readonly sample: number;
  readonly sampleInterval: number;
  /** Files. */
  readonly trace: string | undefined;
  readonly saveTrace: string | undefined;
  readonly json: string | undefined;
  readonly html: string | undefined;
  readonly quiet: boolean;
  readonly request: Request;
  readonly args: readonly string[];
}

/** @throws {Refusal} for a command line that makes no sense */
export function readOrder(args: readonly string[]): Order | "help" {
  const values = readOptions(args, {
    help: { type: "boolean", default: false },
    transport: { type: "string", default: "zeromq" },
    url: { type: "string" },
    "detect-within": { type: "string" },
    "false-failovers": { type: "string", default: "1/year" },
    sample: { type: "string", default: "10m" },
    "sample-interval": { type: "string", default: "20ms" },
    trace: { type: "string" },
    "save-trace": { type: "string" },
    "max-heartbeats": { type: "string", default: "10/s" },
    crashes: { type: "string" },
    takeover: { type: "string" },
    "false-cost": { type: "string" },
    standbys: { type: "string", default: "1" },
    json: { type: "string" },
    html: { type: "string" },
    quiet: { type: "boolean", default: false },
  });
  if (values.help) return "help";
  const transport = pick("--transport", values.transport, TRANSPORTS);
  const [sample, sampleInterval] = [
    parseDuration("--sample", values.sample),
    parseDuration("--sample-interval", values["sample-interval"]),
  ];
  if (sample < 100 * sampleInterval)
    throw new Refusal(
      `--sample is ${values.sample}, fewer than 100 heartbeats of --sample-interval ${values["sample-interval"]}; listen for longer.`,
    );
  return {
    transport,
    // What was heard before needs no bus.
    url: values.trace === undefined ? urlOf(transport, values.url) : "",
    sample,
    sampleInterval,
    trace: values.trace,
    saveTrace: values["save-trace"],
    json: values.json,
    html: values.html,
    quiet: values.quiet,
    request: {
      detection:
        values["detect-within"] === undefined ? undefined : parseDuration("--detect-within", values["detect-within"]),
      falseFailovers: parseRate("--false-failovers", values["false-failovers"]),
      heartbeats: parseRate("--max-heartbeats", values["max-heartbeats"]),
      standbys: whole("--standbys", values.standbys, 1, 1_000),
      costs: readCosts(values.crashes, values.takeover, values["false-cost"]),
    },
    args: args.map(withoutSecrets),
  };
}

function readCosts(
  crashes: string | undefined,
  takeover: string | undefined,
  falseCost: string | undefined,
): Request["costs"] {
  if (crashes === undefined && takeover === undefined && falseCost === undefined) return undefined;
  if (crashes === undefined || takeover === undefined || falseCost === undefined)
    throw new Refusal(
      "--crashes, --takeover and --false-cost belong together: how often the primary crashes, how long a takeover lasts, and what a false failover costs, such as 4/year, 1s and 5s.",
    );
  return {
    crashes: parseRate("--crashes", crashes),
    takeover: parseDuration("--takeover", takeover),
    falseFailover: parseDuration("--false-cost", falseCost),
  };
}
