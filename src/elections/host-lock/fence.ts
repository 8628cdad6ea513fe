/** The fence for a holder that hangs: its process is killed, if it is beyond doubt the right one. */

import process from "node:process";
import * as v from "valibot";
import type { Fence, Holder } from "../../election.ts";
import { systemClock } from "../../clock.ts";
import { asError } from "../../errors.ts";
import { checkShape } from "../../shape.ts";
import { doubtAbout } from "./identity.ts";
import { askForSign, type Sign } from "./question.ts";
import { readRecord, type HolderRecord } from "./record.ts";

/** How a {@linkcode sameHostFence} tells what it did. */
export interface SameHostFenceOptions {
  /** Called with a sentence for every kill, and for every kill that it refused. Default: nobody is told. */
  readonly report?: (message: string) => void;
  /**
   * How long the holder has to greet over a fresh connection, in milliseconds, before it is killed. It was asked several times before;
   * this is its last chance. Default: a quarter of the heartbeat timeout, from 100 to 500.
   */
  readonly patience?: number;
}

const RANGE = "0 to 2147483647 ms";

const Options = v.strictObject(
  {
    report: v.optional(v.function("a function")),
    patience: v.optional(
      v.pipe(v.number("a number of milliseconds"), v.minValue(0, RANGE), v.maxValue(2 ** 31 - 1, RANGE)),
    ),
  },
  "an object",
);

/** Where the election does not say. */
const PATIENCE = 500;

const Details = v.object({
  file: v.string(),
  port: v.number(),
  bootId: v.string(),
  pidNamespace: v.string(),
  startTicks: v.string(),
  patience: v.optional(v.number()),
});

/**
 * A ready-made `fence` for instances under a host lock: kills the process of a primary that holds the lock and hangs
 * (SIGKILL), so that the kernel frees its port. Whether that is free then, only the next bind says.
 *
 * Just before the kill it is asked once more, over a fresh connection to its lock: whoever greets, or only closes, is alive, and is let
 * live. And the lock's file must still name that incarnation and process id, and boot id, pid namespace and
 * start time must be those of the living process. Otherwise it does nothing, reports why, and resolves false; so it does
 * on every system but Linux, which alone has these.
 * @throws {TypeError} for an unknown option, and one of the wrong type
 * @throws {RangeError} for a patience out of its range
 */
export function sameHostFence(options: SameHostFenceOptions = {}): Fence {
  checkShape("a fence", Options, options);
  const { report = () => undefined, patience } = options;
  return async (holder) => {
    const whom = `${holder.instanceId} (pid ${holder.pid ?? "unknown"})`;
    const objection = await killUnlessInDoubt(holder, patience);
    report(
      objection === undefined ? `Killed ${whom}, which held the lock and hung` : `Did not kill ${whom}: ${objection}`,
    );
    return objection === undefined;
  };
}

/** Why the holder was not killed; undefined where it was. */
async function killUnlessInDoubt(
  { pid, incarnation, details }: Holder,
  patience: number | undefined,
): Promise<string | undefined> {
  const known = v.safeParse(Details, details);
  if (pid === undefined || !known.success) return "no host lock has said which process of this host it is";
  if (pid === process.pid) return "it runs in this very process";
  const described = { ...known.output, pid, incarnation };
  // What stands between is asked first, so that nobody waits in vain; and last, because it may have changed while the holder was asked.
  return (
    doubtAboutHolder(described) ??
    lifeOf(await askForSign(described.port, patience ?? described.patience ?? PATIENCE, systemClock), incarnation) ??
    doubtAboutHolder(described) ??
    kill(pid)
  );
}

/** What the holder's answer has against killing it. */
function lifeOf(sign: Sign, incarnation: string): string | undefined {
  switch (sign.kind) {
    case "silent":
      return undefined;
    case "gone":
      return "nobody holds the lock any more";
    case "closes":
      return "whoever has its port is alive: it closes what connects to it";
    case "stranger":
      return "a stranger has its port";
    case "greets":
      return sign.holder.incarnation === incarnation
        ? "it is alive: it greets whoever connects to its lock"
        : `another holds the lock by now, ${sign.holder.instance_id} (pid ${sign.holder.pid})`;
  }
}

interface Described extends Pick<Holder, "incarnation"> {
  readonly pid: number;
  readonly file: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly startTicks: string;
}

/** Why the process that is known by that number may not be the holder. */
function doubtAboutHolder(described: Described): string | undefined {
  const { pid, incarnation, file, bootId, pidNamespace, startTicks } = described;
  const record = tryRead(file);
  if (typeof record === "string") return record;
  if (record.incarnation !== incarnation || record.pid !== pid)
    return `${file} names another holder by now, ${record.instance_id} (pid ${record.pid})`;
  if (record.resigned === true) return `${file} says that it has resigned`;
  if (record.boot_id !== bootId || record.pid_namespace !== pidNamespace || record.start_ticks !== startTicks)
    return `${file} describes another process than the one that held the lock`;
  return doubtAbout(record);
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
