/** What the command line of `bench` asks for. */

import { list, pick, pickAll, readOptions, whole } from "../cli/arguments.ts";
import { parseDurations } from "../cli/duration.ts";
import { Refusal } from "../cli/refusal.ts";
import { withoutSecrets } from "../cli/secrets.ts";
import { urlOf } from "../cli/url.ts";
import type { Make } from "../group/assembly.ts";
import { current, RUNTIMES } from "../group/runtime.ts";
import { ELECTIONS, ENGINES, FAULTS, TRANSPORTS, type Fault, type Setting } from "../schema/head.ts";
import { STALLS, type Stalled } from "../schema/stall.ts";

/** A run that was asked for. Durations in milliseconds. */
export interface Order {
  readonly make: Make;
  readonly faults: readonly Fault[];
  readonly intervals: readonly number[];
  readonly timeouts: readonly number[];
  /** Of each cell. */
  readonly trials: number;
  /** Busy processes. */
  readonly load: number;
  readonly seed: number;
  /** Stalls instead of faults, where there are any. */
  readonly stalls: readonly number[];
  readonly stalled: readonly Stalled[];
  /** Where results go: a file, or `-` for stdout. */
  readonly json: string | undefined;
  /** A file for the page with plots. */
  readonly html: string | undefined;
  readonly quiet: boolean;
  /** The command line, from the command's name on. */
  readonly args: readonly string[];
}

const OPTIONS = {
  transport: { type: "string", default: "zeromq" },
  url: { type: "string" },
  election: { type: "string" },
  eager: { type: "boolean", default: false },
  engine: { type: "string" },
  fault: { type: "string", default: FAULTS.join() },
  interval: { type: "string", default: "50,100" },
  timeout: { type: "string", default: "150,350" },
  trials: { type: "string", default: "30" },
  standbys: { type: "string", default: "1" },
  runtime: { type: "string", default: current },
  load: { type: "string", default: "0" },
  seed: { type: "string" },
  stall: { type: "string" },
  "stall-at": { type: "string", default: STALLS.join() },
  json: { type: "string" },
  html: { type: "string" },
  quiet: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Elections by transport, the one that is used unless another is named first. */
const POSSIBLE: Readonly<Record<Setting["transport"], readonly Setting["election"][]>> = {
  zeromq: ["host-lock", "claims"],
  nats: ["claims", "lease"],
  mqtt: ["claims"],
  memory: ["claims"],
};

/**
 * Reads a command line.
 * @returns `"help"` where that is all that was asked for
 * @throws {Refusal} for what cannot be, alone or together
 */
export function readOrder(args: readonly string[]): Order | "help" {
  const values = readOptions(args, OPTIONS);
  if (values.help) return "help";
  const transport = pick("--transport", values.transport, TRANSPORTS);
  const runtime = pick("--runtime", values.runtime, RUNTIMES);
  if (transport === "memory" && runtime !== current)
    throw new Refusal(
      `--runtime is ${runtime}, but --transport memory runs in this very process, which is ${current}; leave it out, or call this tool with ${runtime}.`,
    );
  return {
    make: {
      transport,
      runtime,
      election: electionOf(transport, values.election),
      engine: engineOf(transport, values.engine),
      eager: values.eager,
      standbys: whole("--standbys", values.standbys, 1, 16),
      url: urlOf(transport, values.url),
    },
    faults: pickAll("--fault", values.fault, FAULTS),
    intervals: parseDurations("--interval", values.interval),
    timeouts: parseDurations("--timeout", values.timeout),
    trials: whole("--trials", values.trials, 1, 100_000),
    load: whole("--load", values.load, 0, 256),
    seed: values.seed === undefined ? freshSeed() : whole("--seed", values.seed, 0, 2 ** 31 - 1),
    stalls: values.stall === undefined ? [] : parseDurations("--stall", values.stall),
    stalled: pickAll("--stall-at", values["stall-at"], STALLS),
    json: values.json,
    html: values.html,
    quiet: values.quiet,
    args: ["bench", ...args.map(withoutSecrets)],
  };
}

function electionOf(transport: Setting["transport"], text: string | undefined): Setting["election"] {
  const possible = POSSIBLE[transport];
  const election = text === undefined ? possible[0] : pick("--election", text, ELECTIONS);
  if (election === undefined || !possible.includes(election))
    throw new Refusal(
      `--election is ${election ?? "missing"}, which --transport ${transport} does not have; it must be ${list(possible, "or")}.`,
    );
  return election;
}

function engineOf(transport: Setting["transport"], text: string | undefined): Setting["engine"] {
  // Unless named, the transport's own choice.
  if (transport === "zeromq") return text === undefined ? "zmtp" : pick("--engine", text, ENGINES);
  if (text !== undefined)
    throw new Refusal(`--engine is ${text}, but --transport is ${transport}: only zeromq has engines; leave it out.`);
  return null;
}

function freshSeed(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1;
}
