/** The report for a terminal, for somebody who has never heard of failure detectors. */

import { formatDuration } from "../cli/duration.ts";
import { formatEnvironment } from "../cli/environment.ts";
import { bullets, indent } from "../cli/prose.ts";
import { formatTable } from "../cli/table.ts";
import type { InTheWay, TuneResult, TuneStep } from "../schema/tune.ts";
import { formatCount, formatRate, formatShare, perYear } from "../cli/figures.ts";

export function formatResult(result: TuneResult): string {
  return [
    formatEnvironment(result, result.transport),
    seen(result),
    front(result),
    ...(result.obstacles.length > 0 ? [`In the way\n\n${bullets(result.obstacles)}`] : []),
    advice(result),
  ].join("\n\n");
}

function seen({ seen: found, trace, processes, complete, misses }: TuneResult): string {
  const where = processes === 2 ? "between two processes" : "within one process, over no bus at all";
  const how = `${formatDuration(trace.duration)} of heartbeats every ${formatDuration(trace.interval)}, ${where}${complete ? "" : ", cut short"}`;
  const { delay, stalls, holdUps, readerStalls } = found;
  const rows = [
    [
      "lost",
      `${formatCount(found.lost)} of ${formatCount(found.sent)}: at most ${formatShare(found.lossLimit)} (95 %)${found.longestRun > 1 ? `; up to ${found.longestRun} in a row` : ""}`,
    ],
    [
      "on their way",
      `${ms(delay.p50)} (half), ${ms(delay.p99)} (99 of 100), ${ms(delay.max)} (slowest), beyond the fastest`,
    ],
    ["sender stalls", counted(stalls)],
    ["hold-ups", counted(holdUps)],
    ["reader stalls", `${counted(readerStalls)}${readerStalls.count === 0 ? "" : "; they do not count"}`],
    ...(misses === null ? [] : [["misses", independence(misses)]]),
  ];
  return `What was seen: ${how}\n\n${indent(formatTable(rows, 2))}`;
}

function counted({ count, longest }: { readonly count: number; readonly longest: number }): string {
  return count === 0 ? "none" : `${formatCount(count)}, the longest ${ms(longest)}`;
}

function independence({ misses, ratio, lower, upper, clustered, interval }: NonNullable<TuneResult["misses"]>): string {
  const at = `every ${formatDuration(interval)}`;
  if (ratio === null) return `none ${at}, so whether they come in clusters is not known`;
  const limits = `${round(ratio)} times as often in pairs as by chance (95 %: ${round(lower ?? 0)} to ${round(upper ?? Infinity)})`;
  return `${formatCount(misses)} ${at}, ${limits}: ${clustered ? "in clusters" : "no sign of clusters"}`;
}

const HEADINGS = [
  ["noticed", "interval", "timeout", "beats", "mean", "99 %", "seen", "at most", "model", "bound", ""],
  ["within ms", "ms", "ms", "a second", "ms", "ms", "", "(95 %)", "", "", ""],
];

/** In few words; `obstacles` has the sentence. */
const IN_THE_WAY: Readonly<Record<InTheWay, (best: NonNullable<TuneStep["best"]>) => string>> = {
  stalls: ({ stallFloor }) => `${formatRate(stallFloor)} from stalls alone`,
  model: ({ total }) => `${formatRate(total)} at best`,
  bound: ({ bound }) => `up to ${formatRate(bound)}`,
  tail: () => "too near the longest wait",
};

/** So many rows that keep the promise are enough: later ones buy nothing but patience. */
const MOST_ROWS = 9;

function front({ front: steps, recommended, request }: TuneResult): string {
  const soonest = steps.findIndex(({ point }) => point !== null);
  const shown = steps
    .filter(({ point, within }, index) => point !== null || index >= soonest - 2 || within === request.detectWithin)
    .filter((step, index) => index < MOST_ROWS + 2 || step.within === recommended?.within);
  const rows = shown.map((step) => row(step, step.within === recommended?.within));
  const standbys = request.standbys === 1 ? "" : `, of any of ${request.standbys} standbys`;
  return [
    "What an interval and a timeout buy",
    "",
    indent(formatTable([...HEADINGS, ...rows], 1)),
    "",
    indent(
      [
        "noticed within: a crash, in 99 of 100 cases even at the worst moment; mean, 99 %: after a crash at any moment",
        `seen, at most, model, bound: failovers of a primary that lives, a year${standbys}. Seen: in the trace itself, and what that`,
        "leaves possible at most. Model: by the formulas, from what was seen. Bound: the same with everything at its limit.",
      ].join("\n"),
    ),
  ].join("\n");
}

function row({ within, point, best }: TuneStep, isRecommended: boolean): string[] {
  if (point === null) {
    const why = best === null ? "no three heartbeats fit" : `not achievable: ${IN_THE_WAY[best.inTheWay](best)}`;
    return [formatCount(within), ...Array<string>(9).fill("-"), why];
  }
  const { interval, timeout, heartbeatsPerSecond, detection, observed, model, bound } = point;
  return [
    formatCount(within),
    formatCount(interval),
    formatCount(timeout),
    String(round(heartbeatsPerSecond)),
    formatCount(Math.round(detection.mean)),
    formatCount(Math.ceil(detection.p99)),
    observed.mistakes === 0 ? "0" : formatRate(observed.rate),
    formatRate(observed.limit),
    formatRate(model.total),
    formatRate(bound),
    isRecommended ? "RECOMMENDED" : "",
  ];
}

function advice({ recommended, why, evidence, code, request }: TuneResult): string {
  const point = recommended?.point;
  if (point === null || point === undefined || code === null)
    return `No settings can be recommended: what was asked for (${request.detectWithin === null ? "" : `within ${formatDuration(request.detectWithin)}, `}${perYear(request.falseFailovers)}) cannot be had here.`;
  return [
    `Recommended: a heartbeat every ${formatDuration(point.interval)}, a timeout of ${formatCount(point.timeout)} ms`,
    bullets([...why, ...(evidence === null ? [] : [evidence])]),
    indent(code),
  ].join("\n\n");
}

function ms(value: number): string {
  return formatDuration(Number(value.toPrecision(3)));
}

function round(value: number): number {
  return Number(value.toPrecision(2));
}
