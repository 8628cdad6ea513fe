import { describe, test } from "vitest";
import { current } from "../../bench/group/runtime.ts";
import { zeromq } from "../../transports/zeromq/index.ts";
import { transportConformance } from "../conformance/index.ts";
import { freePorts } from "../support/ports.ts";

const done = (): Promise<void> => Promise.resolve();

/** libzmq's binding works on Node alone. */
const ENGINES =
  current === "node"
    ? ([
        ["libzmq", "libzmq"],
        ["zmtp", "zmtp"],
        ["zmtp", "libzmq"],
        ["libzmq", "zmtp"],
      ] as const)
    : ([["zmtp", "zmtp"]] as const);

describe.each(ENGINES)("the engines %s and %s", (one, other) => {
  describe("with one shared endpoint", () => {
    transportConformance({
      test,
      create: async () => {
        const pubPort = await freePorts();
        return { a: zeromq({ pubPort, engine: one }), b: zeromq({ pubPort, engine: other }), done };
      },
    });
  });

  describe("in a mesh", () => {
    transportConformance({
      test,
      create: async () => {
        const port = await freePorts();
        const [here, there] = [`tcp://127.0.0.1:${port}`, `tcp://127.0.0.1:${port + 1}`];
        return {
          a: zeromq({ bind: here, peers: [there], engine: one }),
          b: zeromq({ bind: there, peers: [here], engine: other }),
          done,
        };
      },
    });
  });
});
