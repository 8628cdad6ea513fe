/** What speaker and listener have in common. */

import { systemClock, type Clock } from "../../src/clock.ts";
import type { TransportContext, TransportHandlers } from "../../src/transport.ts";
import { hostNow } from "../group/report.ts";

/** The clock that both processes share. */
export const hostClock: Clock = { ...systemClock, now: hostNow };

/** A group of their own: nobody else's heartbeats are taken for the speaker's. */
export const GROUP = "tune";

/** Who opens the bus. The timeout only tells the transport when a silent connection is worth a look. */
export function contextOf(instanceId: string, interval: number): TransportContext {
  const heartbeatTimeout = Math.max(1_000, 50 * interval);
  return { group: GROUP, instanceId, incarnation: crypto.randomUUID(), heartbeatInterval: interval, heartbeatTimeout };
}

/** Handlers of one who wants to hear nothing. */
export const SILENCE: TransportHandlers = {
  message: () => undefined,
  link: () => undefined,
  unlinked: () => undefined,
  recorded: () => true,
  audience: () => undefined,
  asked: () => ({ instanceId: "tune", incarnation: "tune", uptime: "0s" }),
  dropped: () => undefined,
  misconfigured: () => undefined,
  error: () => undefined,
};
