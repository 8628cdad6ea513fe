/** Holding a mandate: how an instance comes into office, how it leaves, and in which order (S3, S5). */

import type { Reason, Role } from "../events.ts";
import { announcement, beat, firstRhythm, speaksFor } from "./heartbeat.ts";
import { askHealth } from "./health.ts";
import { ownOffice, ownWatch } from "./own.ts";
import { say } from "./speak.ts";
import type { Office, State } from "./state.ts";
import { backOff, forgetFailures, hasServed, holdBack, isFailing } from "./backoff.ts";
import { enterChecks } from "./check.ts";
import { handoverOpens, handoverResigns } from "./handover.ts";
import { emit, fail, journal, reason, type Turn } from "./turn.ts";
import { restartWatch } from "./watch.ts";

/** The only door to a role. */
function become(turn: Turn, newRole: Role, term: number, why: Reason): void {
  const oldRole = turn.state.role;
  if (oldRole === newRole) return;
  turn.state.role = newRole;
  emit(turn, "rolechange", { oldRole, newRole, term, reason: why });
}

/** The mandate is won: primary from now on. Heartbeats begin before, and whatever becomes of, a slow `onPromote`. */
export function enterOffice(
  turn: Turn,
  mandate: { id: number; term: number; deadline: number; held: boolean },
  why: Reason,
): void {
  const { state, now } = turn;
  const { id, term, deadline, held } = mandate;
  state.ambition = false;
  state.attempt = undefined;
  state.primary = undefined;
  state.rivals = new Map();
  state.odd = undefined;
  state.unbelieved = undefined;
  enterChecks(turn, term);
  state.knowsMandate = true;
  state.terms = { mandate: Math.max(state.terms.mandate, term), highest: Math.max(state.terms.highest, term) };
  state.office = {
    id,
    term,
    status: "ruling",
    deadline,
    held,
    announce: true,
    isolated: false,
    mute: undefined,
    servedAt: Infinity,
    leaving: undefined,
    successor: undefined,
    overdueAt: Infinity,
    overran: false,
  };
  state.rhythm = firstRhythm(now);
  become(turn, "primary", term, why);
  if (state.settings.publish === "primary") turn.effects.push({ type: "lead" });
  askHealth(turn);
  beat(turn);
  state.work = { stage: "promoting", since: now, term };
  turn.effects.push({ type: "promote", term, reason: why });
}

/** Leaves by will: the mandate is kept, and said to be kept, until the work has stopped. */
export function leaveOffice(turn: Turn, why: Reason, successor?: string): void {
  const { state, now } = turn;
  const { office, settings } = state;
  if (office?.status !== "ruling") return;
  const own = ownOffice(turn, office);
  own.status = "leaving";
  own.leaving = why;
  own.successor = successor;
  own.overdueAt = now + settings.demoteTimeout;
  become(turn, "secondary", office.term, why);
  turn.effects.push({ type: "abort", reason: why });
  // Whatever tells the others of the end, they should know by then why it came.
  if (isFailing(own)) beat(turn);
  stopWork(turn);
}

/**
 * The mandate is not to be trusted any more: fenced at once, whatever the work does. An outside election is told when the
 * work has stopped, unless it was the election that said so.
 */
export function loseOffice(turn: Turn, why: Reason): void {
  const { state, now } = turn;
  const { office, settings } = state;
  if (!speaksFor(office)) return;
  const wasRuling = office.status === "ruling";
  const own = ownOffice(turn, office);
  own.status = "fenced";
  own.held = office.held && why.code !== "lost";
  own.announce = false;
  own.leaving ??= why;
  if (wasRuling) own.overdueAt = now + settings.demoteTimeout;
  if (why.code === "lapsed") isolate(turn);
  if (wasRuling) {
    become(turn, "secondary", office.term, why);
    turn.effects.push({ type: "abort", reason: why });
    stopWork(turn);
  } else {
    journal(turn, why);
    if (state.work.stage === "idle") conclude(turn);
  }
}

/** Says once in an office that the bus may not hear this primary any more. */
export function isolate(turn: Turn): void {
  const { office } = turn.state;
  if (office === undefined || office.isolated || office.deadline === Infinity) return;
  ownOffice(turn, office).isolated = true;
  const message = "This primary cannot prove that the bus still hears it.";
  emit(turn, "isolated", { term: office.term, reason: reason(turn.state.link.up ? "lapsed" : "link-down", message) });
}

/** `onPromote` runs: its signal is aborted and its end awaited. It has returned: `onDemote` begins. */
function stopWork(turn: Turn): void {
  const { work, office } = turn.state;
  if (work.stage !== "serving" || office?.leaving === undefined) return;
  turn.state.work = { stage: "demoting", since: turn.now, term: work.term };
  turn.effects.push({ type: "demote", term: work.term, reason: office.leaving });
}

/** `onPromote` has returned or thrown. */
export function promoteSettled(turn: Turn, error: Error | undefined): void {
  const { state } = turn;
  const { office, work } = state;
  if (work.stage !== "promoting" || office === undefined) return;
  state.work = { stage: "serving", since: work.since, term: work.term };
  if (error !== undefined) fail(turn, "promote-failed", error);
  if (office.status !== "ruling") stopWork(turn);
  else if (error !== undefined) leaveOffice(turn, reason("promote-failed", `onPromote failed: ${error.message}`));
  else {
    ownOffice(turn, office).servedAt = turn.now;
    say(turn, { kind: "promoted", term: office.term, ...announcement(state) });
  }
}

/** The work is over before its time, so somebody else may have more luck with it. */
export function workEnded(turn: Turn, error: Error | undefined): void {
  if (turn.state.office?.status !== "ruling") return;
  const message = error === undefined ? "The work has ended by itself." : `The work failed: ${error.message}`;
  if (error !== undefined) fail(turn, "work-ended", error);
  leaveOffice(turn, reason("work-ended", message));
}

/** `onDemote` has returned or thrown: the work has stopped as well as it ever will. */
export function demoteSettled(turn: Turn, error: Error | undefined): void {
  const { state } = turn;
  if (state.work.stage !== "demoting") return;
  if (error !== undefined) fail(turn, "demote-failed", error);
  state.work = { stage: "idle", since: state.work.since, term: state.work.term };
  conclude(turn);
}

/** The work has stopped: give up what is held, tell the others, be a secondary. */
function conclude(turn: Turn): void {
  const { office } = turn.state;
  if (office === undefined) return;
  if (office.held) {
    const own = ownOffice(turn, office);
    own.status = "resigning";
    own.overdueAt = turn.now + turn.state.settings.demoteTimeout;
    handoverResigns(turn);
    turn.effects.push({ type: "resign", id: office.id, successor: office.successor });
  } else sayGoodbye(turn, office);
}

/** The election has been told. */
export function resigned(turn: Turn, id: number): void {
  const { office } = turn.state;
  if (office?.id === id && office.status === "resigning") sayGoodbye(turn, office);
}

/** Under claims this is the resignation itself; elsewhere it saves the others the wait for the election's news. */
function sayGoodbye(turn: Turn, office: Office): void {
  const { state, now } = turn;
  const { settings, link } = state;
  const receipt = { for: "farewell", office: office.id, connection: link.connection } as const;
  const message = {
    kind: "shutdown",
    term: office.term,
    ...(office.leaving === undefined ? {} : { reason: office.leaving.message }),
    ...(isFailing(office) ? { failed: true } : {}),
    ...(office.successor === undefined ? {} : { successor: office.successor }),
  } as const;
  if (office.announce && say(turn, message, receipt)) {
    const own = ownOffice(turn, office);
    own.status = "farewell";
    own.overdueAt = now + settings.interval;
  } else dissolve(turn, office);
}

/** The goodbye is out, or never will be. */
export function farewellSent(turn: Turn, id: number): void {
  const { office } = turn.state;
  if (office?.id === id && office.status === "farewell") dissolve(turn, office);
}

/** The office is over. */
function dissolve(turn: Turn, office: Office): void {
  const { state } = turn;
  const { settings } = state;
  state.office = undefined;
  state.standbys = undefined;
  if (settings.publish === "primary") turn.effects.push({ type: "follow" });
  if (state.life === "leaving") {
    state.life = "ended";
    turn.effects.push({ type: "ended", error: undefined });
    return;
  }
  restartWatch(turn);
  handoverOpens(turn);
  // What the others take for evidence when they hear the goodbye is evidence here too.
  if (office.announce && state.primary === undefined)
    ownWatch(turn).evidence = { kind: "shutdown", successor: office.successor, told: false };
  const { code } = office.leaving ?? {};
  const served = hasServed(turn, office.servedAt, isFailing(office));
  if (served) forgetFailures(turn);
  if (code === "stepdown" || code === "work-ended" || code === "unpublished") holdBack(turn);
  if (!served || code !== "stepdown") backOff(turn);
}

/** Callbacks that take too long, goodbyes that do not leave, mandates past their deadline. */
export function officeTick(turn: Turn): void {
  const { state, now } = turn;
  const { office, work, settings } = state;
  if (office === undefined) return;
  if (speaksFor(office) && office.deadline <= now)
    loseOffice(turn, reason("lapsed", "The mandate was not proven again before its deadline."));
  else if (office.status === "ruling" && work.stage === "promoting" && now >= work.since + settings.promoteTimeout) {
    const message = `onPromote did not return within promoteTimeout (${settings.promoteTimeout} ms).`;
    const advice = "It has to start the work and return; work that it awaits belongs into the option work.";
    fail(turn, "promote-timeout", new Error(`${message} ${advice}`));
    leaveOffice(turn, reason("promote-timeout", message));
  } else if (office.overdueAt <= now) overdue(turn, office);
}

function overdue(turn: Turn, office: Office): void {
  const { state } = turn;
  if (office.status === "farewell" || office.status === "resigning") {
    fail(
      turn,
      "failed",
      new Error(
        office.status === "farewell"
          ? `Could not say goodbye for term ${office.term} in time; the others find out by themselves.`
          : `The election did not confirm in time that term ${office.term} was given up; the mandate ends by itself.`,
      ),
    );
    dissolve(turn, office);
    return;
  }
  const error = overrunError(state);
  const release = state.settings.releaseOnOverrun && office.held;
  const own = ownOffice(turn, office);
  own.status = "fenced";
  own.announce = false;
  own.held = office.held && !release;
  own.overran = true;
  own.overdueAt = Infinity;
  fail(turn, "demote-timeout", error);
  if (release) turn.effects.push({ type: "resign", id: office.id, successor: undefined });
  else if (office.held) turn.effects.push({ type: "abandon", id: office.id });
  if (state.life === "leaving") turn.effects.push({ type: "ended", error });
}

/** Why `shutdown()` rejects when the work does not stop. */
export function overrunError({ work, settings }: Pick<State, "work" | "settings">): Error {
  const callback = work.stage === "promoting" ? "onPromote" : "onDemote";
  const message = `${callback} did not settle within demoteTimeout (${settings.demoteTimeout} ms); the work may still be running.`;
  return new Error(message);
}

/** When this file has to look again. */
export function officeDueAt(state: State): number {
  const { office, work, settings } = state;
  if (office === undefined) return Infinity;
  const mandate = speaksFor(office) ? office.deadline : Infinity;
  const promoting =
    office.status === "ruling" && work.stage === "promoting" ? work.since + settings.promoteTimeout : Infinity;
  return Math.min(mandate, promoting, office.overdueAt);
}
