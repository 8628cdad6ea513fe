/**
 * `npm run bench:trials -- [--fault crash|leave] [--trials N] [--interval MS] [--timeout MS] [--standbys N]`: on ZeroMQ, how
 * long from the fault to `onPromote`, beside the floor measured in the same trial: SIGKILL to end-of-file on a bare socket to
 * the same process. Every trial checks that exactly one standby was promoted.
 */

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Cast } from "../group/cast.ts";
import { hostNow } from "../group/report.ts";
import { percentile } from "./percentile.ts";

const { values } = parseArgs({
  options: {
    fault: { type: "string", default: "crash" },
    trials: { type: "string", default: "30" },
    interval: { type: "string", default: "5000" },
    timeout: { type: "string", default: "15000" },
    standbys: { type: "string", default: "2" },
  },
});
const trials = Number(values.trials);
const crash = values.fault === "crash";

const workdir = await mkdtemp(join(tmpdir(), "failover-trials-"));
const cast = new Cast(["--workdir", workdir, "--interval", values.interval, "--timeout", values.timeout, "--floor"]);
const [takeovers, floor, announced]: [number[], number[], string[]] = [[], [], []];
let [missed, doubled] = [0, 0];

try {
  const up = cast.until("the first primary", (_, report) => report.type === "onPromote");
  await cast.start("i0", { primary: true });
  await up;
  for (let index = 1; index <= Number(values.standbys); index += 1) await startStandby(`i${index}`);
  for (let trial = 0; trial < trials; trial += 1) await strike(trial);
} finally {
  await cast.end("SIGKILL");
  await rm(workdir, { recursive: true, force: true });
}

const summary = {
  fault: values.fault,
  trials,
  interval: Number(values.interval),
  timeout: Number(values.timeout),
  missed,
  doubled,
  announced: announced.filter((kind) => kind === "shutdown").length,
  takeover: describe(takeovers),
  floor: describe(floor),
};
process.stdout.write(`${JSON.stringify(summary)}\n`);
process.exitCode = missed + doubled === 0 ? 0 : 1;

async function startStandby(name: string): Promise<void> {
  const heard = cast.until(
    `${name} to know the primary`,
    (player, report) =>
      player.name === name && report.type === "status" && report.role === "secondary" && report.term > 0,
  );
  await Promise.all([cast.start(name), heard]);
}

/** One trial: the primary is struck at a random phase of its heartbeat, and started again as a standby. */
async function strike(trial: number): Promise<void> {
  const victim = cast.primary;
  const socket = connect({ port: victim.floorPort, host: "127.0.0.1" });
  await once(socket, "connect");
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
  let promoted = 0;
  const next = cast.until(
    "a takeover",
    (player, report) => {
      if (report.type !== "onPromote" || player === victim) return false;
      promoted += 1;
      return true;
    },
    3 * Number(values.timeout),
  );
  const others = [...cast.players.values()].filter((player) => player !== victim);
  const ended = once(socket, "close");
  socket.on("error", () => undefined).resume();
  const struckAt = hostNow();
  cast.signal(victim, crash ? "SIGKILL" : "SIGTERM");
  const closedAt = ended.then(() => hostNow());
  const takeover = await next.catch(() => undefined);
  floor.push((await closedAt) - struckAt);
  if (takeover === undefined) missed += 1;
  else {
    takeovers.push(takeover.report.at - struckAt);
    if (takeover.report.type === "onPromote") announced.push(takeover.report.code);
  }
  await startStandby(victim.name);
  const primaries = [...others, ...cast.players.values()].filter((player) => player.role === "primary");
  if (promoted > 1 || new Set(primaries).size > 1) doubled += 1;
  if (process.stderr.isTTY) process.stderr.write(`\r${trial + 1}/${trials}`);
}

function describe(sample: number[]): Record<"p50" | "p95" | "max", number> {
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    p50: round(percentile(sample, 0.5)),
    p95: round(percentile(sample, 0.95)),
    max: round(percentile(sample, 1)),
  };
}
