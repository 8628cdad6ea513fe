import type { Channel, Roll } from "./channel.ts";

/** A heartbeat that got through. */
export interface SimulatedArrival {
  readonly slot: number;
  readonly at: number;
}

/** The heartbeats of slots 0 to `heartbeats` − 1 that get through, in the order in which they arrive. */
export function* arrivals(channel: Channel, heartbeats: number, roll: Roll): Generator<SimulatedArrival, void> {
  const { interval, least } = channel;
  const fate = channel.open(roll);
  /** Under way, the first to arrive last. */
  const underWay: SimulatedArrival[] = [];
  for (let slot = 0; slot < heartbeats; slot += 1) {
    // What arrives before this and all later heartbeats can.
    for (let next = underWay.at(-1); next && next.at <= slot * interval + least; next = underWay.at(-1)) {
      underWay.pop();
      yield next;
    }
    const at = fate(slot);
    if (at === undefined) continue;
    let place = underWay.length;
    while (place > 0 && (underWay[place - 1]?.at ?? Infinity) < at) place -= 1;
    underWay.splice(place, 0, { slot, at });
  }
  yield* underWay.reverse();
}
