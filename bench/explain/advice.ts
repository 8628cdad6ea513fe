/** What to change, as sentences. */

import { type FalseFailovers, perYear as yearly } from "../../src/qos/index.ts";
import { formatDuration } from "../cli/duration.ts";
import { formatRate, perYear } from "../cli/figures.ts";
import type { Alternative } from "../schema/explain.ts";
import type { Given } from "./given.ts";

/** Sentences on what to change, if anything. */
export function adviceOf(
  given: Given,
  mistakes: FalseFailovers,
  clear: boolean,
  alternatives: readonly Alternative[],
): readonly string[] {
  const wanted = yearly(given.wanted);
  const enough = mistakes.total <= wanted;
  return [
    ...(enough && clear
      ? [`Nothing has to change: ${perYear(mistakes.total)} are within the ${formatRate(wanted)} that you accept.`]
      : []),
    ...(enough ? [] : [cause(mistakes)]),
    ...alternatives.map((found) => sentence(given, found, enough && clear)),
    ...(enough || alternatives.some(({ keeps }) => keeps === "detection") ? [] : [outOfReach(given, mistakes, wanted)]),
  ];
}

function cause({ loss, delay, stalls, total }: FalseFailovers): string {
  const most = Math.max(loss, delay, stalls);
  const rest = `${formatRate(most)} of ${formatRate(total)} a year`;
  if (most === stalls)
    return `Most false failovers come from stalls of the primary (${rest}): shorten them, or wait longer than they last.`;
  if (most === delay)
    return `Most false failovers come from heartbeats that are late (${rest}): a timeout further above a whole number of intervals bears it.`;
  return `Most false failovers come from lost heartbeats (${rest}): let more of them fit into the timeout.`;
}

function sentence(given: Given, found: Alternative, sooner: boolean): string {
  const { interval, timeout, detection, falseFailovers } = found;
  const settings = `heartbeatInterval: ${interval}, heartbeatTimeout: ${timeout}`;
  const buys = `notices a crash after ${formatDuration(detection.mean)} on average, ${formatDuration(detection.p99)} in 99 of 100, with ${perYear(falseFailovers)}`;
  if (found.keeps === "detection") {
    const times = Number((given.interval / interval).toPrecision(2));
    const heartbeats =
      times === 1 ? "as many heartbeats" : times > 1 ? `${times} times the heartbeats` : "fewer heartbeats";
    return `To notice a crash within the same time, with ${heartbeats}: ${settings} ${buys}.`;
  }
  return `${sooner ? "To notice it sooner" : "To be safe"}, with as many heartbeats: ${settings} ${buys}.`;
}

function outOfReach({ timeout }: Given, { stallFloor }: FalseFailovers, wanted: number): string {
  const within = formatDuration(timeout);
  return stallFloor > wanted
    ? `Within the same time it cannot be had: stalls that outlast ${within} make ${perYear(stallFloor)} by themselves, however often heartbeats come. Fix the stalls first, or wait longer.`
    : `Within the same time it cannot be had with heartbeats at least 10 ms apart: only a longer timeout helps.`;
}
