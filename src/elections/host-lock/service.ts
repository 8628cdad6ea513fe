/** Which service an instance belongs to: all ports, and the name of the file, are made of this one thing. */

import { resolve } from "node:path";
import * as v from "valibot";
import { asError } from "../../errors.ts";

/** How a service is named. */
export interface ServiceOptions {
  readonly service?: string | undefined;
  readonly workdir?: string | undefined;
}

/** A service, as everything on this host that belongs to it names it. */
export interface Service {
  /**
   * What is hashed, said and compared: `service:NAME`, or the folder's absolute path as it was given. A link in it is not
   * followed, because `current` stays one service whichever release it leads to.
   */
  readonly identity: string;
  /** The folder that is the name; undefined where the service has a name of its own. */
  readonly folder: string | undefined;
}

/** No absolute path begins so, on no system. */
const NAMED = "service:";

/** What the option `service` may be. */
export const ServiceName: v.GenericSchema<string> = v.pipe(
  v.string("a string"),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1 to 64 of A-Z a-z 0-9 . _ -, with a letter or a digit first"),
);

/**
 * @param service goes before the folder
 * @param workdir relative to where this process is now
 * @throws {TypeError} where the current folder would be the name and has been removed
 */
export function serviceOf({ service, workdir = "." }: ServiceOptions): Service {
  if (service !== undefined) return { identity: `${NAMED}${service}`, folder: undefined };
  const folder = absolute(workdir);
  return { identity: folder, folder };
}

function absolute(path: string): string {
  try {
    return resolve(path);
  } catch (cause) {
    const found = asError(cause).message;
    throw new TypeError(`Cannot name a service by the current folder: ${found}; give "service", or "workdir".`, {
      cause,
    });
  }
}

/** A service in a sentence: `group "x" ...`. */
export function whichService(identity: string): string {
  return identity.startsWith(NAMED) ? `of service "${identity.slice(NAMED.length)}"` : `in ${identity}`;
}

/** A file name that no other service has: its own name, or the end of its path and a digest of all of it. */
export function fileNameOf({ identity, folder }: Service, digest: (text: string) => string): string {
  if (folder === undefined) return identity.slice(NAMED.length);
  const readable = folder.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(-READABLE);
  // No name of a service has a tilde.
  return `${readable.replace(/^[.-]+/, "")}~${digest(identity)}`;
}

const READABLE = 40;
