/**
 * The folder behind a service's name. A name is not enough: a bind mount and a renamed folder are one folder with two names,
 * and two mount namespaces may have two folders of one name. So the folder guards the name, by its device and inode.
 */

import { lstatSync, realpathSync, statSync } from "node:fs";
import { join, parse, sep } from "node:path";
import { asError, ElectionError } from "../../errors.ts";
import { fnv1a32 } from "../../fnv.ts";
import { shorten } from "../../show.ts";
import { objectOf } from "./object.ts";

/** A folder, as it was when the lock was opened. */
export interface Folder {
  readonly object: string;
  /**
   * The first link in the path, as the object that it stands in and its name. Two folders that were found by one link are
   * two releases of one service.
   */
  readonly link: string | undefined;
  /** The path without links. */
  readonly real: string;
  /** The port that is taken by whoever holds the folder's lock, under whatever name. */
  readonly port: number;
}

/** Below the ephemeral ports, like the lock's own; on an address of its own, so that the two never meet. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/** @throws {ElectionError} where it does not exist, or is no folder */
export function examineFolder(path: string, group: string): Folder {
  let problem: string;
  try {
    const status = statSync(path, { bigint: true });
    if (status.isDirectory()) {
      const real = realpathSync.native(path);
      const object = objectOf(status);
      const port = FIRST_PORT + (fnv1a32(`${object}\0${group}`) % PORTS);
      return { object, link: real === path ? undefined : firstLink(path), real, port };
    }
    problem = "it is no folder";
  } catch (cause) {
    problem = shorten(asError(cause).message);
  }
  const advice = `make the folder, name another as "workdir", or name the service as "service"`;
  throw new ElectionError("FAILED", `Cannot lock in ${shorten(path)}: ${problem}; ${advice}`);
}

function firstLink(path: string): string | undefined {
  const { root } = parse(path);
  let folder = root;
  try {
    for (const name of path.slice(root.length).split(sep)) {
      const next = join(folder, name);
      if (lstatSync(next).isSymbolicLink()) return `${objectOf(statSync(folder, { bigint: true }))}/${name}`;
      folder = next;
    }
  } catch {
    // A folder on the way may not be looked at (Deno): then two releases are not known to be one service.
  }
  return undefined;
}

/** Whether a folder of the same name, as its holder describes it, may be this one, or another release of it. */
export function mayBeSame(
  ours: Folder,
  theirs: { readonly folder?: string | undefined; readonly link?: string | undefined },
): boolean {
  if (theirs.folder === undefined || theirs.folder === ours.object) return true;
  return ours.link !== undefined && ours.link === theirs.link;
}
