import { perYear } from "../mistakes.ts";
import { timesWithin } from "../numeric/multiples.ts";
import { stallMistakes, type Stalls } from "../stalls.ts";
import { burstyMistakes, independentBurst } from "./bursts.ts";
import { logNewestRate } from "./newest.ts";
import type { SimpleSetting } from "./setting.ts";

/** The simple detector, and everything that can make a live primary seem dead. */
export interface LiveSetting extends SimpleSetting {
  /** How many heartbeats are lost in a row, on average. @default 1 / (1 − loss), independent losses */
  readonly burst?: number;
  /** Pauses of the primary. @default none */
  readonly stalls?: Stalls;
}

/** How often a live primary is given up, by cause. Per millisecond. */
export interface FalseFailovers {
  /** Losses alone, in bursts where they come so. */
  readonly loss: number;
  /** What delays add to them. */
  readonly delay: number;
  /** Stalls of the primary. */
  readonly stalls: number;
  /** The part of `stalls` that no shorter interval takes away. */
  readonly stallFloor: number;
  /** The sum of `loss`, `delay` and `stalls`. */
  readonly total: number;
}

/**
 * How often the simple detector (newer heartbeats only) gives a live primary up, and why. Causes are added, which is right as
 * long as each is rare. Exact for independent losses and delays, for bursts without varying delays, and for stalls alone.
 *
 * @throws RangeError for a setting that makes no sense.
 */
export function falseFailovers(setting: LiveSetting): FalseFailovers {
  const { interval, timeout, loss = 0, burst = independentBurst(loss), stalls } = setting;
  const exact = Math.exp(logNewestRate(setting));
  const lost = burstyMistakes({ interval, timeout, loss, burst }).rate;
  const delay = Math.max(0, exact - independent(setting, 0), raced(setting, exact, burst));
  const stalled = stalls === undefined ? { rate: 0, floor: 0 } : stallMistakes(setting, stalls);
  return {
    loss: lost,
    delay,
    stalls: stalled.rate,
    stallFloor: stalled.floor,
    total: lost + delay + stalled.rate,
  };
}

/** `falseFailovers`, per year. @throws RangeError as that. */
export function falseFailoversPerYear(setting: LiveSetting): FalseFailovers {
  const { loss, delay, stalls, stallFloor, total } = falseFailovers(setting);
  return {
    loss: perYear(loss),
    delay: perYear(delay),
    stalls: perYear(stalls),
    stallFloor: perYear(stallFloor),
    total: perYear(total),
  };
}

/** The rate under independent losses and a constant delay, with a timeout that is shorter by `fewer` intervals. */
function independent({ interval, timeout, loss = 0 }: SimpleSetting, fewer: number): number {
  return ((1 - loss) * loss ** (timesWithin(timeout, interval) - fewer)) / interval;
}

/**
 * Near a whole multiple the last heartbeat races the timer. How often it loses shows in the exact rate for independent losses,
 * which lies between those of two numbers of heartbeats; with bursts the same share of races is lost.
 */
function raced(setting: SimpleSetting, exact: number, burst: number): number {
  const { interval, timeout, loss = 0 } = setting;
  if (timeout < 2 * interval) return 0;
  const [slow, fast] = [independent(setting, 0), independent(setting, 1)];
  if (fast === slow) return 0;
  const share = Math.min(1, Math.max(0, (exact - slow) / (fast - slow)));
  const bursty = (silence: number): number => burstyMistakes({ interval, timeout: silence, loss, burst }).rate;
  return share * (bursty(timeout - interval) - bursty(timeout));
}
