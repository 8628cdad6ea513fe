/** What tells one process from every other, so that a number that was used again is not taken for the old process. */

import { readFileSync, readlinkSync } from "node:fs";

/** What Linux says of a process. Empty strings where the system does not say: they are like no other process's. */
export interface ProcessIdentity {
  /** Changes at every start of the machine. */
  readonly boot_id: string;
  /** The namespace in which the process id counts. */
  readonly pid_namespace: string;
  /** Clock ticks from the machine's start to the process's start. */
  readonly start_ticks: string;
  /** The namespace in which its ports count. */
  readonly net_namespace?: string | undefined;
}

/** Fields of `/proc/PID/stat` (proc(5)), counted from the third: the second, the name, may hold spaces and brackets. */
const STATE = 3 - 3;
const FLAGS = 9 - 3;
const START_TICKS = 22 - 3;

/** The kernel's PF_EXITING: the process has begun to end. All its files, and so its ports, are closed after that. */
const EXITING = 0x4;

/** Reads what the system says of a living process. One that is ending, or waits for its parent, is not alive. */
export function identify(pid: number | "self"): ProcessIdentity {
  const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ended = /^[ZXx]$/.test(fields[STATE] ?? "") || (Number(fields[FLAGS]) & EXITING) !== 0;
  return {
    boot_id: tryRead(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")).trim(),
    pid_namespace: tryRead(() => readlinkSync(`/proc/${pid}/ns/pid`)),
    start_ticks: ended ? "" : (fields[START_TICKS] ?? ""),
    net_namespace: tryRead(() => readlinkSync(`/proc/${pid}/ns/net`)),
  };
}

function tryRead(read: () => string): string {
  try {
    return read();
  } catch {
    // No such process, no /proc, or not ours to read: all of them mean that the identity cannot be proven.
    return "";
  }
}

/** What stands between a recorded process and the certainty that it is the one that has its number now. */
export function doubtAbout(recorded: ProcessIdentity & { readonly pid: number }): string | undefined {
  const living = identify(recorded.pid);
  const own = identify("self");
  if (!recorded.boot_id || !recorded.pid_namespace || !recorded.start_ticks)
    return `it was recorded without the boot id, pid namespace or start time by which a process is known (only Linux has them)`;
  if (recorded.boot_id !== own.boot_id) return `it ran before the machine was last started`;
  if (recorded.pid_namespace !== own.pid_namespace)
    return `its number counts in another pid namespace (${recorded.pid_namespace}, here ${own.pid_namespace || "unknown"})`;
  if (living.start_ticks === "") return `there is no process ${recorded.pid} now`;
  if (recorded.pid_namespace !== living.pid_namespace || recorded.start_ticks !== living.start_ticks)
    return `process ${recorded.pid} is another one now, or may not be looked into`;
  return undefined;
}
