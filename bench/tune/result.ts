/** Everything that came of it, as one value: what is written as JSON, and what the reports are made from. */

import { YEAR, missIndependence, perYear } from "../../src/qos/index.ts";
import { VERSION } from "../cli/version.ts";
import {
  TUNE_SCHEMA_VERSION,
  type Misses,
  type Seen,
  type TunePoint,
  type TuneResult,
  type TuneStep,
} from "../schema/tune.ts";
import { codeFor, evidenceFor, obstaclesTo, reasonsFor } from "./advice.ts";
import { conditionsOf, type Conditions } from "./conditions.ts";
import { frontOf, recommend, type Step } from "./front.ts";
import type { Request } from "./request.ts";
import { study, type Study } from "./study.ts";
import type { Trace } from "./trace.ts";

/** What a trace comes to for a request. @param complete it was recorded to its end */
export function resultOf(trace: Trace, request: Request, args: readonly string[], complete: boolean): TuneResult {
  const { transport, broker, processes, runtime, machine, date } = trace.head;
  const found = study(trace);
  const conditions = conditionsOf(found);
  const front = frontOf(found, conditions, request);
  const chosen = recommend(front, request);
  const recommended = chosen === undefined ? null : describeStep(chosen);
  const head = {
    ...{ runtime, machine, date },
    schemaVersion: TUNE_SCHEMA_VERSION,
    mode: "tune",
    version: VERSION,
    args,
    transport,
    broker,
    processes,
    trace: { interval: found.interval, duration: found.duration },
    complete,
    request: {
      detectWithin: request.detection ?? null,
      falseFailovers: perYear(request.falseFailovers),
      heartbeatsPerSecond: request.heartbeats * 1_000,
      standbys: request.standbys,
      costs: request.costs === undefined ? null : { ...request.costs, crashes: request.costs.crashes * YEAR },
    },
    seen: describeSeen(found, conditions),
    misses: describeMisses(found, (chosen?.point ?? front.findLast(({ point }) => point)?.point)?.interval),
    front: front.map(describeStep),
    recommended,
  } as const;
  return {
    ...head,
    why: reasonsFor(head),
    obstacles: obstaclesTo(head),
    evidence: evidenceFor(head),
    code: codeFor(head),
  };
}

function describeStep({ detection, point, best, lost }: Step): TuneStep {
  return {
    within: detection,
    point: point === undefined ? null : describePoint(point, lost),
    best:
      best === undefined
        ? null
        : {
            interval: best.point.interval,
            timeout: best.point.timeout,
            total: best.point.model.total,
            stallFloor: best.point.model.stallFloor,
            bound: best.point.bound,
            inTheWay: best.inTheWay,
          },
  };
}

function describePoint(point: NonNullable<Step["point"]>, lost: number | undefined): TunePoint {
  const { observed, interval, ...rest } = point;
  const { mistakes, phases, rate, limit } = observed;
  return {
    ...rest,
    interval,
    heartbeatsPerSecond: 1_000 / interval,
    observed: { mistakes, phases, rate, limit },
    lost: lost ?? null,
  };
}

function describeSeen(
  { sent, lost, runs, stalls, holdUps, readerStalls, drift, duration }: Study,
  { loss, lossLimit, delay }: Conditions,
): Seen {
  return {
    sent,
    lost,
    loss,
    lossLimit,
    longestRun: Math.max(0, ...runs),
    delay: { p50: delay.quantile(0.5), p99: delay.quantile(0.99), p999: delay.quantile(0.999), max: delay.max },
    stalls: { count: stalls.length, longest: Math.max(0, ...stalls), perHour: (stalls.length / duration) * 3_600_000 },
    holdUps: { count: holdUps.length, longest: Math.max(0, ...holdUps) },
    readerStalls: { count: readerStalls.length, longest: Math.max(0, ...readerStalls) },
    drift: drift * 1e6,
  };
}

/** Of the heartbeats at that interval which begin with the trace's first: other phases would count the same outages again. */
function describeMisses({ heard, interval: fine }: Study, interval: number | undefined): Misses | null {
  if (interval === undefined) return null;
  const every = Math.round(interval / fine);
  const missed: boolean[] = [];
  for (let slot = 0; slot + every < heard.length; slot += every)
    missed.push(!((heard[slot] ?? Number.NaN) - slot * fine <= interval));
  if (missed.length === 0) return null;
  const { ratio = null, lower = null, upper = null, ...counts } = missIndependence(missed);
  return { interval, ratio, lower, upper, ...counts };
}
