/** Finds the package that connects to NATS, when it is first needed: `@nats-io/transport-node`, or its predecessor `nats`. */

import { TransportError } from "../../src/errors.ts";
import { loadPackage } from "../load-package.ts";
import type { NatsConnection } from "./connection.ts";

/** What is needed of the package. */
export interface NatsPackage {
  connect(options: Record<string, unknown>): Promise<NatsConnection>;
}

/** A package, and how it is imported; tests pass their own. */
export interface Source {
  readonly name: string;
  importPackage(): Promise<unknown>;
}

/** The one that is maintained comes first. */
const SOURCES: readonly Source[] = [
  { name: "@nats-io/transport-node", importPackage: () => import("@nats-io/transport-node") },
  { name: "nats", importPackage: () => import("nats") },
];

/**
 * Loads the first of the packages that is installed.
 * @throws {TransportError} (rejects) `MISSING_PACKAGE` where none is, `FAILED` where the one that is does not load
 */
export async function loadNats(sources: readonly Source[] = SOURCES): Promise<NatsPackage> {
  for (const { name, importPackage } of sources)
    try {
      return (await loadPackage(name, "connect to NATS", importPackage)) as NatsPackage;
    } catch (thrown) {
      if (!(thrown instanceof TransportError) || thrown.code !== "MISSING_PACKAGE") throw thrown;
    }
  const names = sources.map(({ name }) => name);
  throw new TransportError(
    "MISSING_PACKAGE",
    `Cannot connect to NATS: neither the package ${names.join(" nor ")} is installed; run: npm install ${names[0]}`,
  );
}
