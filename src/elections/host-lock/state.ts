/** Where the last term of a service is kept: not in its folder, which is watched in development and replaced by a release. */

import { createHash } from "node:crypto";
import { mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import process from "node:process";
import { asError, ElectionError } from "../../errors.ts";
import { shorten } from "../../show.ts";
import { objectOf } from "./object.ts";
import { fileNameOf, type Service } from "./service.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The file of a service's group.
 * @param stateDir the folder; otherwise the environment's, by {@linkcode stateFolder}
 * @throws {ElectionError} where the environment does not say where, or may not be asked
 */
export function stateFile(service: Service, group: string, stateDir?: string): string {
  const name = `${fileNameOf(service, digest)}@${encodeURIComponent(group)}.json`;
  return join(stateDir ?? stateFolder(), name);
}

const DIGEST = 16;

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, DIGEST);
}

/**
 * `$STATE_DIRECTORY`, which systemd makes for a unit with `StateDirectory=` (the first, where there are several); otherwise
 * `failover-watcher` in `$XDG_STATE_HOME`, or in `~/.local/state`. A path that is not absolute does not count.
 * @throws {ElectionError} where there is none of them, or they may not be asked for
 */
export function stateFolder(environment: () => Environment = () => process.env): string {
  try {
    const { STATE_DIRECTORY = "", XDG_STATE_HOME = "", HOME } = environment();
    const [unit = ""] = STATE_DIRECTORY.split(":");
    if (isAbsolute(unit)) return unit;
    const base = isAbsolute(XDG_STATE_HOME) ? XDG_STATE_HOME : join(HOME || homedir(), ".local", "state");
    if (!isAbsolute(base)) throw new Error(`the home folder is "${shorten(base)}"`);
    return join(base, "failover-watcher");
  } catch (cause) {
    const found = asError(cause).message;
    const message = `Cannot tell where the last term is kept: ${found}; give the folder as "stateDir", or as STATE_DIRECTORY in the environment`;
    throw new ElectionError("FAILED", message, { cause });
  }
}

/** Makes the file's folder, where it is not there yet. Whoever writes the file reports what was in the way. */
export function makeStateFolder(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch {
    // The rehearsal, or the campaign, fails to write there next, and says so.
  }
}

/** The object that the file's folder is; undefined where it is not there, or may not be looked at. */
export function stateObject(file: string): string | undefined {
  try {
    return objectOf(statSync(dirname(file), { bigint: true }));
  } catch {
    // Then nothing is known against another's folder.
    return undefined;
  }
}
