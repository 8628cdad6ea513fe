/** Takes a recommendation, and sees whether what it promises is kept: on the memory bus, under the faults it was made for. */

import { readEnvironment } from "../../bench/cli/environment.ts";
import { listen } from "../../bench/tune/listener.ts";
import { resultOf } from "../../bench/tune/result.ts";
import { speak } from "../../bench/tune/speaker.ts";
import { conditionsOf } from "../../bench/tune/conditions.ts";
import { modelOf } from "../../bench/tune/point.ts";
import { study } from "../../bench/tune/study.ts";
import type { Beat, Trace } from "../../bench/tune/trace.ts";
import { Watcher, type Election } from "../../src/index.ts";
import { rateLowerLimit, rateUpperLimit, YEAR } from "../../src/qos/index.ts";
import { memory } from "../../transports/memory/index.ts";
import { Dice } from "../simulation/dice.ts";
import { Process } from "../simulation/process.ts";
import { afflict, PRIMARY, SECONDARY, type Mix } from "./faults.ts";
import { VirtualClock } from "./virtual-clock.ts";

const HOUR = 3_600_000;
const SAMPLE_INTERVAL = 20;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** How long it is recorded and watched, in milliseconds, and how many crashes are tried. */
export interface Effort {
  readonly sample: number;
  readonly watch: number;
  readonly crashes: number;
}

/** How often a live primary is given up, per hour: by the model, counted, and the limits that the count leaves (99 % each). */
export interface Rate {
  readonly interval: number;
  readonly timeout: number;
  readonly modelled: number;
  readonly count: number;
  readonly lower: number;
  readonly upper: number;
}

/** What was promised, and what happened. Durations in milliseconds. */
export interface Outcome {
  readonly mix: string;
  /** False failovers per hour that were asked for. */
  readonly asked: number;
  readonly recommended: Rate;
  /** Settings that nobody would recommend: they make enough mistakes to check the model. */
  readonly strained: Rate;
  /** Within which a crash was to be noticed, and in how many of the trials it was not. */
  readonly within: number;
  readonly late: number;
  readonly crashes: number;
  readonly promisedMean: number;
  readonly mean: number;
  /** The standard error of that mean. */
  readonly error: number;
}

/** Enough to be counted, an hour. */
const COUNTABLE = 60;

/** @param asked false failovers per hour: few enough to be a promise, many enough to be counted */
export async function closeLoop(mix: Mix, asked: number, seed: number, effort: Effort): Promise<Outcome> {
  const trace = await recordIn(mix, seed, effort.sample);
  const { recommended } = resultOf(trace, { ...REQUEST, falseFailovers: asked / HOUR }, [], true);
  const point = recommended?.point;
  if (recommended === null || point === null || point === undefined)
    throw new Error(`Nothing can be recommended for ${mix.name}; ask for less.`);
  const { interval, timeout } = point;
  const conditions = conditionsOf(study(trace));
  const model = (setting: Setting): number =>
    (modelOf(conditions, setting.interval, setting.timeout, 1).total / YEAR) * HOUR;
  const rate = async (setting: Setting, of: number): Promise<Rate> => {
    const count = await countMistakes(mix, setting, of, effort.watch);
    const hours = effort.watch / HOUR;
    const limits = { lower: rateLowerLimit(count, hours, 0.99), upper: rateUpperLimit(count, hours, 0.99) };
    return { ...setting, modelled: model(setting), count, ...limits };
  };
  // Of whole intervals and a half, as recommended timeouts nearly are.
  const spacing = Math.min(interval, 100);
  let intervals = Math.ceil(timeout / spacing) - 0.5;
  const strain = (): Setting => ({ interval: spacing, timeout: intervals * spacing });
  while (intervals > 2.5 && model(strain()) < COUNTABLE) intervals -= 1;
  const strained = strain();
  const detections = await detect(mix, point, seed + 2_000, effort.crashes);
  const mean = detections.reduce((sum, one) => sum + one, 0) / detections.length;
  const variance = detections.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (detections.length - 1);
  return {
    mix: mix.name,
    asked,
    recommended: await rate({ interval, timeout }, seed + 1_000),
    strained: await rate(strained, seed + 3_000),
    within: recommended.within,
    late: detections.filter((one) => one > recommended.within).length,
    crashes: detections.length,
    promisedMean: point.detection.mean,
    mean,
    error: Math.sqrt(variance / detections.length),
  };
}

const REQUEST = { detection: undefined, heartbeats: 0.01, standbys: 1, costs: undefined };

/** What `tune` would hear in that world. */
async function recordIn(mix: Mix, seed: number, sample: number): Promise<Trace> {
  const clock = new VirtualClock();
  const { bus, strike } = afflict(mix, clock, seed);
  const process = new Process();
  const beats: Beat[] = [];
  const failed = (error: Error): void => {
    throw error;
  };
  const listening = listen(
    memory(bus, { name: SECONDARY }),
    SAMPLE_INTERVAL,
    clock,
    (beat) => void beats.push(beat),
    failed,
  );
  const speaker = process.transport(memory(bus, { name: PRIMARY }));
  const speaking = speak(speaker, SAMPLE_INTERVAL, process.clock(clock), failed);
  await clock.advance(1);
  await Promise.all([listening, speaking]);
  strike(process);
  await clock.advance(sample);
  const head = {
    trace: 1,
    ...readEnvironment(),
    transport: "memory",
    broker: null,
    interval: SAMPLE_INTERVAL,
    processes: 1,
  } as const;
  return { head, beats };
}

/** How a group is set up. */
interface Setting {
  readonly interval: number;
  readonly timeout: number;
}

/** A primary that holds its office without end, and a watcher that only looks: silence is all that it can know. */
async function group(
  mix: Mix,
  { interval, timeout }: Setting,
  seed: number,
): Promise<{
  readonly clock: VirtualClock;
  readonly primary: Process;
  readonly secondary: Watcher;
}> {
  const clock = new VirtualClock();
  const { bus, strike } = afflict(mix, clock, seed);
  const primary = new Process();
  const timings = { heartbeatInterval: interval, heartbeatTimeout: timeout, logger: silent };
  const leader = new Watcher({
    ...timings,
    transport: primary.transport(memory(bus, { name: PRIMARY })),
    clock: primary.clock(clock),
    election: UNCONTESTED,
    role: "primary",
    enabled: true,
    onPromote: () => undefined,
  });
  // It asks nobody: a question that is answered would prevent mistakes that the formulas count.
  const hearing = memory(bus, { name: SECONDARY });
  const transport = { ...hearing, capabilities: { ...hearing.capabilities, publish: "nobody" } as const };
  const secondary = new Watcher({ ...timings, transport, clock });
  const started = Promise.all([leader.start(), secondary.start()]);
  await clock.advance(10);
  await started;
  await clock.advance(10 * timeout, () => secondary.lastHeartbeat !== undefined);
  strike(primary);
  return { clock, primary, secondary };
}

const UNCONTESTED: Election = {
  name: "uncontested",
  traits: { exclusive: false, durable: false, deadline: false },
  campaign: () => Promise.resolve({ won: true, mandate: { term: 1, resign: () => Promise.resolve() } }),
};

async function countMistakes(mix: Mix, point: Setting, seed: number, duration: number): Promise<number> {
  const { clock, secondary } = await group(mix, point, seed);
  let count = 0;
  secondary.on("evidence", ({ kind }) => void (count += kind === "silence" ? 1 : 0));
  await clock.advance(duration);
  return count;
}

/** Stops the primary at moments of no relation to its heartbeats, and lets it go on when it was missed. */
async function detect(mix: Mix, point: Setting, seed: number, crashes: number): Promise<readonly number[]> {
  const { clock, primary, secondary } = await group({ ...mix, stalls: undefined }, point, seed);
  const dice = new Dice(seed + 3);
  const detections: number[] = [];
  let suspected = false;
  secondary.on("evidence", () => void (suspected = true));
  const heardSince = (time: number): boolean => (secondary.lastHeartbeat?.getTime() ?? -Infinity) > time;
  while (detections.length < crashes) {
    await clock.advance(point.timeout + dice.between(0, 20 * point.interval));
    const crashedAt = clock.now();
    primary.paused = true;
    // It may have been missed already, because of losses just before.
    if (secondary.status().evidence === undefined) {
      suspected = false;
      await clock.advance(100 * point.timeout, () => suspected);
    }
    detections.push(clock.now() - crashedAt);
    const resumedAt = clock.now();
    primary.resume();
    await clock.advance(100 * point.timeout, () => heardSince(resumedAt));
  }
  return detections;
}
