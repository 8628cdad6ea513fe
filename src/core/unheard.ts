/**
 * A primary that lives, as a witness outside the bus says, but is not heard on the bus: somebody else has its port, its messages are
 * lost, or do not leave. It keeps its mandate, and whoever watches it says what is wrong.
 */

import { ownPrimary } from "./own.ts";
import { isAftermath } from "./stall.ts";
import { primaryPatience } from "./timing.ts";
import { emit, journal, reason, type Turn } from "./turn.ts";

/** The primary has given a sign of life; `onBus`: a heartbeat. Tells once that only others than heartbeats arrive, and when they do. */
export function noteHearing(turn: Turn, onBus: boolean): void {
  const { state, now } = turn;
  const { primary } = state;
  if (primary === undefined || primary.unheard === !onBus) return;
  const { instanceId, term, awaitedSince } = primary;
  if (onBus) {
    ownPrimary(turn, primary).unheard = false;
    journal(turn, reason("unheard", `The heartbeats of ${instanceId} arrive again.`));
    return;
  }
  // What has arrived may lie unread.
  if (now - awaitedSince < primaryPatience(state) || isAftermath(state, now)) return;
  ownPrimary(turn, primary).unheard = true;
  const message = `${instanceId} lives and holds its mandate, for it answers when it is asked; but for ${Math.round(now - awaitedSince)} ms none of its heartbeats has arrived here. It stays primary; see what it says of itself, and what listens where it publishes.`;
  emit(turn, "primary-unheard", { instanceId, term, reason: reason("unheard", message) });
}

/** In a new connection its heartbeats are awaited anew. */
export function awaitAnew(turn: Turn): void {
  const { primary } = turn.state;
  if (primary !== undefined) ownPrimary(turn, primary).awaitedSince = turn.now;
}
