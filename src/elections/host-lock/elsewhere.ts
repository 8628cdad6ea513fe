/**
 * A holder that lives and does not hold our port: in another network namespace, or with another port. The kernel does not exclude
 * it, so the file has to: whoever finds such a holder in it does not become primary.
 */

import { statSync } from "node:fs";
import { doubtAbout } from "./identity.ts";
import { describePlace, type Place } from "./place.ts";
import type { HolderRecord } from "./record.ts";
import type { Objection } from "./refusal.ts";

/** What is known of a holder in another pid namespace. A living one touches its file; a change is seen by comparing. */
export interface Sighting {
  incarnation?: string;
  /** When its file was last changed, by the file system. */
  changed?: number;
  /** Since when it has been seen unchanged, on the clock. */
  at: number;
}

/** A living holder touches its file every five seconds at least. Three times as long, and it is not alive. */
const SILENCE = 15_000;

/** How a holder that was recorded holds its lock, as compared with us. */
type Whereabouts = Pick<HolderRecord, "boot_id" | "net_namespace" | "lock_port">;

/** Whether its port is another than ours, although it bears the same number or the same name. */
export function isElsewhere(found: Whereabouts, own: Whereabouts): boolean {
  // An earlier start of the machine. Or a system without boot ids, where nothing can be told.
  if (!found.boot_id || found.boot_id !== own.boot_id) return false;
  return differs(found.net_namespace, own.net_namespace) || differs(found.lock_port, own.lock_port);
}

function differs<T>(found: T | undefined, own: T | undefined): boolean {
  return Boolean(found) && Boolean(own) && found !== own;
}

/**
 * What stands in the way of taking a lock, although its port is ours.
 * @param found what the file said just now
 * @param patience for how long nobody who lives is silent
 */
export function livesElsewhere(
  found: HolderRecord | undefined,
  own: HolderRecord,
  sighting: Sighting,
  { place, now, patience }: { readonly place: Place; readonly now: number; readonly patience: number },
): Objection | undefined {
  if (found === undefined || found.resigned === true || found.incarnation === own.incarnation) return undefined;
  if (!isElsewhere(found, own)) return undefined;
  const { instance_id: name, pid, term, net_namespace: network, lock_port: port } = found;
  const where = differs(network, own.net_namespace)
    ? `in another network namespace (${network}, here ${own.net_namespace})`
    : `on another port (${port}, here ${own.lock_port})`;
  const objection = (doubt: string): Objection => ({
    message: `Cannot take ${describePlace(place)} because ${place.file} names ${name} (pid ${pid}, term ${term}), which holds it ${where}${doubt}; ${ADVICE}.`,
    term: term ?? 0,
  });
  if (found.pid_namespace === own.pid_namespace)
    return doubtAbout({ ...found, pid }) === undefined ? objection(" and lives") : undefined;
  const changed = statSync(place.file).mtimeMs;
  if (sighting.incarnation !== found.incarnation || sighting.changed !== changed)
    Object.assign(sighting, { incarnation: found.incarnation, changed, at: now });
  const enough = Math.max(SILENCE, patience);
  const doubt = `, in another pid namespace: it counts as alive until it has not touched its file for ${enough / 1000} s`;
  return now - sighting.at < enough ? objection(doubt) : undefined;
}

/** What to do about it. */
const ADVICE =
  'a host lock reaches no further than one network namespace and one port: let all instances share them, or choose another election; name different services differently, as "service"';
