/** Primary by assertion: no campaign decides, only whether this instance can work and hears nobody else. */

import { heldUntil } from "./backoff.ts";
import { isHealthy } from "./health.ts";
import { enterOffice } from "./office.ts";
import type { State } from "./state.ts";
import { nextId, reason, type Turn } from "./turn.ts";

/** When it is primary next: not while somebody else lives as primary. */
export function assertionDueAt(state: State): number {
  const { settings, office, link, watch } = state;
  if (settings.election !== "asserted" || office !== undefined || !link.up || !isHealthy(state)) return Infinity;
  return Math.max(heldUntil(state), watch.quietUntil, watch.othersUntil);
}

/** At the start, and again after a promotion that failed, a sick spell, or another primary that has fallen silent. */
export function assertPrimacy(turn: Turn): void {
  const { state, now } = turn;
  if (assertionDueAt(state) > now) return;
  const { terms, settings } = state;
  const id = nextId(turn);
  const term = state.knowsMandate ? terms.highest + 1 : settings.initialTerm;
  const why = reason("asserted", "Primary because its owner says so.");
  enterOffice(turn, { id, term, deadline: Infinity, held: false }, why);
}
