/** Taking a lock: the port of the folder first, which is one whatever the folder is called, and then the port of the service. */

import process from "node:process";
import { setImmediate } from "node:timers";
import type { ElectionContext } from "../../election.ts";
import { connect, LOOPBACK } from "./connection.ts";
import type { Line } from "./lines.ts";
import { listen, type Listener } from "./listener.ts";
import { describePlace, type Place } from "./place.ts";
import type { HolderRecord } from "./record.ts";
import type { Objection } from "./refusal.ts";
import { whichService } from "./service.ts";

/** Only Linux has all of 127.0.0.0/8. Elsewhere a folder's port can be the same as some service's lock, which is told then. */
const FOLDERS = process.platform === "linux" ? "127.0.0.2" : LOOPBACK;

/** How long whoever holds the folder may take to say who it is. */
const GREETING_TIMEOUT = 500;

/** What was taken by somebody else. */
export type Obstacle = "service" | "folder";

/**
 * Binds the ports of a lock, or none of them.
 * @throws {ElectionError} where the system refuses for another reason than that one is taken
 */
export async function seize(
  place: Place,
  record: HolderRecord,
  { clock }: Pick<ElectionContext, "clock">,
): Promise<Listener | Obstacle> {
  const { folder } = place;
  if (folder === undefined) return (await listen(place, record, clock)) ?? "service";
  // The kernel closes what a process opened first first, so that the successor finds both ports free in this order.
  const guard = await listen(place, record, clock, { host: FOLDERS, port: folder.port });
  if (guard === undefined) return "folder";
  let lock: Listener | undefined;
  try {
    lock = await listen(place, record, clock);
  } finally {
    if (lock === undefined) await guard.leave();
  }
  return lock === undefined ? "service" : both(lock, guard);
}

function both(lock: Listener, guard: Listener): Listener {
  return {
    port: lock.port,
    announce(term) {
      lock.announce(term);
      guard.announce(term);
    },
    watchStandbys: (told) => lock.watchStandbys(told),
    async leave(successor) {
      await Promise.all([guard.leave(), lock.leave(successor)]);
    },
    async vanish() {
      await Promise.all([guard.vanish(), lock.vanish()]);
    },
    over: Promise.race([lock.over, guard.over]),
  };
}

/**
 * Asks who holds the folder. Undefined where that is an instance of this service, whose end or greeting is under way, and where
 * nobody is there any more.
 */
export function askFolder(place: Place, { clock }: Pick<ElectionContext, "clock">): Promise<Objection | undefined> {
  const { folder } = place;
  if (folder === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const objection = (what: string, term: number | null = 0): Objection => ({
      message: `Cannot take ${describePlace(place)} because its folder is taken, at port ${folder.port} of ${FOLDERS}: ${what}`,
      term: term ?? 0,
    });
    const connection = connect(
      folder.port,
      {
        line: (line) => answer(objectionTo(place, line, objection)),
        ended: ({ kind }) => answer(kind === "stranger" ? objection(STRANGER) : undefined),
      },
      FOLDERS,
    );
    const patience = clock.setTimer(() => setImmediate(() => answer(objection(STRANGER))), GREETING_TIMEOUT);

    function answer(found: Objection | undefined): void {
      patience.cancel();
      connection.drop();
      resolve(found);
    }
  });
}

const NAME_IT = 'name the service as "service"';
const STRANGER = `somebody who does not greet like a holder of it is there; stop that program, or ${NAME_IT}`;

function objectionTo(
  place: Place,
  line: Line,
  objection: (what: string, term?: number | null) => Objection,
): Objection | undefined {
  if (line.type === "leaving") return undefined;
  const { path: identity, holder } = line;
  const { instance_id: name, pid, term, lock_port: port, group, folder } = holder;
  const who = `${name} (pid ${pid}) of group "${group}"`;
  if (folder !== place.folder?.object || group !== place.group)
    return objection(`${who} has that port for another folder (${whichService(identity)}); ${NAME_IT}`);
  if (identity !== place.identity)
    return objection(
      `${who} holds it as the lock ${whichService(identity)}; give all instances the same path as "workdir", or ${NAME_IT}`,
      term,
    );
  if (port !== place.port)
    return objection(`${who} holds it with the lock's port ${port ?? 0}; give all instances the same "port"`, term);
  return undefined;
}
