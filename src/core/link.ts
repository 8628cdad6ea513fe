/** The own connection to the bus comes and goes, and that of others is seen to go. */

import { answer, suspendDeadline } from "./heartbeat.ts";
import { isolate } from "./office.ts";
import { ownLink, ownWatch } from "./own.ts";
import { primaryPatience } from "./timing.ts";
import { emit, reason, type Turn } from "./turn.ts";
import { awaitAnew } from "./unheard.ts";
import { accuse, restartWatch } from "./watch.ts";

/** S7: evidence dies with the link; when it returns, nobody wins for a whole timeout. A late "down" of an old connection is void. */
export function link(turn: Turn, up: boolean, connection: number, barrier: boolean = turn.state.barrier): void {
  const { state, now } = turn;
  if (
    state.life === "new" ||
    connection < state.link.connection ||
    (state.link.up === up && connection === state.link.connection)
  )
    return;
  // A new connection may come up before the old one's end is told: what hung on the old one is void either way.
  if (state.attempt?.kind === "campaign") turn.effects.push({ type: "cancel", id: state.attempt.id });
  state.attempt = undefined;
  state.suspect = undefined;
  if (up) {
    state.barrier = barrier;
    state.link = { up, connection, quietUntil: now + primaryPatience(state), asked: Infinity };
    // The primary last heard may have lived on unheard, and that binds whoever asserts itself, too.
    if (state.primary !== undefined) ownWatch(turn).quietUntil = state.link.quietUntil;
    awaitAnew(turn);
    restartWatch(turn);
    answer(turn);
  } else {
    const own = ownLink(turn);
    own.up = up;
    own.connection = connection;
    ownWatch(turn).evidence = undefined;
    isolate(turn);
    suspendDeadline(turn);
  }
  const message = up ? "The link to the bus is up." : "The link to the bus is down.";
  emit(turn, "link", { up, reason: reason(up ? "link-up" : "link-down", message) });
}

export function unlinked(turn: Turn, from: string | undefined, incarnation: string | undefined): void {
  const { primary } = turn.state;
  if (primary === undefined) return;
  const named = from !== undefined || incarnation !== undefined;
  const meant =
    (from !== undefined && from === primary.from) || (incarnation !== undefined && incarnation === primary.incarnation);
  if (meant || !named) accuse(turn, "unlinked");
}
