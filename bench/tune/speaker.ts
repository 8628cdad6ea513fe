/** The one who is heard: heartbeats on a fixed grid, as a primary sends them, with nothing of a primary about it. */

import type { Clock, Timer } from "../../src/clock.ts";
import { encodeEnvelope } from "../../src/envelope.ts";
import { asError } from "../../src/errors.ts";
import type { Transport } from "../../src/transport.ts";
import { contextOf, SILENCE } from "./probe.ts";

/** How long the publishing side is tried for, and how often, in milliseconds: a socket of a predecessor may still be closing. */
const LEAD_PATIENCE = 5_000;
const LEAD_RETRY = 20;

/**
 * Sends a heartbeat every `interval`. As in the watcher, the grid never shifts: after a stall slots are missing.
 * @param failed is told what the transport could not do, and goes on from
 * @returns what ends it
 */
export async function speak(
  transport: Transport,
  interval: number,
  clock: Clock,
  failed: (error: Error) => void,
): Promise<() => void> {
  const context = contextOf("speaker", interval);
  await transport.open(context, { ...SILENCE, error: failed });
  await lead(transport, clock);
  const { group, instanceId, incarnation } = context;
  const timings = { interval, timeout: context.heartbeatTimeout, priority: 0 };
  const startedAt = clock.now();
  let seq = 0;
  let timer: Timer | undefined;
  const beat = (due: number): void => {
    const now = clock.now() - startedAt;
    const slot = Math.max(due, Math.floor(now / interval));
    const message = {
      kind: "heartbeat",
      instanceId,
      incarnation,
      seq: seq++,
      term: 1,
      slot,
      lateness: now - slot * interval,
    } as const;
    const about = { group, uptime: now, startedAt: 0, sentAt: clock.wall() };
    // One that could not be sent was lost; its number tells.
    transport.send(encodeEnvelope({ ...message, ...timings }, about)).catch(() => undefined);
    arm(slot + 1);
  };
  /** A timer may be early by a millisecond: it is set again then. */
  const arm = (slot: number): void => {
    const wait = slot * interval - (clock.now() - startedAt);
    if (wait <= 0) beat(slot);
    else timer = clock.setTimer(() => arm(slot), wait);
  };
  beat(0);
  return () => timer?.cancel();
}

async function lead(transport: Transport, clock: Clock): Promise<void> {
  const until = clock.now() + LEAD_PATIENCE;
  for (;;) {
    try {
      await transport.lead?.();
      return;
    } catch (thrown) {
      if (clock.now() > until) throw asError(thrown);
      await new Promise<void>((resolve) => void clock.setTimer(resolve, LEAD_RETRY));
    }
  }
}
