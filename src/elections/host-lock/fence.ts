/** The fence for a holder that hangs: its process is killed, if it is beyond doubt the right one. */

import process from "node:process";
import * as v from "valibot";
import type { Fence, Holder } from "../../election.ts";
import { asError } from "../../errors.ts";
import { doubtAbout } from "./identity.ts";
import { readRecord, type HolderRecord } from "./record.ts";

/** How a {@linkcode sameHostFence} tells what it did. */
export interface SameHostFenceOptions {
  /** Called with a sentence for every kill, and for every kill that it refused. Default: nobody is told. */
  readonly report?: (message: string) => void;
}

const Details = v.object({
  file: v.string(),
  bootId: v.string(),
  pidNamespace: v.string(),
  startTicks: v.string(),
});

/**
 * A ready-made `fence` for instances under a host lock: kills the process of a primary that holds the lock and hangs
 * (SIGKILL), so that the kernel frees its port. Whether that is free then, only the next bind says.
 *
 * Just before the kill, the lock's file must still name that incarnation and process id, and boot id, pid namespace and
 * start time must be those of the living process. Otherwise it does nothing, reports why, and resolves false; so it does
 * on every system but Linux, which alone has these.
 */
export function sameHostFence({ report = () => undefined }: SameHostFenceOptions = {}): Fence {
  return (holder) => {
    const whom = `${holder.instanceId} (pid ${holder.pid ?? "unknown"})`;
    const objection = killUnlessInDoubt(holder);
    report(
      objection === undefined ? `Killed ${whom}, which held the lock and hung` : `Did not kill ${whom}: ${objection}`,
    );
    return Promise.resolve(objection === undefined);
  };
}

/** Why the holder was not killed; undefined where it was. */
function killUnlessInDoubt({ pid, incarnation, details }: Holder): string | undefined {
  const known = v.safeParse(Details, details);
  if (pid === undefined || !known.success) return "no host lock has said which process of this host it is";
  if (pid === process.pid) return "it runs in this very process";
  const { file, bootId, pidNamespace, startTicks } = known.output;
  const record = tryRead(file);
  if (typeof record === "string") return record;
  if (record.incarnation !== incarnation || record.pid !== pid)
    return `${file} names another holder by now, ${record.instance_id} (pid ${record.pid})`;
  if (record.resigned === true) return `${file} says that it has resigned`;
  if (record.boot_id !== bootId || record.pid_namespace !== pidNamespace || record.start_ticks !== startTicks)
    return `${file} describes another process than the one that held the lock`;
  return doubtAbout(record) ?? kill(record.pid);
}

function tryRead(file: string): HolderRecord | string {
  try {
    return readRecord(file) ?? `${file}, which would name the holder, is not there`;
  } catch (error) {
    return asError(error).message;
  }
}

function kill(pid: number): string | undefined {
  try {
    process.kill(pid, "SIGKILL");
    return undefined;
  } catch (error) {
    return `the system refused (${asError(error).message})`;
  }
}
