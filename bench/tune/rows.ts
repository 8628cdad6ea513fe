/** The front as rows of words, for a terminal and for a page. */

import { formatCount, formatRate } from "../cli/figures.ts";
import type { InTheWay, TuneResult, TuneStep } from "../schema/tune.ts";

/** What the columns are, in two lines. */
export const HEADINGS: readonly (readonly string[])[] = [
  ["noticed", "interval", "timeout", "beats", "mean", "99 %", "seen", "at most", "model", "bound", ""],
  ["within ms", "ms", "ms", "a second", "ms", "ms", "", "(95 %)", "", "", ""],
];

/** What the columns say, in sentences. */
export function legend({ request: { standbys } }: TuneResult): readonly string[] {
  return [
    "Noticed within: a crash, in 99 of 100 cases even at the worst moment. Mean, 99 %: after a crash at any moment.",
    `Seen, at most, model, bound: failovers of a primary that lives, a year${standbys === 1 ? "" : `, of any of ${standbys} standbys`}.`,
    "Seen: in the trace itself, and what that leaves possible at most. Model: by the formulas, from what was seen.",
    "Bound: the same with everything at its limit.",
  ];
}

/** In few words; `obstacles` has the sentence. */
const IN_THE_WAY: Readonly<Record<InTheWay, (best: NonNullable<TuneStep["best"]>) => string>> = {
  stalls: ({ stallFloor }) => `${formatRate(stallFloor)} from stalls alone`,
  model: ({ total }) => `${formatRate(total)} at best`,
  bound: ({ bound }) => `up to ${formatRate(bound)}`,
  tail: () => "too near the longest wait",
};

/** So many rows that keep the promise are enough: later ones buy nothing but patience. */
const MOST_ROWS = 9;

/** The rows that are worth a look, from shortly before the first setting that keeps the promise. */
export function rowsOf({ front, recommended, request }: TuneResult): readonly (readonly string[])[] {
  const soonest = front.findIndex(({ point }) => point !== null);
  return front
    .filter(({ point, within }, index) => point !== null || index >= soonest - 2 || within === request.detectWithin)
    .filter((step, index) => index < MOST_ROWS + 2 || step.within === recommended?.within)
    .map((step) => rowOf(step, step.within === recommended?.within));
}

function rowOf({ within, point, best }: TuneStep, isRecommended: boolean): string[] {
  if (point === null) {
    const why = best === null ? "no three heartbeats fit" : `not achievable: ${IN_THE_WAY[best.inTheWay](best)}`;
    return [formatCount(within), ...Array<string>(9).fill("-"), why];
  }
  const { interval, timeout, heartbeatsPerSecond, detection, observed, model, bound } = point;
  return [
    formatCount(within),
    formatCount(interval),
    formatCount(timeout),
    String(Number(heartbeatsPerSecond.toPrecision(2))),
    formatCount(Math.round(detection.mean)),
    formatCount(Math.ceil(detection.p99)),
    observed.mistakes === 0 ? "0" : formatRate(observed.rate),
    formatRate(observed.limit),
    formatRate(model.total),
    formatRate(bound),
    isRecommended ? "RECOMMENDED" : "",
  ];
}
