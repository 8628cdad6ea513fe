/**
 * A turn's own copies of the parts of its state, to be assigned to field by field: what older states hold stays as it is.
 *
 * Written out, because V8 gives the copies of every place that spreads a part a hidden class of their own. There are many such
 * places; what all of them have made is read, and copied once more, by its slow path: steps take a quarter longer then.
 */

import type { Link, Office, Primary, Rhythm, Watch } from "./state.ts";
import type { Turn, Writable } from "./turn.ts";

export function ownLink({ state }: Turn): Writable<Link> {
  const { up, connection, quietUntil, asked } = state.link;
  const own = { up, connection, quietUntil, asked };
  state.link = own;
  return own;
}

export function ownWatch({ state }: Turn): Writable<Watch> {
  const { detector, since, silenceAt, questions, quietUntil, othersUntil, excused, evidence } = state.watch;
  const own = { detector, since, silenceAt, questions, quietUntil, othersUntil, excused, evidence };
  state.watch = own;
  return own;
}

/** @param office the one that is held */
export function ownOffice({ state }: Turn, office: Office): Writable<Office> {
  const { id, term, status, deadline, held, announce, isolated, mute, servedAt } = office;
  const { leaving, successor, overdueAt, overran } = office;
  const own = {
    id,
    term,
    status,
    deadline,
    held,
    announce,
    isolated,
    mute,
    servedAt,
    leaving,
    successor,
    overdueAt,
    overran,
  };
  state.office = own;
  return own;
}

/** @param primary the one that is known */
export function ownPrimary({ state }: Turn, primary: Primary): Writable<Primary> {
  const { instanceId, incarnation, term, interval, timeout, leaving, servedAt, failing, failed } = primary;
  const { metadata, gap, heardAt, awaitedSince, unheard, from } = primary;
  const own = {
    instanceId,
    incarnation,
    term,
    interval,
    timeout,
    leaving,
    servedAt,
    failing,
    failed,
    metadata,
    gap,
    heardAt,
    awaitedSince,
    unheard,
    from,
  };
  state.primary = own;
  return own;
}

export function ownRhythm({ state }: Turn): Writable<Rhythm> {
  const { gridStart, slot, sentAt, answerAt, questions } = state.rhythm;
  const own = { gridStart, slot, sentAt, answerAt, questions };
  state.rhythm = own;
  return own;
}
