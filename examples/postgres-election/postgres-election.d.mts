import type { PoolConfig } from "pg";
import type { Election } from "failover-watcher";

/** An election that a row in Postgres decides. Its pool is its own: made when it is opened, ended when it is closed. */
export function postgresElection(config: PoolConfig): Election;
