/**
 * Keeps the states of a run alike for the engine. V8 gives every place that spreads an object a hidden class of its own, and
 * what is spread again and again ends as something that it can only read and copy by its slow path. Written out field by field
 * after the step that changed it, each part of a state has one hidden class, wherever it was made.
 */

import type { Health, Link, Office, Rhythm, State, Terms, Watch, Work } from "../../src/core/state.ts";

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Rewrites the parts of `after` that are not of `before`. Their values stay the same. */
export function keepShape(before: State, after: State): State {
  const own: Writable<State> = after;
  if (after.link !== before.link) own.link = linkOf(after.link);
  if (after.terms !== before.terms) own.terms = termsOf(after.terms);
  if (after.watch !== before.watch) own.watch = watchOf(after.watch);
  if (after.office !== before.office && after.office !== undefined) own.office = officeOf(after.office);
  if (after.rhythm !== before.rhythm) own.rhythm = rhythmOf(after.rhythm);
  if (after.work !== before.work) own.work = workOf(after.work);
  if (after.health !== before.health) own.health = healthOf(after.health);
  return own;
}

function linkOf({ up, connection, quietUntil, asked }: Link): Link {
  return { up, connection, quietUntil, asked };
}

function termsOf({ mandate, highest }: Terms): Terms {
  return { mandate, highest };
}

function watchOf(watch: Watch): Watch {
  const { detector, since, silenceAt, asked, quietUntil, othersUntil, excused, evidence } = watch;
  return { detector, since, silenceAt, asked, quietUntil, othersUntil, excused, evidence };
}

function officeOf(office: Office): Office {
  const { id, term, status, deadline, held, announce, isolated, leaving, successor, overdueAt, overran } = office;
  return { id, term, status, deadline, held, announce, isolated, leaving, successor, overdueAt, overran };
}

function rhythmOf({ gridStart, slot, sentAt, answerAt, questions }: Rhythm): Rhythm {
  return { gridStart, slot, sentAt, answerAt, questions };
}

function workOf({ stage, since, term }: Work): Work {
  return { stage, since, term };
}

function healthOf({ ok, asking, dueAt }: Health): Health {
  return { ok, asking, dueAt };
}
