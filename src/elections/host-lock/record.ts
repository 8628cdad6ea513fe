/** The file: which term was given last, and to whom. It outlives every process; only the holder of the port writes it. */

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import * as v from "valibot";
import type { Holder } from "../../election.ts";
import { asError, ElectionError } from "../../errors.ts";
import { isElsewhere } from "./elsewhere.ts";
import { doubtAbout, identify, type ProcessIdentity } from "./identity.ts";
import type { Place } from "./place.ts";

/** Who holds, or held, the lock. The names are the reference's: its readers find them in the file. */
export interface HolderRecord extends ProcessIdentity {
  readonly group: string;
  /** Null in a greeting, while the winner is still writing its term down. */
  readonly term: number | null;
  readonly instance_id: string;
  readonly incarnation: string;
  readonly pid: number;
  readonly pub_port?: number | undefined;
  readonly rpc_port?: number | undefined;
  /** When the process started, for people (RFC 3339). */
  readonly started_at: string;
  /** It has given the lock up: nobody may take its process for a holder that hangs. */
  readonly resigned?: boolean | undefined;
  /** The disk knows that terms up to this one may have been given: whoever takes one of them need not wait for the disk. */
  readonly reserved?: number | undefined;
  /** The same, as long as only the system's memory knows it for sure. */
  readonly reserving?: number | undefined;
  /** The port that is its lock. */
  readonly lock_port?: number | undefined;
  /** Device and inode of the folder that is the service's name. */
  readonly folder?: string | undefined;
  /** The link by which that was found, see `Folder`. */
  readonly link?: string | undefined;
  /** Device and inode of the folder in which it keeps its file. */
  readonly state?: string | undefined;
}

const name = v.pipe(v.string(), v.minLength(1));
/** Nobody believes a term above 2^52, so this is the last one that another can follow. */
const LAST_TERM = 2 ** 52 - 1;
const term = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(LAST_TERM));
const port = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)));

/** What a holder says of itself, in the file and in its greeting. */
export const HolderSchema: v.GenericSchema<unknown, HolderRecord> = v.object({
  group: v.string(),
  term: v.nullable(term),
  instance_id: name,
  incarnation: name,
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  pub_port: port,
  rpc_port: port,
  started_at: v.string(),
  boot_id: v.string(),
  pid_namespace: v.string(),
  start_ticks: v.string(),
  resigned: v.optional(v.boolean()),
  reserved: v.optional(term),
  reserving: v.optional(term),
  net_namespace: v.optional(v.string()),
  lock_port: port,
  folder: v.optional(v.string()),
  link: v.optional(v.string()),
  state: v.optional(v.string()),
});

/** A record as the watcher sees it, with what a fence has to know. */
export function holderOf(record: HolderRecord, { file, port }: Pick<Place, "file" | "port">): Holder {
  const { boot_id: bootId, pid_namespace: pidNamespace, start_ticks: startTicks } = record;
  return {
    instanceId: record.instance_id,
    incarnation: record.incarnation,
    term: record.term,
    pid: record.pid,
    startedAt: record.started_at,
    details: { file, port, bootId, pidNamespace, startTicks },
  };
}

/** No record comes near this many bytes. */
const MAX_FILE = 64 * 1_024;

/** A pipe in the file's place must not be waited for. Windows has no such flag. */
const READ = constants.O_RDONLY | ((constants as { readonly O_NONBLOCK?: number }).O_NONBLOCK ?? 0);

/**
 * What the file says; undefined where there is none yet.
 * @throws {ElectionError} where there is one that cannot be read or understood: that is not the same as none
 */
export function readRecord(file: string): HolderRecord | undefined {
  let problem: string;
  try {
    const parsed = v.safeParse(HolderSchema, JSON.parse(textOf(file)));
    if (parsed.success && parsed.output.term !== null) return parsed.output;
    problem = parsed.success
      ? "it names no term"
      : `${v.getDotPath(parsed.issues[0]) ?? "it"} is ${parsed.issues[0].received}`;
  } catch (cause) {
    const error: NodeJS.ErrnoException = asError(cause);
    if (error.code === "ENOENT") return undefined;
    problem = error.message;
  }
  throw new ElectionError("FAILED", `Cannot read the last term from ${file}: ${problem}`);
}

/**
 * What the file says, for whoever will give the next term.
 * @throws {ElectionError} where it cannot be read: a term given twice is worse than none
 */
export function readLast(file: string): HolderRecord | undefined {
  try {
    return readRecord(file);
  } catch (cause) {
    const advice = `make it readable, or remove it and give its last term as the option initialTerm`;
    throw new ElectionError("FAILED", `${asError(cause).message}; no term is given before it can be: ${advice}.`, {
      cause,
    });
  }
}

/** Some editors begin a text with a byte order mark. */
function textOf(file: string): string {
  return withFile(file, READ, (descriptor) => {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new Error("it is no regular file");
    if (status.size > MAX_FILE) throw new Error(`it has ${status.size} bytes, where a record has at most ${MAX_FILE}`);
    return readFileSync(descriptor, "utf8").replace(/^\uFEFF/u, "");
  });
}

/**
 * The holder that the file names, if that very process is alive, has not resigned, and holds this port: whoever is silent there.
 */
export function livingHolder({ file, group, port }: Place): HolderRecord | undefined {
  let record: HolderRecord | undefined;
  try {
    record = readRecord(file);
  } catch {
    // A file that cannot be read names nobody; the campaign that reads it for its term reports it.
    return undefined;
  }
  if (record?.group !== group || record.resigned === true) return undefined;
  if (isElsewhere(record, { ...identify("self"), lock_port: port })) return undefined;
  return doubtAbout(record) === undefined ? record : undefined;
}

/** A record as the file has it. */
export function encodeRecord(record: HolderRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/**
 * Replaces the file by temporary file and rename, so that a reader finds the old record or the new one, never half of one.
 * `durable`: through to the disk, before it returns. Otherwise it outlives every process, but not a loss of power.
 *
 * Synchronous on purpose: this stands between a crash and the promotion of the next primary, and took half as long as with
 * promises.
 * @throws {ElectionError} where the disk or the folder refuses; the old file is then as it was
 */
export function writeRecord(file: string, record: HolderRecord, durable: boolean): void {
  const temporary = `${file}.${encodeURIComponent(record.incarnation)}.tmp`;
  try {
    withFile(temporary, "w", (descriptor) => {
      writeSync(descriptor, encodeRecord(record));
      if (durable) fsyncSync(descriptor);
    });
    renameSync(temporary, file);
    if (durable) withFile(dirname(file), "r", fsyncSync);
  } catch (cause) {
    removeFile(temporary);
    const message = `Cannot write the term ${record.term ?? 0} down in ${file}: ${asError(cause).message}`;
    throw new ElectionError("FAILED", message, { cause });
  }
}

/**
 * Whether the file names another holder, whom the port did not keep away: then it is no longer ours to write.
 * @throws {ElectionError} where it cannot be read
 */
export function namesAnother(file: string, { incarnation }: HolderRecord): boolean {
  const found = readRecord(file);
  return found !== undefined && found.incarnation !== incarnation;
}

/** Removes a file, where there is one and it can be removed. */
export function removeFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What keeps a file from being removed kept it from being written; that is what is reported.
  }
}

function withFile<T>(path: string, flags: string | number, use: (descriptor: number) => T): T {
  const descriptor = openSync(path, flags);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
