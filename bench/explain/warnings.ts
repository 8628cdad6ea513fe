/** What is dangerous about settings, as sentences. */

import type { KnifeEdge } from "../../src/qos/index.ts";
import { formatDuration } from "../cli/duration.ts";
import type { Given } from "./given.ts";

/** Sentences on what is dangerous about these settings; none where nothing is. */
export function warningsOf(given: Given, edge: KnifeEdge): readonly string[] {
  return [...onEdge(given, edge), ...tooShort(given)];
}

function* onEdge({ interval, timeout }: Given, { whole, above, needed, clear }: KnifeEdge): Iterable<string> {
  const between = `${formatDuration((whole + 0.5) * interval)}, between two multiples, is safe`;
  if (!clear && above === 0)
    yield `The timeout is exactly ${whole} intervals: when ${whole - 1} heartbeats in a row are lost, the next one races the timer, and a moment of delay decides. ${between}.`;
  else if (!clear)
    yield `The timeout is only ${formatDuration(above)} above ${whole} intervals, and a heartbeat may be late by ${formatDuration(needed)}: when ${whole - 1} in a row are lost, the next one races the timer. ${between}.`;
  else if (interval - above <= 0.02 * timeout)
    yield `The timeout is ${formatDuration(interval - above)} below ${whole + 1} intervals, so heartbeat ${whole + 1} comes just too late to help; ${formatDuration((whole + 1.5) * interval)} would bear one more loss.`;
}

function* tooShort({ interval, timeout }: Given): Iterable<string> {
  if (timeout < 2 * interval)
    yield `The watcher refuses a timeout below two intervals (${formatDuration(2 * interval)}): every lost heartbeat would be a failover.`;
  else if (timeout < 2.25 * interval)
    yield `With claims or a lease the watcher refuses a timeout below 2.25 intervals (${formatDuration(2.25 * interval)}): the primary could not renew its mandate in time.`;
}
