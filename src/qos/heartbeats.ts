import type { Delay } from "./delay/distribution.ts";
import { requireLoss, requirePositive } from "./numeric/require.ts";

/**
 * How heartbeats reach the watcher: one is due every `interval` on a fixed grid, each is lost with probability `loss` or else
 * arrives after `delay`, all independently (Chen, Toueg, Aguilera, "On the Quality of Service of Failure Detectors", IEEE
 * ToC 51(5), 2002, section 3).
 */
export interface Heartbeats {
  /** Milliseconds. */
  readonly interval: number;
  /** 0 up to, not including, 1. @default 0 */
  readonly loss?: number;
  /** How long heartbeats take that are not lost. */
  readonly delay: Delay;
}

/** @throws RangeError where interval or loss is nonsense. */
export function requireHeartbeats({ interval, loss = 0 }: Heartbeats): void {
  requirePositive("interval", interval);
  requireLoss(loss);
}

/** ln Pr(a heartbeat has not arrived `age` milliseconds after it was due): it was lost, or it is on its way. */
export function logMissing({ loss = 0, delay }: Pick<Heartbeats, "loss" | "delay">, age: number): number {
  return Math.log(loss + (1 - loss) * delay.survival(age));
}
