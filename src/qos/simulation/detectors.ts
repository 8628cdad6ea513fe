/** The detectors as programs, for simulation. */

import { requireCount, requireNonNegative, requirePositive } from "../numeric/require.ts";

/**
 * Begins a life of a detector: what it then makes of each arrival, in the order of arrival, is the moment up to which it
 * trusts; undefined leaves that moment as it is. `slot` is the number of the interval in which the heartbeat was due.
 */
export type SimulatedDetector = () => (slot: number, at: number) => number | undefined;

/** Passes on only what is newer than all before. */
function newerOnly(then: (slot: number, at: number) => number): (slot: number, at: number) => number | undefined {
  let newest = -Infinity;
  return (slot, at) => {
    if (slot <= newest) return undefined;
    newest = slot;
    return then(slot, at);
  };
}

/** The simple detector, restarted by newer heartbeats only. */
export function simpleNewest(timeout: number): SimulatedDetector {
  requirePositive("timeout", timeout);
  return () => newerOnly((_slot, at) => at + timeout);
}

/** The simple detector, restarted by every heartbeat. */
export function simpleAny(timeout: number): SimulatedDetector {
  requirePositive("timeout", timeout);
  return () => (_slot, at) => at + timeout;
}

/** NFD-S; NFD-U where `shift` is the mean delay plus its margin. */
export function nfdS(interval: number, shift: number): SimulatedDetector {
  requirePositive("interval", interval);
  requireNonNegative("shift", shift);
  return () => newerOnly((slot) => (slot + 1) * interval + shift);
}

/** NFD-E: the next arrival is expected where the last `window` say, on average. */
export function nfdE(interval: number, margin: number, window: number): SimulatedDetector {
  requirePositive("interval", interval);
  requireNonNegative("margin", margin);
  requireCount("window", window, 1);
  return () => {
    const offsets: number[] = [];
    let sum = 0;
    return newerOnly((slot, at) => {
      offsets.push(at - slot * interval);
      sum += at - slot * interval;
      if (offsets.length > window) sum -= offsets.shift() ?? 0;
      return sum / offsets.length + (slot + 1) * interval + margin;
    });
  };
}
