/** An instance as its host lock knows it. */

import process from "node:process";
import type { ElectionContext } from "../../election.ts";
import { makeFoothold, type Foothold } from "./foothold.ts";
import { makeHeir, type Heir } from "./heir.ts";
import { identify } from "./identity.ts";
import { foresee } from "./next-record.ts";
import type { Place } from "./place.ts";
import type { HolderRecord } from "./record.ts";
import type { Sighting } from "./elsewhere.ts";
import type { Refused } from "./refusal.ts";
import { makeStateFolder, stateObject } from "./state.ts";
import { watchPlace, type Watch } from "./watch.ts";

/** Who campaigns, where, and what it sees of the others. */
export interface Candidate {
  readonly place: Place;
  readonly context: ElectionContext;
  readonly watch: Watch;
  /** What it says of itself as holder; the term is not given yet. */
  readonly record: HolderRecord;
  readonly foothold: Foothold;
  readonly heir: Heir;
  /** The holder that may live where it cannot be looked for. */
  readonly sighting: Sighting;
  /** What was in the way of a lock that was not taken. */
  readonly refused: Refused;
  /** Takes note of work that goes on by itself, never rejects, and has to end before the election is closed. */
  background(work: Promise<void>): void;
}

export function makeCandidate(place: Place, context: ElectionContext, background: Candidate["background"]): Candidate {
  if (context.candidate) makeStateFolder(place.file);
  const record = describeSelf(context, place);
  const foothold = makeFoothold(place, record, context);
  const { file } = place;
  const { incarnation, clock } = context;
  const heir = makeHeir({ file, incarnation, clock, foresee: () => foresee(candidate), background });
  const watch = watchPlace(place, context, {
    // An observer takes nothing.
    probe: context.candidate ? (told) => background(foothold.probe(told)) : undefined,
    // What it would write is not known of a holder that is only writing its term down.
    greeted: context.candidate ? () => heir.prepare() : undefined,
  });
  const candidate = {
    ...{ place, context, watch, record, foothold, heir, background },
    sighting: { at: 0 },
    refused: { term: 0 },
  };
  return candidate;
}

function describeSelf(
  { group, instanceId, incarnation, ports, clock }: ElectionContext,
  { port, folder, file }: Place,
): HolderRecord {
  return {
    term: null,
    group,
    instance_id: instanceId,
    incarnation,
    pid: process.pid,
    pub_port: ports?.pub,
    rpc_port: ports?.rpc,
    started_at: new Date(clock.wall() - process.uptime() * 1000).toISOString(),
    ...identify("self"),
    lock_port: port,
    folder: folder?.object,
    link: folder?.link,
    state: stateObject(file),
  };
}
