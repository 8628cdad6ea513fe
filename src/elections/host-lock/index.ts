/**
 * The host lock: on one host the kernel decides who may be primary. The lock is a TCP port of 127.0.0.1, bound exclusively;
 * it excludes across Node, Deno and Bun, needs no native code, and the kernel frees it when its holder's process ends,
 * however it ends. A file in the working directory keeps the last term and who holds it.
 *
 * One host means one network namespace: containers that share a folder do not share a loopback, and are not excluded.
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

import type { CampaignOutcome, CampaignRequest, Election, ElectionContext, Mandate } from "../../election.ts";
import { Errands } from "../../errands.ts";
import { ElectionError } from "../../errors.ts";
import { campaign } from "./campaign.ts";
import { makeCandidate, type Candidate } from "./candidate.ts";
import { askHolder } from "./check.ts";
import { checkOptions, locate, type HostLockOptions } from "./place.ts";
import { rehearse } from "./rehearsal.ts";

export { sameHostFence, type SameHostFenceOptions } from "./fence.ts";
export type { HostLockOptions } from "./place.ts";

/**
 * An election that the kernel of this host decides. Mandates have no deadline: they hold until they are resigned, the
 * process ends, or the port is lost. `open` rejects with an `ElectionError` where the folder does not exist.
 * @throws {TypeError} where an option is not what {@linkcode HostLockOptions} says
 */
export function hostLock(options: HostLockOptions = {}): Election {
  checkOptions(options);
  const closing = new AbortController();
  const errands = new Errands();
  let candidate: Candidate | undefined;
  let mandate: Mandate | undefined;
  let closed: Promise<void> | undefined;
  /** What `open` and `campaign` have begun; never rejects. */
  let underway: Promise<unknown> = Promise.resolve();

  function opened(): Candidate {
    if (closing.signal.aborted) throw new ElectionError("CLOSED", "The host lock was closed");
    if (candidate === undefined) throw new TypeError("Cannot use a host lock before it was opened: call open first");
    return candidate;
  }

  function track<T>(work: Promise<T>): Promise<T> {
    underway = Promise.allSettled([underway, work]).then(() => undefined);
    return work;
  }

  async function open(context: ElectionContext): Promise<void> {
    if (closed !== undefined || candidate !== undefined)
      throw new TypeError("Cannot open a host lock twice: one serves one watcher");
    candidate = makeCandidate(locate(context.group, options), context, (work) => void track(work));
    candidate.watch.start();
    if (context.candidate) await rehearse(candidate, closing.signal);
  }

  async function run(request: CampaignRequest): Promise<CampaignOutcome> {
    const outcome = await campaign(opened(), request, closing.signal);
    if (outcome.won) ({ mandate } = outcome);
    return outcome;
  }

  async function end(): Promise<void> {
    closing.abort();
    errands.end();
    candidate?.watch.stop();
    await underway;
    await mandate?.resign();
    // What the mandate left to the background ends with it.
    await underway;
    candidate?.watch.stop();
  }

  return {
    name: "host-lock",
    traits: { exclusive: true, durable: true, deadline: false },
    open: (context) => track(open(context)),
    campaign: (request) => track(run(request)),
    async check(signal) {
      return await track(errands.run(signal, (signal) => askHolder(opened().place, signal)));
    },
    close() {
      closed ??= end();
      return closed;
    },
  };
}
