import { constant } from "../delay/constant.ts";
import type { Distribution } from "../delay/distribution.ts";
import { type Heartbeats, logMissing, requireHeartbeats } from "../heartbeats.ts";
import { type Mistakes, mistakesOf, NO_MISTAKES } from "../mistakes.ts";
import { integrate } from "../numeric/integrate.ts";
import { leftAfter } from "../numeric/multiples.ts";
import { requireNonNegative } from "../numeric/require.ts";
import { detectionTime } from "../simple/detection-time.ts";

/** NFD-S and what it hears. It needs clocks that agree. */
export interface NfdSSetting extends Heartbeats {
  /** δ: a heartbeat due at σ is missed from σ + δ on. Milliseconds. */
  readonly shift: number;
}

/** Pr(a heartbeat is there before the freshness point of the next): q₀. */
function onTime({ interval, loss = 0, delay, shift }: NfdSSetting): number {
  return (1 - loss) * delay.cdf(shift + interval);
}

function requireNfdS(setting: NfdSSetting): void {
  requireHeartbeats(setting);
  requireNonNegative("shift", setting.shift);
}

/**
 * Mistakes of NFD-S, which trusts from σᵢ + δ to σᵢ₊₁ + δ iff it has received heartbeat i or a newer one. Exact (Chen, Toueg,
 * Aguilera 2002, section 3): with u(x) = ∏_{0≤j≤k} (p + (1−p) Pr(D > δ + x − jη)), k = ⌈δ/η⌉, q₀ = (1−p) Pr(D < δ+η):
 *
 *     E(T_MR) = η / (q₀ u(0)) ;  E(T_M) = ∫₀^η u(x) dx / (q₀ u(0)) ;  P_A = 1 − (1/η) ∫₀^η u(x) dx
 *
 * Among all detectors with this interval that always detect within δ + η it has the best P_A.
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function nfdSMistakes(setting: NfdSSetting): Mistakes {
  requireNfdS(setting);
  const { interval, delay, shift } = setting;
  const logNoneFresh = (x: number): number => {
    let sum = 0;
    for (let newer = 0; ; newer += 1) {
      const age = x + leftAfter(shift, newer, interval);
      if (age < delay.min) return sum;
      sum += logMissing(setting, age);
      if (sum === -Infinity) return sum;
    }
  };
  const greatest = logNoneFresh(0);
  const fresh = onTime(setting);
  if (greatest === -Infinity || fresh === 0) return fresh === 0 ? NEVER_TRUSTS : NO_MISTAKES;
  const bends = [delay.min, delay.max].map((t) => (((t - shift) % interval) + interval) % interval);
  const sum = integrate((x) => Math.exp(logNoneFresh(x) - greatest), 0, interval, bends);
  return mistakesOf((fresh * Math.exp(greatest)) / interval, sum / fresh);
}

/** Every heartbeat comes too late: one mistake without end. */
const NEVER_TRUSTS: Mistakes = { rate: 0, recurrence: Infinity, duration: Infinity, availability: 0 };

/**
 * How long after a crash NFD-S suspects for good: max(0, δ + η − U − L·η), U uniform in 0..η, L geometric with 1 − q₀. Never
 * longer than δ + η.
 *
 * @throws RangeError for a setting that makes no sense, or one under which no heartbeat is ever in time.
 */
export function nfdSDetectionTime(setting: NfdSSetting): Distribution {
  requireNfdS(setting);
  const { interval, shift } = setting;
  const time = detectionTime({ interval, timeout: shift + interval, loss: 1 - onTime(setting), delay: constant(0) });
  return { ...time, description: `detection ${shift} ms after a heartbeat was due, heartbeats every ${interval} ms` };
}
