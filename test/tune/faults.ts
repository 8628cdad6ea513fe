/** What befalls a virtual primary and its bus: the same for the trace that is recorded and for the group that is set up from it. */

import { MemoryBus } from "../../transports/memory/index.ts";
import { Dice } from "../simulation/dice.ts";
import type { Process } from "../simulation/process.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** A mix of faults. Durations in milliseconds. */
export interface Mix {
  readonly name: string;
  /** Of every heartbeat by itself. */
  readonly loss?: number;
  readonly delay: number;
  /** Uniform, on top of it. */
  readonly jitter: number;
  /** Times in which the bus delivers nothing, exponential, so often a minute. */
  readonly outages?: { readonly perMinute: number; readonly mean: number } | undefined;
  /** Times in which the primary stands still, exponential, so often a minute. */
  readonly stalls?: { readonly perMinute: number; readonly mean: number } | undefined;
}

/** The members of a bus, by name, that are told apart in an outage. */
export const PRIMARY = "primary";
export const SECONDARY = "secondary";

/** A bus on which it happens, to whoever is given. */
export function afflict(
  mix: Mix,
  clock: VirtualClock,
  seed: number,
): { readonly bus: MemoryBus; strike(primary: Process): void } {
  const { loss = 0, delay, jitter, outages, stalls } = mix;
  const bus = new MemoryBus({ clock, seed, delay, jitter, loss });
  const dice = new Dice(seed + 1);
  const exponential = (mean: number): number => -Math.log(1 - dice.between(0, 1)) * mean;
  /** One after another, so that they do not overlap: at these rates they hardly would. */
  const again = (
    rate: { readonly perMinute: number; readonly mean: number },
    begin: () => void,
    end: () => void,
  ): void => {
    clock.setTimer(
      () => {
        begin();
        clock.setTimer(() => {
          end();
          again(rate, begin, end);
        }, exponential(rate.mean));
      },
      exponential(60_000 / rate.perMinute),
    );
  };
  if (outages !== undefined)
    again(
      outages,
      () => bus.partition([[PRIMARY], [SECONDARY]]),
      () => bus.heal(),
    );
  return {
    bus,
    strike(primary) {
      if (stalls !== undefined)
        again(
          stalls,
          () => (primary.paused = true),
          () => primary.resume(),
        );
    },
  };
}
