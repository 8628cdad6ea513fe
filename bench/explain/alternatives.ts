/** Other settings that keep what is wanted. */

import { configureSimple, perYear, worstDetection } from "../../src/qos/index.ts";
import type { Alternative } from "../schema/explain.ts";
import { type Given, mistakesOf, summaryOf } from "./given.ts";

/** A timeout is tried up to so many intervals. */
const MOST = 40;
/** Heartbeats are not advised more often than this; milliseconds. */
const LEAST_INTERVAL = 10;

/** As many heartbeats: the shortest timeout, half an interval above a whole multiple, that is good enough. */
export function sameInterval(given: Given): Alternative | undefined {
  for (let whole = 2; whole <= MOST; whole += 1) {
    const timeout = Math.round((whole + 0.5) * given.interval);
    if (goodEnough({ ...given, timeout })) return alternative("interval", { ...given, timeout });
  }
  return undefined;
}

/** A crash is noticed as soon: the fewest heartbeats that are good enough. */
export function sameDetection(given: Given): Alternative | undefined {
  const { timeout, loss, burst, delay, stalls, wanted } = given;
  const detection = worstDetection(given, SHARE);
  const requirement = { detection, recurrence: 1 / wanted, minInterval: LEAST_INTERVAL };
  const conditions = { share: SHARE, loss, burst, delay, maxInterval: timeout / 2.5 };
  const found = configureSimple(requirement, stalls === undefined ? conditions : { ...conditions, stalls });
  if (!found.achievable) return undefined;
  const settings = { ...given, interval: Math.floor(found.interval), timeout: Math.floor(found.timeout) };
  return goodEnough(settings) ? alternative("detection", settings) : undefined;
}

const SHARE = 0.99;

function goodEnough(given: Given): boolean {
  return mistakesOf(given).total <= perYear(given.wanted);
}

function alternative(keeps: Alternative["keeps"], given: Given): Alternative {
  const { interval, timeout } = given;
  return { keeps, interval, timeout, detection: summaryOf(given), falseFailovers: mistakesOf(given).total };
}
