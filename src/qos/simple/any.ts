import { type Mistakes, mistakesOf, NO_MISTAKES } from "../mistakes.ts";
import { integrate } from "../numeric/integrate.ts";
import { leftAfter, timesWithin } from "../numeric/multiples.ts";
import { delayBends, phaseBends, requireSimple, type SimpleSetting } from "./setting.ts";

/**
 * Mistakes of the simple detector whose timer every heartbeat restarts, also one that was overtaken. Exact:
 *
 *     λ_M = (1−p)/η · E_D[ ∏_{j≠0} (1 − (1−p) (F(D+TO−jη) − F(D−jη))) ]
 *     1−P_A = (1/η) ∫₀^η ∏_{n≥0} (1 − (1−p) (F(t+nη) − F(t+nη−TO))) dt
 *
 * Where heartbeats cannot overtake each other it makes the same mistakes as the other rule.
 */
export function anyMistakes(setting: SimpleSetting): Mistakes {
  requireSimple(setting);
  const { interval, timeout, loss = 0, delay } = setting;
  const reach = delay.max <= 200 * interval ? delay.max : Math.max(30 * interval, delay.quantile(1 - 1e-4));
  const certain = delay.quantile(1 - 1e-12);

  /** ln Pr(a heartbeat does not arrive at an age between these). */
  const logAbsent = (from: number, to: number): number =>
    Math.log(loss + (1 - loss) * (delay.cdf(from) + delay.survival(to)));

  /** The sum of all those from an age beyond `reach` on: each is hardly anything, so it is an integral, by the midpoint rule. */
  const logOldestAbsent = (from: number): number => {
    if (reach === delay.max) return 0;
    const first = from - interval / 2;
    return (-(1 - loss) * (delay.excess(first) - delay.excess(first + timeout))) / interval;
  };

  const logNoneAround = (received: number): number => {
    if (received > certain) return -Infinity;
    let sum = 0;
    let newer = timesWithin(received + timeout - delay.min, interval);
    for (; received - newer * interval < reach && sum > -NEGLIGIBLE; newer -= 1)
      if (newer !== 0) sum += logAbsent(received - newer * interval, received + leftAfter(timeout, newer, interval));
    return sum + logOldestAbsent(received - newer * interval);
  };
  const greatest = Math.max(...[0, 0.25, 0.5, 0.75, 0.95].map((share) => logNoneAround(delay.quantile(share))));
  if (greatest < -NEGLIGIBLE) return NO_MISTAKES;
  const share = delay.expect(
    (received) => Math.exp(logNoneAround(received) - greatest),
    [...delayBends(setting), reach, certain],
  );
  const logRate = Math.log((1 - loss) / interval) + greatest + Math.log(share);

  const suspecting = (t: number): number => {
    let sum = 0;
    let from = t - timeout;
    for (; from < reach && sum > -NEGLIGIBLE; from += interval) sum += logAbsent(from, from + timeout);
    return Math.exp(sum + logOldestAbsent(from) - logRate);
  };
  return mistakesOf(Math.exp(logRate), integrate(suspecting, 0, interval, phaseBends(setting)) / interval);
}

/** e^−700 is the last that a double can tell from 0. */
const NEGLIGIBLE = 700;
