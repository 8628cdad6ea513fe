import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { portOf } from "../../transports/zeromq/address.ts";
import { zeromq, type ZeromqOptions } from "../../transports/zeromq/index.ts";
import { makeInstance } from "./instances.ts";

describe("the options of a ZeroMQ transport", () => {
  test.each([
    [
      { pubport: 5 },
      TypeError,
      /^Cannot make a ZeroMQ transport: there is no option pubport; the options are service, workdir, stateDir, /,
    ],
    [
      { socketOptions: { bind: { linger: 1, hwm: 5 } } },
      TypeError,
      /there is no option socketOptions\.bind\.hwm; .* there are curveServer, /,
    ],
    [{ pubPort: "5" }, TypeError, `Cannot make a ZeroMQ transport: option pubPort is "5"; it must be a whole number.`],
    [{ pubPort: 0 }, RangeError, "Cannot make a ZeroMQ transport: option pubPort is 0; it must be 1 to 65534."],
    [{ pubPort: 65_535 }, RangeError, "option pubPort is 65535; it must be 1 to 65534."],
    [{ rpcPort: 1.5 }, RangeError, "option rpcPort is 1.5; it must be a whole number."],
    [{ rpcPort: 65_536 }, RangeError, "option rpcPort is 65536; it must be 1 to 65535."],
    [{ pubPort: 5, rpcPort: 5 }, RangeError, "options pubPort and rpcPort are both 5; they must differ."],
    [{ workdir: "" }, RangeError, `option workdir is ""; it must be at least one character.`],
    [{ stateDir: "" }, RangeError, `option stateDir is ""; it must be at least one character.`],
    [{ service: 5 }, TypeError, `option service is 5; it must be a string.`],
    [
      { service: "a b" },
      RangeError,
      `option service is "a b"; it must be 1 to 64 of A-Z a-z 0-9 . _ -, with a letter or`,
    ],
    [{ bind: "tcp://*:1", peers: [], service: "a" }, TypeError, "options bind and service do not go together"],
    [{ bind: "tcp://*:1", peers: [], stateDir: "/s" }, TypeError, "options bind and stateDir do not go together"],
    [
      { peers: "tcp://a:1", bind: "tcp://b:1" },
      TypeError,
      `option peers is "tcp://a:1"; it must be an array of endpoints.`,
    ],
    [{ bind: "tcp://127.0.0.1:5" }, TypeError, "a mesh needs both options, bind and peers"],
    [{ peers: [] }, TypeError, "a mesh needs both options, bind and peers"],
    [
      { bind: "tcp://127.0.0.1:5", peers: [], pubPort: 7 },
      TypeError,
      "options bind and pubPort do not go together; leave one of them out.",
    ],
    [{ endpoint: "ipc://x", pubPort: 7 }, TypeError, "options endpoint and pubPort do not go together"],
    [{ endpoint: "localhost:5" }, TransportError, `option endpoint is "localhost:5"; it must be tcp://HOST:PORT`],
    [
      { endpoint: "tcp://127.0.0.1:5", rpcPort: 5 },
      RangeError,
      "option rpcPort is 5, and so is the port of publishing; they must differ.",
    ],
    [
      { bind: "tcp://*:5", peers: [], rpcPort: 5 },
      RangeError,
      "option rpcPort is 5, and so is the port of option bind; they must differ.",
    ],
    [{ bind: "ipc://@x", peers: [] }, TransportError, 'option bind is "ipc://@x"; a path that begins with @ is'],
    [{ bind: "ipc:///a", peers: ["ipc://*"] }, TransportError, 'option peers is "ipc://*"; * is a path that nobody'],
    [{ endpoint: "tcp://lo:5" }, TransportError, 'option endpoint is "tcp://lo:5"; lo is a network interface'],
    [{ endpoint: `ipc:///${"x".repeat(103)}` }, TransportError, "option endpoint is"],
    [{ endpoint: "tcp://127.0.0.1:65535" }, TransportError, `option rpcPort is "tcp://127.0.0.1:65536"`],
    [
      { endpoint: "tcp://*:5" },
      TransportError,
      `option endpoint is "tcp://*:5", which nobody can connect to; name the address that the others reach it by.`,
    ],
    [
      { bind: "tcp://*:5", peers: ["tcp://0.0.0.0:6"] },
      TransportError,
      'option peers is "tcp://0.0.0.0:6", which nobody can connect to',
    ],
    [
      { engine: "zmtp", socketOptions: {} },
      TypeError,
      "Cannot make a ZeroMQ transport: option socketOptions is for libzmq, and the engine is zmtp; leave one of them out.",
    ],
    [null, TypeError, "Cannot make a ZeroMQ transport: its options are null; give an object."],
  ])("%j are refused with a sentence", (options, kind, sentence) => {
    const refused = expect(() => zeromq(options as ZeromqOptions));
    refused.toThrow(kind);
    refused.toThrow(sentence);
  });

  test("without any, the ports are those of the current folder, known from when open is called", async () => {
    const { transport, open } = makeInstance({});
    expect(transport.ports).toBeUndefined();
    const opening = open();
    const pub = portOf(resolve("."), "default");
    expect(transport.ports).toEqual({ pub, rpc: pub + 1 });
    await opening;
  });

  test("ports that are given are known before it is open", () => {
    expect(zeromq({ pubPort: 5_000 }).ports).toEqual({ pub: 5_000, rpc: 5_001 });
    expect(zeromq({ pubPort: 5_000, rpcPort: 6_000 }).ports).toEqual({ pub: 5_000, rpc: 6_000 });
    expect(zeromq({ endpoint: "tcp://127.0.0.1:7000" }).ports).toEqual({ pub: 7_000, rpc: 7_001 });
    expect(zeromq({ bind: "tcp://127.0.0.1:5000", peers: [] }).ports).toBeUndefined();
  });

  test("a shared endpoint brings the host lock, and a mesh leaves the decision to claims", () => {
    expect(zeromq({ pubPort: 5_000 }).defaultElection?.().name).toBe("host-lock");
    expect(zeromq({ bind: "tcp://127.0.0.1:5000", peers: [] }).defaultElection).toBeUndefined();
  });

  test("what it promises is told apart by its layout", () => {
    expect(zeromq({ pubPort: 5_000 }).capabilities.publish).toBe("primary");
    expect(zeromq({ bind: "tcp://127.0.0.1:5000", peers: [] }).capabilities.publish).toBe("everyone");
  });
});
