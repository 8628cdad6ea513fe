/** The formulas of detection time against crashes of a simulated sender, watched by the detector itself. */

import {
  type Channel,
  constant,
  type Delay,
  detectionTime,
  type Distribution,
  exponential,
  type Heartbeats,
  independently,
  lognormal,
  nfdS,
  nfdSDetectionTime,
  nfdUDetectionTime,
  rankSkew,
  type Roll,
  seeded,
  simpleNewest,
  type SimulatedDetector,
  uniform,
} from "../../../src/qos/index.ts";
import { arrivals } from "../../../src/qos/simulation/arrivals.ts";
import { type Row, shareOf } from "./row.ts";

/** So many heartbeats before each crash: more in a row are hardly ever lost. */
const LIFE = 40;

/** One life and death: how long after the crash the detector suspects for good. */
function crash(detector: SimulatedDetector, channel: Channel, roll: Roll, lateness: Delay): number {
  const at = (LIFE - 1 + roll()) * channel.interval;
  const trustUntil = detector();
  let deadline = 0;
  let since: number | undefined;
  for (const arrival of arrivals(channel, LIFE, roll)) {
    if (since === undefined && deadline < arrival.at) since = deadline;
    deadline = trustUntil(arrival.slot, arrival.at) ?? deadline;
    if (deadline > arrival.at) since = undefined;
  }
  return Math.max(0, (since ?? deadline) - at) + lateness.sample(roll);
}

function rows(what: string, time: Distribution, trials: number, draw: () => number): readonly Row[] {
  const sample = Float64Array.from({ length: trials }, draw).sort();
  const mean = sample.reduce((sum, t) => sum + t, 0) / trials;
  const moment = (power: number): number => sample.reduce((sum, t) => sum + (t - mean) ** power, 0) / trials;
  const variance = moment(2);
  const share = (q: number): Row => {
    const bound = time.quantile(q) * (1 + 1e-12);
    const simulated = shareOf(sample.findLastIndex((t) => t <= bound) + 1, trials);
    return { what, metric: `share within p${Math.round(100 * q)}`, closed: time.cdf(bound), simulated };
  };
  return [
    { what, metric: "mean, ms", closed: time.mean, simulated: { value: mean, error: Math.sqrt(variance / trials) } },
    {
      what,
      metric: "deviation, ms",
      closed: Math.sqrt(time.variance),
      simulated: { value: Math.sqrt(variance), error: Math.sqrt((moment(4) - variance ** 2) / trials / variance) / 2 },
    },
    ...[0.1, 0.5, 0.9, 0.99].map(share),
  ];
}

/** Whether the second secondary's timer runs out before it hears of the first's claim: each loses heartbeats of its own. */
function overtakes(loss: number, skew: number, interval: number, claimDelay: number, roll: Roll): boolean {
  const run = (): number => {
    let lost = 0;
    while (roll() < loss) lost += 1;
    return lost;
  };
  return skew - run() * interval < claimDelay - run() * interval;
}

/** All of them. */
export function crashes(trials: number, seed: number): readonly Row[] {
  const settings: readonly (readonly [string, Heartbeats, Delay])[] = [
    ["lognormal 1 sigma 0.5, no loss", { interval: 100, delay: lognormal(1, 0.5) }, constant(0)],
    ["uniform 0-20, loss 20 %, late timers", { interval: 100, loss: 0.2, delay: uniform(0, 20) }, exponential(2)],
    ["lognormal 20 sigma 1, loss 5 %", { interval: 50, loss: 0.05, delay: lognormal(20, 1) }, constant(0)],
  ];
  const detected = settings.flatMap(([name, heartbeats, lateness], index) => {
    const channel = independently(heartbeats);
    const { interval } = heartbeats;
    const roll = seeded(seed + index);
    const timeout = 3.5 * interval;
    const margin = 0.5 * interval;
    const drawing = (detector: SimulatedDetector, late: Delay) => (): number => crash(detector, channel, roll, late);
    const simple = detectionTime({ ...heartbeats, timeout, lateness });
    const shifted = nfdS(interval, heartbeats.delay.mean + margin);
    return [
      ...rows(`detection, simple: ${name}`, simple, trials, drawing(simpleNewest(timeout), lateness)),
      ...rows(
        `detection, NFD-S: ${name}`,
        nfdSDetectionTime({ ...heartbeats, shift: margin }),
        trials,
        drawing(nfdS(interval, margin), constant(0)),
      ),
      ...rows(
        `detection, NFD-U: ${name}`,
        nfdUDetectionTime({ ...heartbeats, margin }),
        trials,
        drawing(shifted, constant(0)),
      ),
    ];
  });
  const ranks = [60, 105, 210, 3].map((skew): Row => {
    const roll = seeded(seed + skew);
    const many = 20 * trials;
    let count = 0;
    for (let trial = 0; trial < many; trial += 1) if (overtakes(0.2, skew, 100, 5, roll)) count += 1;
    const { overtaking } = rankSkew({ interval: 100, loss: 0.2, claimDelay: 5, skew });
    return {
      what: `ranks: skew ${skew}, interval 100, loss 20 %`,
      metric: "overtaking",
      closed: overtaking,
      simulated: shareOf(count, many),
    };
  });
  return [...detected, ...ranks];
}
