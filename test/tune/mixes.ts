import type { Mix } from "./faults.ts";

/** Five worlds, and how many false failovers an hour are asked for in each. */
export const MIXES: readonly (readonly [Mix, asked: number])[] = [
  [{ name: "5 % lost", delay: 1, jitter: 4, loss: 0.05 }, 60],
  [{ name: "20 % lost", delay: 1, jitter: 4, loss: 0.2 }, 60],
  [{ name: "primary stalls", delay: 1, jitter: 4, stalls: { perMinute: 12, mean: 80 } }, 60],
  [{ name: "outages of the bus", delay: 1, jitter: 4, outages: { perMinute: 12, mean: 80 } }, 60],
  [
    {
      name: "some of all",
      delay: 5,
      jitter: 60,
      loss: 0.03,
      stalls: { perMinute: 4, mean: 60 },
      outages: { perMinute: 4, mean: 60 },
    },
    60,
  ],
];
