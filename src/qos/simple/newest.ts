import { logMissing } from "../heartbeats.ts";
import { type Mistakes, mistakesOf, NO_MISTAKES } from "../mistakes.ts";
import { bisect } from "../numeric/bisect.ts";
import { integrate } from "../numeric/integrate.ts";
import { leftAfter, timesWithin } from "../numeric/multiples.ts";
import { delayBends, phaseBends, requireSimple, type SimpleSetting } from "./setting.ts";

/**
 * Mistakes of the simple detector whose timer only a newer heartbeat restarts. Exact. A mistake begins one timeout after the
 * receipt of a heartbeat when no newer one has come by then:
 *
 *     λ_M = (1−p)/η · E_D[ ∏_{j≥1} (1 − (1−p) F(D + TO − jη)) ]
 *     1−P_A = (1/η) ∫₀^η Σ_{m≥0} (1−p) F(t−TO+mη) ∏_{0≤n<m} (1 − (1−p) F(t+nη)) dt
 *
 * with F the delay's cdf, p the loss, η the interval, TO the timeout. The products are summed as logarithms.
 */
export function newestMistakes(setting: SimpleSetting): Mistakes {
  const logRate = logNewestRate(setting);
  if (logRate === -Infinity) return NO_MISTAKES;
  return mistakesOf(Math.exp(logRate), duration(setting, logRate));
}

/** ln λ_M, which does not underflow where λ_M would; −∞ where no mistake is possible. */
export function logNewestRate(setting: SimpleSetting): number {
  requireSimple(setting);
  const { interval, timeout, loss = 0, delay } = setting;
  const settled = settledAge(setting);
  const logAllMissing = (received: number, negligible = -Infinity): number => {
    const lostOnly = Math.max(0, timesWithin(received + timeout - settled, interval));
    let sum = lostOnly === 0 ? 0 : lostOnly * Math.log(loss);
    for (let newer = lostOnly + 1; ; newer += 1) {
      const age = received + leftAfter(timeout, newer, interval);
      if (age < delay.min) return sum;
      sum += logMissing(setting, age);
      if (sum < negligible || sum === -Infinity) return -Infinity;
    }
  };
  // The later a heartbeat comes, the more time have the newer ones: the product is greatest at the least delay.
  const greatest = logAllMissing(delay.min);
  if (greatest === -Infinity) return greatest;
  const share = delay.expect(
    (received) => Math.exp(logAllMissing(received, greatest - 50) - greatest),
    delayBends(setting),
  );
  return Math.log((1 - loss) / interval) + greatest + Math.log(share);
}

/** From this age on, a heartbeat that is not there is lost, and not late, as far as a double can tell. */
function settledAge({ loss = 0, delay }: SimpleSetting): number {
  if (loss === 0) return delay.max;
  const isSettled = (age: number): boolean => delay.survival(age) <= loss * 1e-17;
  let high = delay.mean + 1;
  while (!isSettled(high)) high *= 2;
  return Math.min(delay.max, bisect(isSettled, delay.min, high));
}

/** E(T_M) = (1 − P_A) / λ_M, divided within the integral so that neither underflows. */
function duration(setting: SimpleSetting, logRate: number): number {
  const { interval, timeout, loss = 0, delay } = setting;
  const suspecting = (t: number): number => {
    let sum = 0;
    let logMissed = 0;
    for (let older = 0; ; older += 1) {
      const arrived = delay.cdf(t + older * interval - timeout);
      if (arrived > 0) {
        const weight = Math.exp(logMissed - logRate);
        sum += (1 - loss) * arrived * weight;
        if (weight < 1e-16 * sum * (1 - loss) || logMissed === -Infinity) return sum;
      }
      logMissed += logMissing(setting, t + older * interval);
    }
  };
  return integrate(suspecting, 0, interval, phaseBends(setting)) / interval;
}
