/** The row of a group: read, and changed by compare-and-set. Whatever is asked of Postgres ends within a bound. */

import { randomUUID } from "node:crypto";
import pg from "pg";

/** @import { Clock, Timer } from "failover-watcher" */
/** @typedef {{ term: number, instanceId: string, incarnation: string, interval: number, timeout: number, resigned: boolean }} Entry */
/** @typedef {Entry & { nonce: string }} Row */

/** In a row that nobody has held yet. */
export const NOBODY = "nobody";

const READ = `select term::float8, instance_id as "instanceId", incarnation, nonce, interval_ms as interval,
  timeout_ms as timeout, resigned from failover_mandate where group_name = $1`;
const COLUMNS = "term, instance_id, incarnation, nonce, interval_ms, timeout_ms, resigned";
const CREATE = `insert into failover_mandate (group_name, ${COLUMNS})
  values ($1, 0, '${NOBODY}', '${NOBODY}', $2, 0, 0, false) on conflict do nothing`;
const CHANGE = `update failover_mandate set (${COLUMNS}) = ($2, $3, $4, $5, $6, $7, $8)
  where group_name = $1 and nonce = $9`;

const NOTHING = "Postgres has written nothing: is there a trigger or a policy on failover_mandate?";

/** @param {pg.PoolConfig} config @param {string} group @param {number} patience for a connection, and again for a statement @param {Clock} clock */
export function openRow(config, group, patience, clock) {
  const bounds = { connectionTimeoutMillis: patience, query_timeout: patience, max: 1, allowExitOnIdle: true };
  // The server has a bound as well, or sessions that wait for a lock would outlive whoever asked, and pile up.
  const pool = new pg.Pool({ statement_timeout: patience, ...config, ...bounds });
  // An idle connection has ended. The next statement makes another.
  pool.on("error", () => {});

  /** @param {string} text @param {unknown[]} values */
  async function ask(text, values) {
    try {
      // Unlike `connect`, this returns the client on every path, destroys it after an error, and leaves no listener on it.
      return await pool.query(text, values);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Postgres did not do what the election asked: ${message}`, { cause });
    }
  }

  /** @returns {Promise<Row>} */
  async function read() {
    const { rows } = await ask(READ, [group]);
    if (rows[0] !== undefined) return rows[0];
    // That there is none says nothing about a moment ago. One that nobody holds can be watched.
    await ask(CREATE, [group, randomUUID()]);
    const [made] = (await ask(READ, [group])).rows;
    if (made === undefined) throw new Error(NOTHING);
    return made;
  }

  return {
    read,

    /**
     * Writes if the nonce is still the one expected; undefined says that it is not. Rejects where nothing was written.
     * @param {Entry} entry @param {string} expected @returns {Promise<Row | undefined>}
     */
    async write(entry, expected) {
      const { term, instanceId, incarnation, interval, timeout, resigned } = entry;
      const nonce = randomUUID();
      /** @type {unknown} */
      let problem = new Error(NOTHING);
      try {
        const values = [group, term, instanceId, incarnation, nonce, interval, timeout, resigned, expected];
        if ((await ask(CHANGE, values)).rowCount === 1) return { ...entry, nonce };
      } catch (thrown) {
        problem = thrown;
      }
      // It may have been written all the same, which only the row itself can tell.
      const found = await read();
      if (found.nonce === nonce) return found;
      if (found.nonce === expected) throw problem;
      return undefined;
    },

    /** Ends the pool, within a bound too: a goodbye on a connection that was cut silently never arrives. */
    async close() {
      /** @type {Timer | undefined} */
      let timer;
      await Promise.race([
        pool.end(),
        new Promise((resolve) => (timer = clock.setTimer(() => resolve(true), patience))),
      ]);
      timer?.cancel();
    },
  };
}
