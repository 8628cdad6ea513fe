/** Every closed form of mistakes against the detector itself, on simulated heartbeats. */

import {
  burstyMistakes,
  type Channel,
  constant,
  empirical,
  exponential,
  type Heartbeats,
  inBursts,
  independently,
  lognormal,
  type Mistakes,
  nfdE,
  nfdS,
  nfdSMistakes,
  nfdUMistakes,
  simpleAny,
  simpleMistakes,
  simpleNewest,
  type SimulatedDetector,
  simulateMistakes,
  stallMistakes,
  uniform,
  withPauses,
  withStalls,
} from "../../../src/qos/index.ts";
import { mistakeRows, type Row } from "./row.ts";

/** A formula, and what it is a formula of. */
interface Case {
  readonly what: string;
  readonly closed: Mistakes;
  readonly detector: SimulatedDetector;
  readonly channel: Channel;
}

const CHANNELS: Readonly<Record<string, Heartbeats>> = {
  "constant 3, loss 20 %": { interval: 100, loss: 0.2, delay: constant(3) },
  "exponential 20, loss 5 %": { interval: 100, loss: 0.05, delay: exponential(20) },
  "exponential 60, no loss": { interval: 100, delay: exponential(60) },
  "lognormal 30 sigma 1.2, loss 5 %": { interval: 50, loss: 0.05, delay: lognormal(30, 1.2) },
  "uniform 5-90, loss 10 %": { interval: 50, loss: 0.1, delay: uniform(5, 90) },
  "measured, loss 10 %": { interval: 40, loss: 0.1, delay: empirical([1, 2, 2, 3, 5, 9, 33, 70]) },
  "1 ms, 3 % pauses, loss 1 %": {
    interval: 50,
    loss: 0.01,
    delay: withPauses(lognormal(1, 0.5), 0.03, uniform(50, 300)),
  },
};

function cases(): readonly Case[] {
  return Object.entries(CHANNELS).flatMap(([name, heartbeats]) => {
    const { interval } = heartbeats;
    const channel = independently(heartbeats);
    const timeout = 1.6 * interval;
    const margin = 0.6 * interval;
    const mean = heartbeats.delay.mean;
    return [
      {
        what: `simple, newest: ${name}`,
        closed: simpleMistakes({ ...heartbeats, timeout }),
        detector: simpleNewest(timeout),
        channel,
      },
      {
        what: `simple, any: ${name}`,
        closed: simpleMistakes({ ...heartbeats, timeout }, "any"),
        detector: simpleAny(timeout),
        channel,
      },
      {
        what: `NFD-S: ${name}`,
        closed: nfdSMistakes({ ...heartbeats, shift: margin }),
        detector: nfdS(interval, margin),
        channel,
      },
      {
        what: `NFD-U: ${name}`,
        closed: nfdUMistakes({ ...heartbeats, margin }),
        detector: nfdS(interval, mean + margin),
        channel,
      },
    ];
  });
}

function edges(): readonly Case[] {
  const racing: Heartbeats = { interval: 100, loss: 0.1, delay: exponential(2) };
  const short: Heartbeats = { interval: 100, loss: 0.2, delay: uniform(0, 10) };
  const bursty = { interval: 100, timeout: 250, loss: 0.05, burst: 3 };
  const estimating: Heartbeats = { interval: 100, loss: 0.05, delay: exponential(20) };
  return [
    {
      what: "simple, newest: timeout 2 x interval",
      closed: simpleMistakes({ ...racing, timeout: 200 }),
      detector: simpleNewest(200),
      channel: independently(racing),
    },
    {
      what: "simple, newest: timeout below interval",
      closed: simpleMistakes({ ...short, timeout: 70 }),
      detector: simpleNewest(70),
      channel: independently(short),
    },
    {
      what: "simple: bursts of 3, loss 5 %",
      closed: burstyMistakes(bursty),
      detector: simpleNewest(250),
      channel: inBursts({ interval: 100, loss: 0.05, delay: constant(1) }, 3),
    },
    {
      what: "simple: bursts of 3, timeout below interval",
      closed: burstyMistakes({ ...bursty, timeout: 60 }),
      detector: simpleNewest(60),
      channel: inBursts({ interval: 100, loss: 0.05, delay: constant(1) }, 3),
    },
    {
      what: "NFD-E, window 1 000: NFD-U is its limit",
      closed: nfdUMistakes({ ...estimating, margin: 60 }),
      detector: nfdE(100, 60, 1_000),
      channel: independently(estimating),
    },
  ];
}

/** Stalls: only the rate has a formula. */
function stalled(heartbeats: number, seed: number): readonly Row[] {
  const steady: Heartbeats = { interval: 100, delay: constant(1) };
  return [250, 350, 500].map((timeout) => {
    const stalls = { rate: 1 / 20_000, duration: exponential(150) };
    const { rate } = simulateMistakes(simpleNewest(timeout), withStalls(steady, stalls), { heartbeats, seed });
    // The stalls that are simulated begin after the one before has ended, so there are fewer in a year.
    const rarer = { ...stalls, rate: 1 / (1 / stalls.rate + stalls.duration.mean) };
    const closed = stallMistakes({ interval: 100, timeout }, rarer).rate;
    return { what: `stalls exponential 150, timeout ${timeout}`, metric: "mistakes per ms", closed, simulated: rate };
  });
}

/** All of them. */
export function mistakes(heartbeats: number, seed: number): readonly Row[] {
  const rows = [...cases(), ...edges()].flatMap(({ what, closed, detector, channel }, index) =>
    mistakeRows(what, closed, simulateMistakes(detector, channel, { heartbeats, seed: seed + index })),
  );
  return [...rows, ...stalled(heartbeats, seed)];
}
