/** Results that no run brought forth: of every kind of cell, and with names that a page must not take for HTML. */

import type {
  LatencyCell,
  LatencyResult,
  LatencyTrial,
  Spread,
  StallCell,
  StallResult,
} from "../../../bench/schema.ts";
import { nextRandom } from "../../../src/random.ts";

/** What somebody might call a machine, or hand over as an argument. */
export const HOSTILE = `<script>alert("1")</script> & <img src=x onerror='alert(2)'>`;

const HEAD = {
  schemaVersion: 1,
  version: "0.1.0",
  runtime: { name: "node", version: "20.20.2" },
  machine: { system: "linux 6.1", architecture: "x64", cpu: HOSTILE, cores: 2, memory: 4 * 2 ** 30, load: 0.5 },
  date: "2026-11-24T12:00:00.000Z",
  transport: "nats",
  election: "claims",
  engine: null,
  eager: false,
  standbys: 1,
  load: 0,
  simulated: false,
  args: ["bench", "--transport", "nats", "--url", HOSTILE],
  broker: { name: "nats-server", version: "2.9.10" },
  seed: 7,
  complete: true,
  skipped: [{ what: "cut", interval: 100, timeout: 150, why: `heartbeatTimeout is 150 ms: ${HOSTILE}` }],
} as const;

/** A grid of faults, intervals and timeouts. */
export function latencyResult(trials = 60): LatencyResult {
  const random = dice(1);
  const cells = (["crash", "hang"] as const).flatMap((fault) =>
    [50, 100].flatMap((interval) =>
      [350, 700, 1_400].map((timeout) => latencyCell(fault, interval, timeout, trials, random)),
    ),
  );
  return { ...HEAD, mode: "latency", cells };
}

function latencyCell(
  fault: "crash" | "hang",
  interval: number,
  timeout: number,
  trials: number,
  random: () => number,
): LatencyCell {
  const samples = Array.from({ length: trials }, (): LatencyTrial => {
    const floor = fault === "crash" ? 2.5 + random() : null;
    const detection = floor === null ? timeout - random() * interval + 1 + random() : floor + random() * 2;
    const takeover = detection + 0.5 + random();
    return {
      ...{ phase: random() * interval, detection, takeover, serving: takeover + 1, floor },
      ...{
        evidence: fault === "crash" ? "refused" : "silence",
        gap: null,
        demotion: null,
        claims: 1,
        promotions: 1,
        bothPrimary: 0,
      },
    };
  });
  const of = (pick: (trial: LatencyTrial) => number | null): Spread | null =>
    spread(samples.flatMap((sample) => pick(sample) ?? []));
  const [min, max] = [timeout - interval + 1, timeout + 2];
  const delay: Spread = spread([0.2, 0.3, 0.4]) ?? never();
  const cdf = [0, 0.25, 0.5, 0.75, 1].map((share) => [min + share * (max - min), share] as const);
  const prediction = {
    min,
    mean: (min + max) / 2,
    max,
    cdf,
    delay,
    lateness: delay,
    ks: { d: 0.08, p: 0.42, n: trials },
  };
  return {
    ...{ transport: "nats", election: "claims", fault, interval, timeout },
    ...{ trials, missed: 0, falsePromotions: 0, bothPrimaryMs: 0, samples },
    prediction: fault === "hang" ? prediction : null,
    ...{ detection: of((trial) => trial.detection), takeover: of((trial) => trial.takeover) },
    ...{ serving: of((trial) => trial.serving), floor: of((trial) => trial.floor), gap: null, demotion: null },
    claims: of(({ claims }) => claims),
    idle: { duration: 1_000, primaryCpu: 4.2, standbyCpu: 3.1, messages: 1_000 / interval, bytes: 300_000 / interval },
  };
}

/** Pauses of both sides, at two timeouts. */
export function stallResult(): StallResult {
  const cells = (["secondary", "stop"] as const).flatMap((stalled) =>
    [350, 700].flatMap((timeout) =>
      [100, 500, 1_000].map((stall): StallCell => {
        const falseFailovers = stalled === "stop" && stall > timeout ? 19 : 0;
        const share = falseFailovers / 20;
        return {
          ...{ transport: "nats", election: "claims", stalled, stall, interval: 100, timeout, trials: 20 },
          ...{ falseFailovers, share, shareCi95: [Math.max(0, share - 0.15), Math.min(1, share + 0.1)] },
          ...{ bothPrimaryMs: 0, samples: [] },
        };
      }),
    ),
  );
  return { ...HEAD, mode: "stall", cells };
}

function spread(sample: readonly number[]): Spread | null {
  const sorted = sample.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  if (sorted.length === 0) return null;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return {
    ...{ count: sorted.length, min: at(0), p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: at(1) },
    ...{ mean, meanCi95: [mean - 1, mean + 1] },
  };
}

function dice(seed: number): () => number {
  let state = seed;
  return () => {
    const [value, next] = nextRandom(state);
    state = next;
    return value;
  };
}

function never(): never {
  throw new Error("A sample that is not empty has a spread");
}
