/** The path of a Unix socket, before it is bound: what is left there of a dead process goes, and nothing else does. */

import { once } from "node:events";
import { lstatSync, unlinkSync, type BigIntStats } from "node:fs";
import { connect } from "node:net";
import { asError, TransportError } from "../../src/errors.ts";
import { atMost } from "../patience.ts";

/** How long somebody who is there may take to be connected to, in milliseconds; the kernel does it at once. */
const PATIENCE = 1_000;

/**
 * Makes sure that a path can be bound. Engines remove whatever they find there, so that the second of two members would take the
 * path from the first, and a file that has nothing to do with us would be gone.
 * @throws {TransportError} (rejects) `ADDRESS_IN_USE` where somebody listens there, `BAD_ADDRESS` where something else is there
 */
export async function clearPath(path: string): Promise<void> {
  for (;;) {
    const found = look(path);
    if (found === undefined) return;
    if (!found.isSocket())
      throw new TransportError(
        "BAD_ADDRESS",
        `Cannot bind ipc://${path}: ${kindOf(found)} is there, which is not ours to remove; use another path, or move it away.`,
      );
    if (await isAlive(path))
      throw new TransportError(
        "ADDRESS_IN_USE",
        `Cannot bind ipc://${path}: another process listens there; stop that one, or use another path.`,
      );
    // Another may have found it dead as well, removed it, and bound the path meanwhile.
    if (!isSame(look(path), found)) continue;
    remove(path);
    return;
  }
}

function look(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false, bigint: true });
  } catch {
    // A folder on the way is none, or may not be read: the bind says so.
    return undefined;
  }
}

/** The number alone does not tell: a file system gives it again as soon as it is free. */
function isSame(now: BigIntStats | undefined, before: BigIntStats): boolean {
  return now?.ino === before.ino && now.ctimeNs === before.ctimeNs;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (cause) {
    throw new TransportError(
      "BAD_ADDRESS",
      `Cannot bind ipc://${path}: a dead process has left its socket there, which cannot be removed (${asError(cause).message}); remove it, or use another path.`,
      { cause },
    );
  }
}

function kindOf(found: BigIntStats): string {
  if (found.isDirectory()) return "a folder";
  if (found.isSymbolicLink()) return "a symbolic link";
  return found.isFile() ? "a file" : "something that is no socket";
}

/** Whether a process listens at a socket. The kernel refuses a connection to that of a dead one. */
async function isAlive(path: string): Promise<boolean> {
  const socket = connect({ path });
  try {
    await atMost(PATIENCE, once(socket, "connect"));
    return true;
  } catch (error) {
    // Whatever else it says (no permission, no room in the queue), it does not say that nobody is there.
    return !(error instanceof Error && "code" in error && (error.code === "ECONNREFUSED" || error.code === "ENOENT"));
  } finally {
    socket.destroy();
  }
}
