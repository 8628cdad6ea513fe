import { describe, test } from "vitest";
import { memory, MemoryBus, type MemoryBusOptions } from "../../transports/memory/index.ts";
import { transportConformance } from "../conformance/index.ts";

describe.each<[string, MemoryBusOptions]>([
  ["at once", {}],
  ["with delay and jitter", { delay: 1, jitter: 3 }],
])("memory, %s", (_, options) => {
  transportConformance({
    test,
    create: () => {
      const bus = new MemoryBus(options);
      return Promise.resolve({
        a: memory(bus),
        b: memory(bus),
        done: () => Promise.resolve(),
        // eslint-disable-next-line @typescript-eslint/require-await
        bus: { stop: async () => bus.stop(), start: async () => bus.start() },
      });
    },
  });
});
