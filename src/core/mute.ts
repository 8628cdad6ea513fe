/**
 * A primary whose heartbeats do not leave. Where mandates have to be proven on the bus it would lapse; under a lock or a lease it is as
 * much primary as before, but nobody hears it. It says so and goes on trying. What would keep everybody else from publishing as well, such
 * as a port that a stranger has, is no reason to leave. Anything else is: the fault may be this instance's alone. It does so once, and
 * where nobody who can publish takes over, it stays the next time.
 */

import type { SendFault } from "./input.ts";
import type { ReceiptFor } from "./effect.ts";
import { leaveOffice } from "./office.ts";
import { ownOffice } from "./own.ts";
import type { Mute, Office, State } from "./state.ts";
import { emit, journal, reason, type Turn } from "./turn.ts";

const UNKNOWN: SendFault = { message: "The bus did not take it.", everybodys: false };

/** What became of a heartbeat. */
export function heartbeatSent(
  turn: Turn,
  receipt: ReceiptFor<"heartbeat">,
  ok: boolean,
  fault: SendFault = UNKNOWN,
): void {
  const { state } = turn;
  const { office, link, settings } = state;
  if (settings.election === "claims" || office?.id !== receipt.office || office.status !== "ruling") return;
  if (!link.up || receipt.connection !== link.connection) return;
  if (ok) left(turn, office);
  else failed(turn, office, fault);
}

function left(turn: Turn, office: Office): void {
  turn.state.gaveWay = false;
  if (office.mute === undefined) return;
  ownOffice(turn, office).mute = undefined;
  if (office.mute.told) journal(turn, reason("unpublished", "The heartbeats of this primary leave again."));
}

/** One that fails is no news: whoever had the port may be about to leave it. */
function failed(turn: Turn, office: Office, fault: SendFault): void {
  const { state, now } = turn;
  const { connection } = state.link;
  const known = office.mute?.connection === connection ? office.mute : undefined;
  const since = known?.since ?? now;
  const told = known?.told === true || now - since >= state.settings.interval;
  const ownSince = fault.everybodys ? Infinity : Math.min(known?.ownSince ?? now, now);
  const mute: Mute = { since, connection, why: fault.message, ownSince, told };
  ownOffice(turn, office).mute = mute;
  if (!told || known?.told === true) return;
  const message = `No heartbeat of this primary leaves. ${fault.message} ${prospect(state, mute)}`;
  emit(turn, "isolated", { term: office.term, reason: reason("unpublished", message) });
}

function prospect(state: State, mute: Mute): string {
  if (mute.ownSince === Infinity) return "Nobody else could publish there, so it stays primary, and tries again.";
  return couldAnother(state)
    ? `Another may be able to: it hands over if that lasts for ${state.settings.timeout} ms.`
    : "Nobody else stands by, so it stays primary, and tries again.";
}

/** Whether somebody else might take over, and do better. Where the election does not tell who stands by, whoever was heard may. */
function couldAnother({ standbys, latest, gaveWay, settings }: State): boolean {
  const isThere = standbys === undefined ? latest !== undefined : standbys > 0;
  return settings.election === "campaign" && isThere && !gaveWay;
}

/** When it hands over. */
export function muteDueAt(state: State): number {
  const { office, settings } = state;
  if (office?.status !== "ruling" || office.mute?.told !== true) return Infinity;
  return couldAnother(state) ? office.mute.ownSince + settings.timeout : Infinity;
}

export function muteTick(turn: Turn): void {
  const { state, now } = turn;
  if (muteDueAt(state) > now) return;
  const { mute } = state.office ?? {};
  state.gaveWay = true;
  leaveOffice(
    turn,
    reason("unpublished", `No heartbeat left for ${Math.round(now - (mute?.since ?? now))} ms. ${mute?.why ?? ""}`),
  );
}
