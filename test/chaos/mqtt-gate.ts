/** What a mosquitto asks of a group, and how that is changed while it runs. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Broker } from "../brokers/process.ts";

const PASSWORD = "right";
const GARDENER = "gardener";
const EVERYTHING = "topic readwrite failover/#";

/** What nobody says as a name of an instance. */
const RECORD = "failover/default/term";

export interface MqttGate {
  /** Of the broker's configuration. */
  readonly lines: readonly string[];
  /** The broker that reads them. */
  open(broker: Broker & { readonly url: string }): void;
  /** An address with the name and the password of an instance. */
  urlOf(url: string, name: string): string;
  /** What one may do from now on, in mosquitto's words, or all of them. */
  limit(who: string | undefined, rights: string): void;
  /** Nobody's password is right any more, or everybody's is again. */
  lock(): void;
  unlock(): void;
  /** Everybody may do everything. */
  allow(): void;
  /** Deletes the record of the last term. */
  forget(): Promise<void>;
  close(): void;
}

/** @param within put before a command to run it where the broker is */
export function makeGate(names: readonly string[], within: readonly string[]): MqttGate {
  const folder = mkdtempSync(join(tmpdir(), "failover-gate-"));
  const [acl, passwords, right, wrong] = ["acl", "passwords", "right", "wrong"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  const users = [...names, GARDENER];
  let broker: (Broker & { readonly url: string }) | undefined;

  for (const [file, password] of [
    [right, PASSWORD],
    [wrong, "another"],
  ] as const) {
    writeFileSync(file, users.map((user) => `${user}:${password}\n`).join(""));
    execFileSync("mosquitto_passwd", ["-U", file], { stdio: "ignore" });
  }

  function write(rightsOf: (name: string) => string): void {
    writeFileSync(acl, users.map((user) => `user ${user}\n${rightsOf(user)}\n`).join("\n"));
    broker?.reload();
  }

  function keys(file: string): void {
    copyFileSync(file, passwords);
    broker?.reload();
  }

  const allow = (): void => write(() => EVERYTHING);
  allow();
  keys(right);

  function urlOf(url: string, name: string): string {
    const own = new URL(url);
    own.username = name;
    own.password = PASSWORD;
    return own.href;
  }

  return {
    lines: ["allow_anonymous false", `acl_file ${acl}`, `password_file ${passwords}`],
    open(started) {
      broker = started;
    },
    urlOf,
    limit: (who, rights) => write((user) => (user === GARDENER || (who ?? user) !== user ? EVERYTHING : rights)),
    lock: () => keys(wrong),
    unlock: () => keys(right),
    allow,
    async forget() {
      const program = `
        import { connectAsync } from "mqtt";
        const client = await connectAsync(process.argv[1], { reconnectPeriod: 0, connectTimeout: 2000 }, false);
        await client.publishAsync(process.argv[2], "", { qos: 1, retain: true });
        await client.endAsync();`;
      const address = urlOf(broker?.url ?? "", GARDENER);
      const node = [process.execPath, "--input-type=module", "--eval", program, address, RECORD];
      const call: readonly string[] = [...within, ...node];
      const [command = "", ...args] = call;
      const child = spawn(command, args, { stdio: "ignore", timeout: 10_000 });
      await once(child, "exit");
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
