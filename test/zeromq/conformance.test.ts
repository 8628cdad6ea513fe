import { describe, test } from "vitest";
import { zeromq } from "../../transports/zeromq/index.ts";
import { transportConformance } from "../conformance/index.ts";
import { freePorts } from "../support/ports.ts";

const done = (): Promise<void> => Promise.resolve();

describe("ZeroMQ with one shared endpoint", () => {
  transportConformance({
    test,
    create: async () => {
      const pubPort = await freePorts();
      return { a: zeromq({ pubPort }), b: zeromq({ pubPort }), done };
    },
  });
});

describe("a ZeroMQ mesh", () => {
  transportConformance({
    test,
    create: async () => {
      const port = await freePorts();
      const [one, other] = [`tcp://127.0.0.1:${port}`, `tcp://127.0.0.1:${port + 1}`];
      return { a: zeromq({ bind: one, peers: [other] }), b: zeromq({ bind: other, peers: [one] }), done };
    },
  });
});
