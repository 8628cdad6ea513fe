/** Where the lock of a group is: a port of the loopback, a port of its folder, and a file with the last term. */

import { resolve } from "node:path";
import * as v from "valibot";
import { fnv1a32 } from "../../fnv.ts";
import { checkShape } from "../../shape.ts";
import { examineFolder, type Folder } from "./folder.ts";
import { ServiceName, serviceOf, whichService, type Service } from "./service.ts";
import { stateFile } from "./state.ts";

/** Where the instances of one host look for their lock. */
export interface HostLockOptions {
  /**
   * The name of the service, one on this host: 1 to 64 of `A-Z a-z 0-9 . _ -`. To be given wherever the folder is no good
   * name: where every release has its own, and in containers that share the host's network. Default: the folder is the name.
   */
  readonly service?: string;
  /**
   * The folder that is the service's name where `service` is not given. Its path counts as it is given: a link in it is not
   * followed, so `current` is one service through all releases. Default: the current working directory.
   */
  readonly workdir?: string;
  /**
   * The folder for the file with the last term, the same for all instances. Default: `$STATE_DIRECTORY`, otherwise
   * `failover-watcher` in `$XDG_STATE_HOME` or in `~/.local/state`.
   */
  readonly stateDir?: string;
  /** The port of 127.0.0.1 that is the lock, 1 to 65 535. Default: computed from the service and the group. */
  readonly port?: number;
}

const text = v.pipe(v.string("a string"), v.minLength(1, "at least one character"));
const PORT = "a whole number of 1 to 65535";

const Options = v.strictObject({
  service: v.optional(ServiceName),
  workdir: v.optional(text),
  stateDir: v.optional(text),
  port: v.optional(v.pipe(v.number(PORT), v.integer(PORT), v.minValue(1, PORT), v.maxValue(65_535, PORT))),
});

/** What the options say, with the folder's path as it was when they were given. */
export interface Settled extends Pick<HostLockOptions, "stateDir" | "port"> {
  readonly service: Service;
}

/**
 * @throws {TypeError} for an unknown option, and one of the wrong type
 * @throws {RangeError} for a value out of its range
 */
export function settle(options: HostLockOptions): Settled {
  checkShape("a host lock", Options, options);
  const { stateDir, port } = options;
  return {
    service: serviceOf(options),
    // A relative one does not move with the process either.
    ...(stateDir === undefined ? {} : { stateDir: resolve(stateDir) }),
    ...(port === undefined ? {} : { port }),
  };
}

/** One group's lock on this host. */
export interface Place {
  readonly group: string;
  /** What the service is known by, see {@linkcode Service}. */
  readonly identity: string;
  /** The folder that guards the name; absent where the service has a name of its own. */
  readonly folder?: Folder;
  readonly file: string;
  readonly port: number;
}

/** Ports below Linux's ephemeral range (32 768 on), so that no outgoing connection of anybody sits on the lock. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/** @throws {ElectionError} where the folder that is the name does not exist, and where nobody says where the file is kept */
export function locate(group: string, options: HostLockOptions): Place {
  return placeOf(group, settle(options));
}

/** @throws {ElectionError} as {@linkcode locate} does */
export function placeOf(group: string, { service, stateDir, port }: Settled): Place {
  const { identity, folder } = service;
  return {
    group,
    identity,
    ...(folder === undefined ? {} : { folder: examineFolder(folder, group) }),
    file: stateFile(service, group, stateDir),
    port: port ?? FIRST_PORT + (fnv1a32(`${identity}\0${group}`) % PORTS),
  };
}

/** How messages name the lock. */
export function describePlace({ group, identity, port }: Place): string {
  return `port ${port} of 127.0.0.1, the lock of group "${group}" ${whichService(identity)},`;
}
