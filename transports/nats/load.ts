/** Finds the package `nats` when it is first needed. */

import { loadPackage } from "../load-package.ts";
import type { NatsConnection } from "./connection.ts";

/** What is needed of the package. */
export interface NatsPackage {
  connect(options: Record<string, unknown>): Promise<NatsConnection>;
}

/**
 * Loads the package.
 * @param importPackage how; tests pass their own
 * @throws {TransportError} (rejects) `MISSING_PACKAGE` where it is not installed, `FAILED` where it does not load
 */
export async function loadNats(importPackage: () => Promise<unknown> = () => import("nats")): Promise<NatsPackage> {
  return (await loadPackage("nats", "connect to NATS", importPackage)) as NatsPackage;
}
