/**
 * `npm run bench:micro -- [--json FILE|-] [--against FILE] [--url nats://...] [--url mqtt://...] [--only costs|crowds]
 * [--watchers N]`: what a heartbeat costs, and a crowd of watchers in one process. Brokers are started where this machine has
 * them and no `--url` names one. `--against` prints ratios to an earlier run's JSON: figures of a busy machine are noisy, the
 * ratios of two runs on it less so.
 */

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { Bench } from "tinybench";
import * as v from "valibot";
import { formatEnvironment, readEnvironment } from "../cli/environment.ts";
import { findBrokers, type Urls } from "./brokers.ts";
import { addCosts } from "./cost.ts";
import { addPublications } from "./publish.ts";
import { CrowdSchema, MicroResultSchema, type Cost, type Crowd, type MicroResult } from "./result.ts";
import { formatMicro } from "./table.ts";

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    against: { type: "string" },
    url: { type: "string", multiple: true, default: [] },
    only: { type: "string" },
    watchers: { type: "string", default: "10000" },
  },
});

const environment = readEnvironment();
const former = values.against === undefined ? undefined : await read(values.against);
const brokers = await findBrokers(values.url);
let result: MicroResult;
try {
  const costs = values.only === "crowds" ? [] : await measureCosts(brokers);
  const crowds = values.only === "costs" ? [] : await measureCrowds(brokers);
  result = { schemaVersion: 1, ...environment, costs, crowds };
} finally {
  await brokers.end();
}
const json = `${JSON.stringify(result, undefined, 2)}\n`;
if (values.json === "-") process.stdout.write(json);
else {
  if (values.json !== undefined) await writeFile(values.json, json);
  process.stdout.write(`${formatEnvironment(environment)}\n\n${formatMicro(result, former)}\n`);
}

async function read(file: string): Promise<MicroResult> {
  return v.parse(MicroResultSchema, JSON.parse(await readFile(file, "utf8")));
}

async function measureCosts(urls: Urls): Promise<Cost[]> {
  const bench = new Bench({ time: 1_000, warmupTime: 500, throws: true });
  addCosts(bench);
  const close = await addPublications(bench, urls);
  try {
    await bench.run();
  } finally {
    await close();
  }
  return bench.tasks.map(({ name, result: found }) => {
    if (found.state !== "completed") throw new Error(`Could not measure "${name}": it ended as ${found.state}.`);
    const { mean, p50, p99, rme, samplesCount } = found.latency;
    const [inMicroseconds, margin] = [(milliseconds: number): number => milliseconds * 1_000, rme];
    return {
      ...{ name, margin, samples: samplesCount },
      mean: inMicroseconds(mean),
      p50: inMicroseconds(p50),
      p99: inMicroseconds(p99),
    };
  });
}

async function measureCrowds({ nats }: Urls): Promise<Crowd[]> {
  const crowds = [await measureCrowd("memory", "")];
  if (nats !== undefined) crowds.push(await measureCrowd("nats, one connection", nats));
  return crowds;
}

/** A process of its own each: its memory holds nothing else. */
async function measureCrowd(name: string, url: string): Promise<Crowd> {
  const program = fileURLToPath(new URL("crowd.js", import.meta.url));
  const args = ["--expose-gc", program, "--name", name, "--url", url, "--watchers", values.watchers];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return v.parse(CrowdSchema, JSON.parse(stdout));
}
