/** A broker as a bus that can be taken away, for the conformance suite. */

import type { ConformanceBus } from "../conformance/index.ts";
import type { Broker } from "./process.ts";

/** @param ready resolves when whoever has a connection of his own has it again */
export function busOf(broker: Broker, ready: () => Promise<unknown> = () => Promise.resolve()): ConformanceBus {
  let hangs = false;
  return {
    stop: () => broker.kill(),
    async hang() {
      await broker.stop();
      hangs = true;
    },
    async start() {
      if (hangs) broker.continue();
      else await broker.start();
      hangs = false;
      await ready();
    },
  };
}
