/** How heartbeats fare, for simulation. */

import { type Heartbeats, requireHeartbeats } from "../heartbeats.ts";
import { requireLoss, requirePositive } from "../numeric/require.ts";
import type { Stalls } from "../stalls.ts";

/** Draws numbers in 0..1. */
export type Roll = () => number;

/** A sender and a network. */
export interface Channel {
  /** Milliseconds between two slots. */
  readonly interval: number;
  /** Begins a life of it: what it then says of each slot in turn is when its heartbeat arrives, or undefined if it is lost. */
  open(roll: Roll): (slot: number) => number | undefined;
  /** The least delay. */
  readonly least: number;
}

/** Each heartbeat is lost or delayed independently of all others. */
export function independently(heartbeats: Heartbeats): Channel {
  requireHeartbeats(heartbeats);
  const { interval, loss = 0, delay } = heartbeats;
  return {
    interval,
    least: delay.min,
    open: (roll) => (slot) => (loss > 0 && roll() < loss ? undefined : slot * interval + delay.sample(roll)),
  };
}

/** Losses come in bursts of this mean length (Gilbert's channel of two states). */
export function inBursts(heartbeats: Heartbeats, burst: number): Channel {
  requireHeartbeats(heartbeats);
  requirePositive("burst", burst);
  const { interval, loss = 0, delay } = heartbeats;
  requireLoss(loss);
  const leave = 1 / burst;
  const enter = (leave * loss) / (1 - loss);
  return {
    interval,
    least: delay.min,
    open: (roll) => {
      let bad = roll() < loss;
      return (slot) => {
        bad = bad ? roll() >= leave : roll() < enter;
        return bad ? undefined : slot * interval + delay.sample(roll);
      };
    },
  };
}

/** The sender stalls now and then: what is due meanwhile leaves at the end of the stall. Nothing is lost. */
export function withStalls({ interval, delay }: Heartbeats, { rate, duration }: Stalls): Channel {
  requirePositive("rate of stalls", rate);
  return {
    interval,
    least: delay.min,
    open: (roll) => {
      const gap = (): number => -Math.log1p(-roll()) / rate;
      let begins = gap();
      let ends = begins + duration.sample(roll);
      return (slot) => {
        const due = slot * interval;
        while (ends <= due) {
          begins = ends + gap();
          ends = begins + duration.sample(roll);
        }
        return (begins <= due ? ends : due) + delay.sample(roll);
      };
    },
  };
}
