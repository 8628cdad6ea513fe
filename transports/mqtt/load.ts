/** Finds the package `mqtt` when it is first needed. */

import { loadPackage } from "../load-package.ts";
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
  return loadPackage("mqtt", "open the MQTT transport", async () => {
    const loaded = (await importPackage()) as Partial<MqttPackage> & { readonly default?: MqttPackage };
    const found = loaded.connect === undefined ? loaded.default : (loaded as MqttPackage);
    if (found === undefined) throw new Error("it has no connect");
    return found;
  });
}
