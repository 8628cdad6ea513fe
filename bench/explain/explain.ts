/** What settings buy, put together. */

import {
  detectionTime,
  independentBurst,
  knifeEdge,
  perYear,
  simpleRateBound,
  worstDetection,
} from "../../src/qos/index.ts";
import { VERSION } from "../cli/version.ts";
import { EXPLAIN_SCHEMA_VERSION, type ExplainResult } from "../schema/explain.ts";
import { adviceOf } from "./advice.ts";
import { sameDetection, sameInterval } from "./alternatives.ts";
import { type Given, mistakesOf } from "./given.ts";
import { warningsOf } from "./warnings.ts";

/** @param args the command line that asked for it */
export function explain(given: Given, args: readonly string[]): ExplainResult {
  const { interval, timeout, loss, burst, delay, stalls, wanted } = given;
  const time = detectionTime(given);
  const mistakes = mistakesOf(given);
  const { whole, above, needed, clear } = knifeEdge(given);
  const enough = mistakes.total <= perYear(wanted) && clear;
  const alternatives = [sameInterval(given), enough ? undefined : sameDetection(given)]
    .filter((found) => found !== undefined)
    .filter((found) => !enough || found.timeout < timeout);
  return {
    schemaVersion: EXPLAIN_SCHEMA_VERSION,
    mode: "explain",
    version: VERSION,
    args,
    given: {
      interval,
      timeout,
      loss,
      burst,
      delay: delay.description,
      stalls: stalls === undefined ? null : { perYear: perYear(stalls.rate), duration: stalls.duration.description },
      falseFailovers: perYear(wanted),
    },
    tolerated: whole - 1,
    edge: { multiple: whole, above, needed, clear },
    detection: {
      min: Math.max(0, timeout + delay.min - interval),
      mean: time.mean,
      p50: time.quantile(0.5),
      p99: time.quantile(0.99),
      max: Number.isFinite(time.max) ? time.max : null,
      worst: worstDetection(given, 0.99),
    },
    falseFailovers: { ...mistakes, bound: boundOf(given, mistakes.stalls) },
    alternatives,
    warnings: [...warningsOf(given, { whole, above, needed, clear })],
    advice: [...adviceOf(given, mistakes, clear, alternatives)],
  };
}

/** For any delays of this mean and variance. Nothing is known of bursts. */
function boundOf({ interval, timeout, loss, burst, delay }: Given, stalls: number): number | null {
  if (burst > independentBurst(loss)) return null;
  const { mean, variance, min } = delay;
  return perYear(simpleRateBound({ interval, timeout, loss, mean, variance, min })) + stalls;
}
