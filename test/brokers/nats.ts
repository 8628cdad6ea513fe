/** nats-server, for tests. */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePorts } from "../support/ports.ts";
import { pathOf } from "./install.ts";
import { HERE, startBroker, type Broker, type Place } from "./process.ts";

/** Runs a nats-server on a port. @param options of its command line, besides the port */
export async function runNats(
  port: number,
  options: readonly string[] = [],
  place: Place = HERE,
): Promise<Broker & { url: string }> {
  const address = ["--addr", place.host, "--port", String(port)];
  const argsIn = (folder: string): string[] => [...address, "--store_dir", folder, ...options];
  const broker = await startBroker("nats-server", port, argsIn, place);
  return { ...broker, url: `nats://${place.host}:${port}` };
}

/** The version of nats-server that the tests run with, as three numbers. */
export function natsVersion(): readonly number[] {
  const { stdout } = spawnSync(pathOf("nats-server"), ["--version"], { encoding: "utf8" });
  const found = /v(\d+)\.(\d+)\.(\d+)/.exec(stdout);
  if (found === null) throw new Error(`nats-server does not say its version: ${stdout}`);
  return found.slice(1).map(Number);
}

/** Whether replicated buckets are safe with it, which they are from 2.9.21 on. */
export function replicatesSafely(): boolean {
  const [major = 0, minor = 0, patch = 0] = natsVersion();
  return major * 1e6 + minor * 1e3 + patch >= 2_009_021;
}

/** Starts a nats-server on a free port. It ends with the test. */
export async function startNats(...options: readonly string[]): Promise<Broker & { url: string }> {
  const broker = await runNats(await freePorts(1), options);
  onTestFinished(() => broker.end());
  return broker;
}

/** What a user may do, as nats-server's configuration has it. */
export interface Permissions {
  readonly publish?: readonly string[] | { readonly deny: readonly string[] };
  readonly subscribe?: readonly string[] | { readonly deny: readonly string[] };
  readonly allow_responses?: boolean;
}

/** What every user of `startNatsFor` has. */
export const PASSWORD = "secret";

/** A nats-server that knows its users. */
export interface GuardedNats extends Broker {
  readonly url: string;
  /** Gives users other rights while they are connected. Its configuration is JSON, which nats-server reads. */
  allow(users: Readonly<Record<string, Permissions>>, password?: string): void;
}

type Settings = Readonly<Record<string, unknown>> & { readonly jetstream?: object };

/**
 * Runs a nats-server with JetStream on a port, whose users have these rights, and what its configuration has besides. Every right that is
 * not named is given.
 */
export async function runNatsFor(
  port: number,
  users: Readonly<Record<string, Permissions>>,
  { jetstream, ...settings }: Settings = {},
  place: Place = HERE,
): Promise<GuardedNats> {
  let current: Parameters<GuardedNats["allow"]> = [users];
  const configure = (folder: string): string => {
    const file = join(folder, "nats.conf");
    const [everybody, password = PASSWORD] = current;
    const entries = Object.entries(everybody).map(([user, permissions]) => ({ user, password, permissions }));
    const configuration = {
      ...{ listen: `${place.host}:${port}`, jetstream: { store_dir: join(folder, "jetstream"), ...jetstream } },
      ...{ authorization: { users: entries }, ...settings },
    };
    writeFileSync(file, JSON.stringify(configuration));
    return file;
  };
  const broker = await startBroker("nats-server", port, (folder) => ["--config", configure(folder)], place);
  return {
    ...broker,
    url: `nats://${place.host}:${port}`,
    allow(...changed) {
      current = changed;
      configure(broker.folder);
      broker.reload();
    },
  };
}

/** The same on a free port. It ends with the test. */
export async function startNatsFor(
  users: Readonly<Record<string, Permissions>>,
  settings?: Settings,
): Promise<GuardedNats> {
  const broker = await runNatsFor(await freePorts(1), users, settings);
  onTestFinished(() => broker.end());
  return broker;
}
