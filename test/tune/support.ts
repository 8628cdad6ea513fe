import type { Beat, Trace } from "../../bench/tune/trace.ts";

/** What happens to heartbeats that are due every `interval`. Milliseconds. */
export interface World {
  readonly interval?: number;
  readonly slots: number;
  /** On the way. @default 1 */
  readonly delay?: (slot: number) => number;
  readonly isLost?: (slot: number) => boolean;
  /** The sender stands still from one moment to the other. */
  readonly stalls?: readonly (readonly [from: number, until: number])[];
  /** How late the reader's loop is when it reads a slot's heartbeat, which it then reads so much later. */
  readonly lag?: (slot: number) => number;
  /** How much faster the reader's clock runs. */
  readonly drift?: number;
}

/** What is recorded of it. */
export function traceOf(world: World): Trace {
  const { interval = 20, slots, delay = () => 1, isLost = () => false, stalls = [], lag = () => 0, drift = 0 } = world;
  const beats: Beat[] = [];
  let seq = 0;
  for (let slot = 0; slot < slots; slot += 1) {
    const due = slot * interval;
    const until = stalls.find(([from, end]) => from <= due && due < end)?.[1] ?? due;
    // It is sent when the stall is over, unless the next one is due by then.
    if (until >= due + interval) continue;
    const number = seq++;
    if (isLost(slot)) continue;
    const at = (until + delay(slot) + lag(slot)) * (1 + drift);
    beats.push({ slot, seq: number, late: until - due, at, lag: lag(slot) });
  }
  return {
    head: {
      trace: 1,
      transport: "test",
      interval,
      broker: null,
      processes: 2,
      runtime: { name: "node", version: "20.0.0" },
      machine: { system: "test", architecture: "test", cpu: "test", cores: 1, memory: 1, load: 0 },
      date: "2026-01-01T00:00:00.000Z",
    },
    beats,
  };
}
