/** A mosquitto that allows what a file says, which can be changed while it runs. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { startMosquitto } from "./mosquitto.ts";
import type { Broker } from "./process.ts";

export interface Guarded {
  readonly broker: Broker & { readonly url: string };
  readonly url: string;
  /** What it allows from now on, in the words of mosquitto's `acl_file`. It is in force soon after. */
  allow(acl: string): Promise<void>;
}

/** Everything that a group of the default prefix needs. */
export const ALL = "topic readwrite failover/#";

/** Starts one. Everybody may connect, under any name. It ends with the test. */
export async function startGuarded(acl: string = ALL, lines: readonly string[] = []): Promise<Guarded> {
  const folder = mkdtempSync(join(tmpdir(), "failover-acl-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "acl");
  writeFileSync(file, `${acl}\n`);
  const broker = await startMosquitto(["allow_anonymous true", `acl_file ${file}`, ...lines]);
  return {
    broker,
    url: broker.url,
    async allow(text) {
      await writeFile(file, `${text}\n`);
      broker.reload();
    },
  };
}
