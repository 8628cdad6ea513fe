/** A database of a test's own, and every pool that was made for it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { onTestFinished, vi } from "vitest";
import type { Postgres } from "../brokers/postgres.ts";
import { ROOT } from "../support/tree.ts";

const SCHEMA = readFileSync(join(ROOT, "examples/postgres-election/schema.sql"), "utf8");

export interface Database {
  /** For whoever connects directly. */
  readonly config: pg.PoolConfig & { readonly port: number };
  /** Does something as its owner. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** How many sessions there are beside the owner's. */
  sessions(): Promise<number>;
  /** Ends all sessions beside the owner's. */
  endSessions(): Promise<void>;
  /** Every pool that anybody but the owner has asked for a connection since. */
  pools(): readonly pg.Pool[];
}

let databases = 0;

/** Makes a database in which the schema of the example was carried out. */
export async function makeDatabase({ config: owner }: Postgres): Promise<Database> {
  databases += 1;
  const database = `test_${databases}`;
  const maker = new pg.Client(owner);
  await maker.connect();
  await maker.query(`create database ${database}`);
  await maker.end();
  const config = { ...owner, database };
  const admin = new pg.Pool({ ...config, max: 1 });
  // The tests end its sessions, too.
  admin.on("error", () => undefined);
  await admin.query(SCHEMA);
  const connect = vi.spyOn(pg.Pool.prototype, "connect");
  onTestFinished(async () => {
    connect.mockRestore();
    await admin.end();
  });
  const sql = async (text: string): Promise<Record<string, unknown>[]> =>
    (await admin.query<Record<string, unknown>>(text)).rows;
  const others = `from pg_stat_activity where datname = '${database}' and pid <> pg_backend_pid()`;
  return {
    config,
    sql,
    sessions: async () => Number((await sql(`select count(*) as count ${others}`))[0]?.["count"]),
    async endSessions() {
      await sql(`select pg_terminate_backend(pid) ${others}`);
    },
    pools: () => [...new Set(connect.mock.contexts as unknown as pg.Pool[])].filter((pool) => pool !== admin),
  };
}
