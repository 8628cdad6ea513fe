import { type Heartbeats, requireHeartbeats } from "../heartbeats.ts";
import { requirePositive } from "../numeric/require.ts";

/** The simple detector and what it hears: silence of `timeout` since the last heartbeat is taken for death. */
export interface SimpleSetting extends Heartbeats {
  /** Milliseconds. */
  readonly timeout: number;
}

/** @throws RangeError where interval, timeout or loss is nonsense. */
export function requireSimple(setting: SimpleSetting): void {
  requireHeartbeats(setting);
  requirePositive("timeout", setting.timeout);
}
