/** Finds the package `nats` when it is first needed. */

import { asError, TransportError } from "../../src/errors.ts";
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
  try {
    return (await importPackage()) as NatsPackage;
  } catch (cause) {
    const error = asError(cause);
    const missing = "code" in error && error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes("'nats'");
    throw missing
      ? new TransportError(
          "MISSING_PACKAGE",
          "Cannot connect to NATS: the package nats is not installed; run: npm install nats",
          { cause },
        )
      : new TransportError(
          "FAILED",
          `Cannot connect to NATS: the package nats is installed but does not load: ${error.message}`,
          { cause },
        );
  }
}
