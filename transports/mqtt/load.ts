/** Finds the package `mqtt` when it is first needed. */

import { asError, TransportError } from "../../src/errors.ts";
import type { OwnClient } from "./client.ts";

/** What is needed of the package. */
export interface MqttPackage {
  connect(url: string, options: Record<string, unknown>): OwnClient;
}

/**
 * Loads the package.
 * @param importPackage how; tests pass their own
 * @throws {TransportError} (rejects) `MISSING_PACKAGE` where it is not installed, `FAILED` where it does not load
 */
export async function loadMqtt(importPackage: () => Promise<unknown> = () => import("mqtt")): Promise<MqttPackage> {
  try {
    const loaded = (await importPackage()) as Partial<MqttPackage> & { readonly default?: MqttPackage };
    const found = loaded.connect === undefined ? loaded.default : (loaded as MqttPackage);
    if (found === undefined) throw new Error("it has no connect");
    return found;
  } catch (cause) {
    const error = asError(cause);
    const missing = "code" in error && error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes("'mqtt'");
    throw missing
      ? new TransportError(
          "MISSING_PACKAGE",
          "Cannot open the MQTT transport: the package mqtt is not installed; run: npm install mqtt",
          { cause },
        )
      : new TransportError(
          "FAILED",
          `Cannot open the MQTT transport: the package mqtt is installed but does not load: ${error.message}`,
          { cause },
        );
  }
}
