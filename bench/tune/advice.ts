/** What is said about a result, in sentences: why, what stands in the way, how sure it is; and what to paste. */

import { formatDuration } from "../cli/duration.ts";
import type { TuneResult, TuneStep } from "../schema/tune.ts";
import { formatCount, formatRate, perYear } from "../cli/figures.ts";

/** What is known before anything is said about it. */
export type Findings = Omit<TuneResult, "why" | "obstacles" | "evidence" | "code">;

/** Why these settings. */
export function reasonsFor({ recommended, request, misses, seen, processes }: Findings): string[] {
  const point = recommended?.point;
  if (point === null || point === undefined) return [];
  const { interval, timeout, tolerated, detection, model } = point;
  const goal = perYear(request.falseFailovers);
  const choice =
    request.costs !== null
      ? `Of all settings that keep to ${goal}, this one costs least: ${formatDuration(point.lost ?? 0)} a year without service.`
      : request.detectWithin !== null
        ? `It notices a crash within ${formatDuration(request.detectWithin)} with the fewest heartbeats that keep to ${goal}.`
        : `Nothing that notices a crash sooner keeps to ${goal}.`;
  const causes = Object.entries({
    "lost heartbeats": model.loss,
    delays: model.delay,
    "stalls of the primary and of the way to it": model.stalls,
  });
  const [worst = ["nothing that was seen", 0]] = causes.sort(([, a], [, b]) => b - a);
  return [
    choice,
    `${tolerated} heartbeats in a row may be missed; the timeout is ${round(timeout / interval)} intervals, away from a whole number, where a heartbeat would race the timer.`,
    `A crash is noticed after ${formatDuration(Math.round(detection.mean))} on average, and within ${formatDuration(Math.ceil(detection.worst))} in 99 of 100 even at the worst moment.`,
    worst[1] < 1e-6
      ? "Nothing that was seen would cause a false failover more than once in a million years; what was not seen is not in that."
      : `Most false failovers would come from ${worst[0]}: ${formatRate(worst[1])} a year.`,
    ...(misses?.clustered === true
      ? [
          `Missed heartbeats come in clusters (a miss follows a miss ${round(misses.ratio ?? 0)} times as often as by chance), so they were counted as bursts, not multiplied.`,
        ]
      : []),
    ...(seen.readerStalls.count > 0
      ? [
          `This program's own event loop stood still ${times(seen.readerStalls.count)}, for up to ${formatDuration(Math.round(seen.readerStalls.longest))}. A watcher does not take that for silence, so it is not in these figures.`,
        ]
      : []),
    ...(processes === 1
      ? ["Sender and reader were one process: this is no measurement of a bus, and stalls hit both at once."]
      : []),
  ];
}

/** What stands in the way of noticing a crash sooner, or of what was asked. */
export function obstaclesTo({ front, recommended, request, seen }: Findings): string[] {
  const goal = perYear(request.falseFailovers);
  const limit = request.detectWithin ?? Infinity;
  const failed = front.filter(({ within, point }) => point === null && within <= limit);
  const first = front.find(({ point }) => point !== null);
  const sentences: string[] = [];
  const nearest = failed.at(-1);
  if (nearest !== undefined && (recommended === null || nearest.within < recommended.within)) {
    const border =
      recommended === null
        ? `Within ${formatDuration(nearest.within)}`
        : `Below ${formatDuration((first ?? recommended).within)}`;
    sentences.push(`${border}: not achievable here. ${whatIsInTheWay(failed, seen, request, goal)}`);
  }
  if (recommended === null && first !== undefined)
    sentences.push(
      request.detectWithin !== null && first.within > request.detectWithin
        ? `The soonest that can be had with ${goal} is ${formatDuration(first.within)}.`
        : `Other detection times can be had: ${front.flatMap(({ within, point }) => (point === null ? [] : [formatDuration(within)])).join(", ")}.`,
    );
  return sentences;
}

function whatIsInTheWay(
  failed: readonly TuneStep[],
  seen: TuneResult["seen"],
  request: Findings["request"],
  goal: string,
): string {
  const tried = failed.flatMap(({ best }) => best ?? []);
  const last = tried.at(-1);
  switch (last?.inTheWay) {
    case undefined:
      return `With at most ${round(request.heartbeatsPerSecond)} heartbeats a second, no three of them fit into the timeout; --max-heartbeats allows more.`;
    case "stalls": {
      const floors = tried.slice(-2).toReversed();
      const figures = floors.map(
        ({ stallFloor, timeout }) => `${formatRate(stallFloor)} a year at ${formatDuration(timeout)}`,
      );
      return `Stalls alone outlast the timeout, however many heartbeats there are: ${figures.join(", ")}. Fix the stalls first (the longest seen was ${formatDuration(Math.round(Math.max(seen.stalls.longest, seen.holdUps.longest)))}).`;
    }
    case "model":
      return `Even a heartbeat every ${formatDuration(last.interval)} leaves ${perYear(last.total)}, and at most ${goal} was asked for.`;
    case "bound":
      return `What was seen would allow it. What the trace leaves possible would not: with everything at its 95 % limit there are up to ${formatRate(last.bound)} a year. A longer --sample narrows that.`;
    case "tail":
      return `The longest wait that was seen was ${formatDuration(Math.round(Math.max(seen.delay.max, seen.stalls.longest, seen.holdUps.longest)))}. How long the next will be is not known, so a timeout is at least three times that, and an interval more.`;
  }
}

/** How far the data go, without any model. */
export function evidenceFor({ recommended, trace }: Findings): string | null {
  const point = recommended?.point;
  if (point === null || point === undefined) return null;
  const { observed, timeout } = point;
  const watched = `${formatCount(Math.round(trace.duration / 1_000))} s`;
  const each = observed.mistakes / observed.phases;
  const seen =
    observed.mistakes === 0
      ? `${watched} without a gap over ${formatCount(timeout)} ms`
      : `${watched} with ${round(each)} gaps over ${formatCount(timeout)} ms`;
  return `${seen}: the data alone support at most ${formatCount(Number(observed.limit.toPrecision(3)))} false failovers a year (95 %); the rest is model.`;
}

/** Lines of code. */
export function codeFor({ recommended }: Findings): string | null {
  const point = recommended?.point;
  if (point === null || point === undefined) return null;
  return `new Watcher({\n  heartbeatInterval: ${point.interval},\n  heartbeatTimeout: ${point.timeout},\n  // ...\n});`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${formatCount(count)} times`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
