/** Whether whoever greets on the port holds our lock. */

import { dirname } from "node:path";
import type { Line } from "./lines.ts";
import { mayBeSame } from "./folder.ts";
import type { Place } from "./place.ts";
import { whichService } from "./service.ts";
import { stateObject } from "./state.ts";

/** A holder that says who it is. */
type Greeting = Pick<Extract<Line, { type: "greeting" }>, "path" | "holder">;

/** What keeps it from being the holder of our lock, in words that complete a sentence about it, and what to do. */
export interface Strangeness {
  readonly why: string;
  readonly advice?: string;
}

export function strangenessOf(place: Place, { path: identity, holder }: Greeting): Strangeness | undefined {
  const { group, instance_id: name, pid } = holder;
  if (identity !== place.identity || group !== place.group)
    return { why: `holds the lock of group "${group}" ${whichService(identity)} (${name}, pid ${pid})` };
  if (place.folder === undefined || mayBeSame(place.folder, holder)) return undefined;
  return {
    why: `holds it for another folder of that path (${name}, pid ${pid}; device and inode ${holder.folder}, here ${place.folder.object}), because its mounts are others or the folder was replaced`,
    advice: 'name the service as "service": different services differently, all instances of one alike',
  };
}

/** What to say where a holder of our lock keeps its last term elsewhere than we do: then both may give the same term. */
export function differenceOf({ file, group, identity }: Place, holder: Greeting["holder"]): string | undefined {
  const { instance_id: name, pid, state } = holder;
  const own = stateObject(file);
  if (own === undefined || state === undefined || state === own) return undefined;
  return `${name} (pid ${pid}), which holds the lock of group "${group}" ${whichService(identity)}, keeps the last term in another folder than ${dirname(file)}: a term can be given twice; give all instances the same "stateDir", or the same STATE_DIRECTORY`;
}
