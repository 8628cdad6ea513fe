/** Where the lock of a group is: a port of the loopback, and a file in the working directory. */

import { realpathSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import * as v from "valibot";
import { asError, ElectionError } from "../../errors.ts";
import { fnv1a32 } from "../../fnv.ts";
import { shorten, show } from "../../show.ts";

/** Where the instances of one host look for their lock. */
export interface HostLockOptions {
  /** The folder whose instances belong together, and where the file is kept. Default: the current working directory. */
  readonly workdir?: string;
  /** The port of 127.0.0.1 that is the lock, 1 to 65 535. Default: computed from the folder and the group. */
  readonly port?: number;
}

const Options = v.strictObject({
  workdir: v.optional(v.pipe(v.string(), v.minLength(1))),
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
});

/** @throws {TypeError} where an option is not what {@linkcode HostLockOptions} says */
export function checkOptions(options: unknown): void {
  const parsed = v.safeParse(Options, options);
  if (parsed.success) return;
  const [issue] = parsed.issues;
  const key = v.getDotPath(issue) ?? "options";
  throw new TypeError(
    `Cannot make a host lock: ${shorten(key)} is ${show(issue.input)}, it must be ${issue.expected ?? "left out"}`,
  );
}

/** One group's lock on this host. */
export interface Place {
  readonly group: string;
  /** The real path of the working directory. */
  readonly path: string;
  readonly file: string;
  readonly port: number;
}

/** Ports below Linux's ephemeral range (32 768 on), so that no outgoing connection of anybody sits on the lock. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/** @throws {ElectionError} where the folder does not exist */
export function locate(group: string, { workdir = process.cwd(), port }: HostLockOptions): Place {
  const path = realPath(workdir);
  return {
    group,
    path,
    file: join(path, `failover-${encodeURIComponent(group)}.json`),
    port: port ?? FIRST_PORT + (fnv1a32(`${path}\0${group}`) % PORTS),
  };
}

function realPath(workdir: string): string {
  try {
    // The system's own answer is the same on every runtime, also where the file system ignores case.
    return realpathSync.native(workdir);
  } catch (cause) {
    const found = shorten(asError(cause).message);
    const message = `Cannot lock in ${shorten(workdir)}: ${found}; make the folder, or name another as "workdir"`;
    throw new ElectionError("FAILED", message, { cause });
  }
}

/** How messages name the lock. */
export function describePlace({ group, path, port }: Place): string {
  return `port ${port} of 127.0.0.1, the lock of group "${group}" in ${path},`;
}
