/** The one who hears: writes down when each heartbeat came, and how late it was itself just then. */

import type { Clock } from "../../src/clock.ts";
import { decodeEnvelope } from "../../src/envelope.ts";
import type { Transport } from "../../src/transport.ts";
import { contextOf, GROUP, SILENCE } from "./probe.ts";
import type { Beat } from "./trace.ts";

/** What had come before a stop is read within so many milliseconds after it, on every runtime. */
const AFTERMATH = 20;

/** Hears a speaker's heartbeats from now on. @returns what ends it */
export async function listen(
  transport: Transport,
  interval: number,
  clock: Clock,
  heard: (beat: Beat) => void,
  failed: (error: Error) => void,
): Promise<() => void> {
  const lag = watchLoop(interval / 2, clock);
  let incarnation: string | undefined;
  let highest = -1;
  await transport.open(contextOf("listener", interval), {
    ...SILENCE,
    error: failed,
    message(message) {
      const at = clock.now();
      const decoded = decodeEnvelope(message, GROUP);
      if (!("message" in decoded) || decoded.message.kind !== "heartbeat") return;
      const { seq, slot, lateness, ...sender } = decoded.message;
      incarnation ??= sender.incarnation;
      if (seq === undefined || slot === undefined || sender.incarnation !== incarnation || seq <= highest) return;
      highest = seq;
      heard({ slot, seq, late: lateness ?? 0, at, lag: lag.read() });
    },
  });
  return lag.end;
}

/** Ticks, and says how late the event loop is, or was a moment ago. */
function watchLoop(period: number, clock: Clock): { read(): number; end(): void } {
  let due = clock.now() + period;
  let [late, noticedAt] = [0, -Infinity];
  const tick = (): void => {
    const now = clock.now();
    [late, noticedAt] = [now - due, now];
    due = now + period;
    timer = clock.setTimer(tick, period);
  };
  let timer = clock.setTimer(tick, period);
  return {
    read: () => {
      const now = clock.now();
      return Math.max(0, now - due, now - noticedAt <= AFTERMATH ? late : 0);
    },
    end: () => timer.cancel(),
  };
}
