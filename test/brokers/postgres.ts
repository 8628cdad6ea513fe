/** PostgreSQL, for tests. */

import { execFileSync } from "node:child_process";
import { chownSync, existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import pg from "pg";
import { eventually } from "../support/log.ts";
import { freePorts } from "../support/ports.ts";
import { pathOf } from "./install.ts";
import { HERE, startBroker, type Broker } from "./process.ts";

/** A server, and how its owner connects to it. */
export interface Postgres extends Broker {
  readonly config: pg.ClientConfig & { readonly port: number };
}

/** Starts a PostgreSQL on a free port of the loopback, and resolves when it answers. Whoever starts it ends it. */
export async function startPostgres(): Promise<Postgres> {
  const port = await freePorts(1);
  // It refuses to run as root, and to start in a folder that its user cannot enter.
  const postgresUser = ["env", "--chdir=/", "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
  const servant = process.getuid?.() === 0 ? postgresUser : [];
  const argsIn = (folder: string): string[] => {
    const data = join(folder, "data");
    if (!existsSync(data)) {
      if (servant.length > 0) chownSync(folder, idOf("-u"), idOf("-g"));
      // Beside the program itself, which may be a link.
      const initdb = join(dirname(realpathSync(pathOf("postgres"))), "initdb");
      const [command = "", ...args] = [...servant].concat(initdb, "--pgdata", data);
      execFileSync(command, [...args, "--username=postgres", "--auth=trust", "--no-sync"], { stdio: "ignore" });
    }
    const settings = ["fsync=off", "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`];
    return ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  };
  // SIGTERM would wait for its clients to leave; killed outright it would leave its own processes behind.
  const signals = { polite: "SIGINT", rude: "SIGQUIT" } as const;
  const broker = await startBroker("postgres", port, argsIn, { ...HERE, within: servant }, signals);
  const config = { host: HERE.host, port, user: "postgres", database: "postgres" };
  const postgres = {
    ...broker,
    config,
    async start() {
      await broker.start();
      await answers(config);
    },
    async restart() {
      await broker.restart();
      await answers(config);
    },
  };
  await answers(config);
  return postgres;
}

/** It listens before it lets anybody in. */
async function answers(config: pg.ClientConfig): Promise<void> {
  await eventually("PostgreSQL to answer", async () => {
    const client = new pg.Client(config);
    await client.connect();
    await client.end();
  });
}

function idOf(which: "-u" | "-g"): number {
  return Number(execFileSync("id", [which, "postgres"], { encoding: "utf8" }));
}
