import { constant } from "../delay/constant.ts";
import type { Delay, Distribution } from "../delay/distribution.ts";
import { bisect } from "../numeric/bisect.ts";
import { integrate } from "../numeric/integrate.ts";
import { requireShare } from "../numeric/require.ts";
import { requireSimple, type SimpleSetting } from "./setting.ts";

/** A `SimpleSetting`, and what else stands between a crash and its being noticed. */
export interface DetectionSetting extends SimpleSetting {
  /** How much later than asked the watcher's timer calls. @default always 0 */
  readonly lateness?: Delay;
}

/**
 * How long after a crash the simple detector suspects for good: max(0, timeout + D − U − L·interval) + lateness, with D the
 * delay of the last heartbeat that was not lost, U uniform in 0..interval the time from the last sending to the crash, and L
 * the number of heartbeats lost just before it. So losses make detection faster. Exact for the rule that only a newer
 * heartbeat restarts the timer, and for the other where heartbeats do not overtake each other.
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function detectionTime(setting: DetectionSetting): Distribution {
  requireSimple(setting);
  const { interval, timeout, loss = 0, delay, lateness = constant(0) } = setting;

  /** Pr(timeout + D − U − L·interval > t); the uniform U turns survival into a difference of excesses. */
  const survivalOfLead = (t: number): number => {
    let survival = 0;
    for (let lost = 0, chance = 1 - loss; chance > 1e-18; lost += 1, chance *= loss) {
      const since = t - timeout + lost * interval;
      survival += (chance * (delay.excess(since) - delay.excess(since + interval))) / interval;
    }
    return Math.min(1, Math.max(0, survival));
  };
  const survival = (t: number): number =>
    lateness.expect((late) => (t < late ? 1 : survivalOfLead(t - late)), [t - timeout - delay.min, t]);

  const head = headStart(setting, survivalOfLead);
  const mean = timeout + delay.mean - interval / 2 - (interval * loss) / (1 - loss);
  const variance = delay.variance + interval ** 2 / 12 + interval ** 2 * (loss / (1 - loss) ** 2);
  const cutMean = mean + head.mean;

  const min = (loss > 0 ? 0 : Math.max(0, timeout + delay.min - interval)) + lateness.min;
  const max = timeout + delay.max + lateness.max;
  const quantile = (q: number): number => {
    if (q >= 1) return max;
    if (survival(min) <= 1 - q) return min;
    const each = Math.sqrt(q);
    return bisect((t) => survival(t) <= 1 - q, min, timeout + delay.quantile(each) + lateness.quantile(each));
  };
  return {
    description: `detection by silence of ${timeout} ms, heartbeats every ${interval} ms`,
    min,
    max,
    mean: cutMean + lateness.mean,
    variance: variance + mean ** 2 - head.square - cutMean ** 2 + lateness.variance,
    cdf: (t) => 1 - survival(t),
    quantile,
    sample: (roll) => {
      let lead = timeout + delay.sample(roll) - roll() * interval;
      while (loss > 0 && roll() < loss) lead -= interval;
      return Math.max(0, lead) + lateness.sample(roll);
    },
  };
}

/**
 * Losses may have run the timer out before the crash: the first two moments of how long before, with 0 where they have not.
 */
function headStart(
  { interval, timeout, loss = 0, delay }: SimpleSetting,
  survivalOfLead: (t: number) => number,
): { readonly mean: number; readonly square: number } {
  const longestRun = loss === 0 ? 0 : Math.ceil(Math.log(1e-18) / Math.log(loss));
  const earliest = timeout + delay.min - (longestRun + 1) * interval;
  if (earliest >= 0) return { mean: 0, square: 0 };
  const steps = Array.from({ length: longestRun + 1 }, (_, lost) => timeout + delay.min - (lost + 1) * interval);
  const moment = (weight: (t: number) => number): number =>
    integrate((t) => weight(t) * (1 - survivalOfLead(t)), earliest, 0, steps, 1e-9);
  return { mean: moment(() => 1), square: moment((t) => -2 * t) };
}

/**
 * The bound that detection keeps with probability `share` even where the crash comes right after a heartbeat left, the worst
 * moment: timeout + the delay's quantile.
 *
 * @throws RangeError for a share that is not between 0 and 1, or a setting that makes no sense.
 */
export function worstDetection(setting: SimpleSetting, share: number): number {
  requireSimple(setting);
  requireShare("share", share);
  return setting.timeout + setting.delay.quantile(share);
}
