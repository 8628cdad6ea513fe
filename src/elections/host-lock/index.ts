/**
 * The host lock: on one host the kernel decides who may be primary. The lock is a TCP port of 127.0.0.1, bound exclusively;
 * it excludes across Node, Deno and Bun, needs no native code, and the kernel frees it when its holder's process ends,
 * however it ends. A file keeps the last term and who holds it.
 *
 * Instances belong together by the name of their service, or by the path of their folder as it was given; the folder itself
 * guards the path, so that two names of one folder, and two folders of one name, are told and not taken for one another.
 * One host means one network namespace. A living holder in another one is seen where the file is shared, and then nobody
 * here becomes primary.
 *
 * ```ts
 * import { Watcher } from "failover-watcher";
 * import { hostLock, sameHostFence } from "failover-watcher/host-lock";
 * import { mqtt } from "failover-watcher/mqtt";
 *
 * const transport = mqtt({ url: "mqtt://localhost:1883" });
 * const watcher = new Watcher({ transport, election: hostLock(), fence: sameHostFence() });
 * ```
 *
 * @module
 */

import type { Election } from "../../election.ts";
import { ElectionError } from "../../errors.ts";
import { Life } from "./life.ts";
import { placeOf, settle, type HostLockOptions } from "./place.ts";

export { sameHostFence, type SameHostFenceOptions } from "./fence.ts";
export type { HostLockOptions } from "./place.ts";

/**
 * An election that the kernel of this host decides. Mandates have no deadline: they hold until they are resigned, the
 * process ends, the port is lost, or the file names a later holder. `open` rejects with an `ElectionError` where the folder does
 * not exist, is no folder, or nobody says where the last term is kept; it can be tried again, and after `close` it can be opened
 * again.
 * @throws {TypeError} for an unknown option, and one of the wrong type
 * @throws {RangeError} for a value out of its range
 */
export function hostLock(options: HostLockOptions = {}): Election {
  const settled = settle(options);
  let life: Life | undefined;
  let closed = false;
  let ending: Promise<void> | undefined;

  function current(): Life {
    if (life?.over === false) return life;
    if (closed) throw new ElectionError("CLOSED", "The host lock was closed; open it again");
    throw new TypeError("Cannot use a host lock before it was opened: call open first");
  }

  async function end(): Promise<void> {
    closed = true;
    await life?.end();
    life = undefined;
  }

  return {
    name: "host-lock",
    traits: { exclusive: true, durable: true, deadline: false },
    async open(context) {
      if (ending !== undefined)
        throw new ElectionError(
          "CLOSED",
          "Cannot open the host lock: it is being closed; wait until close has resolved",
        );
      if (life !== undefined) throw new TypeError("Cannot open a host lock twice: one serves one watcher");
      life = new Life(placeOf(context.group, settled), context);
      closed = false;
      await life.begin();
    },
    campaign: async (request) => current().campaign(request),
    check: async (signal) => current().check(signal),
    vacant: async () => current().vacant(),
    close() {
      ending ??= end().finally(() => (ending = undefined));
      return ending;
    },
  };
}
