import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { isFree } from "../../bench/group/ports.ts";
import { zeromq, type ZeromqOptions } from "../../transports/zeromq/index.ts";
import { instanceOf } from "../support/instance.ts";
import { eventually } from "../support/log.ts";
import { freePorts, serve } from "../support/ports.ts";
import { spawnStarter, startSilentServer } from "./starter.ts";

const PATIENT = { timeout: 60_000 };

/** How long an open may go on that was closed meanwhile, and how long whatever it left may last; in milliseconds. */
const SOON = 500;
/** How long a close may take, and a process to end that has nothing to do. */
const CLOSING_TIME = 1_500;

const ENGINES = ["libzmq", "zmtp"] as const;

interface Layout {
  readonly layout: string;
  readonly engine: (typeof ENGINES)[number];
  /** Of an instance that subscribes to that port, and may have the next one to itself. */
  options(port: number): ZeromqOptions;
}

const LAYOUTS: readonly Layout[] = ENGINES.flatMap((engine) => [
  { layout: "one endpoint", engine, options: (port) => ({ engine, pubPort: port, rpcPort: port + 2 }) },
  {
    layout: "a mesh",
    engine,
    options: (port) => ({ engine, bind: `tcp://127.0.0.1:${port + 1}`, peers: [`tcp://127.0.0.1:${port}`] }),
  },
]);

describe.each(LAYOUTS)("a start on $layout with the engine $engine", ({ options }) => {
  test("ends with a close while a publisher says nothing, and leaves nothing", PATIENT, async () => {
    const port = await freePorts(3);
    const server = await startSilentServer(port);
    const starter = spawnStarter({ kind: "zeromq", options: options(port) });
    starter.order("open");
    await server.connected();
    starter.order("close");
    const began = performance.now();
    const closed = await starter.log.next("closed", ({ type }) => type === "closed");
    expect(closed.took).toBeLessThan(SOON);
    expect(starter.log.entries).toMatchObject([
      { type: "refused", error: "TransportError CLOSED" },
      { type: "closed" },
    ]);
    await server.deserted();
    expect(performance.now() - began).toBeLessThan(SOON);
    expect(await isFree(port + 1)).toBe(true);
    expect(await starter.leave()).toBeLessThan(CLOSING_TIME);
  });

  test("ends with a close while there is no publisher, and can be made again", PATIENT, async () => {
    const port = await freePorts(3);
    const instance = instanceOf(zeromq(options(port)));
    for (let round = 1; round <= 5; round += 1) {
      const opening = Promise.allSettled([instance.open()]);
      const began = performance.now();
      await instance.transport.close();
      expect(await opening).toMatchObject([{ status: "rejected", reason: { name: "TransportError", code: "CLOSED" } }]);
      expect(performance.now() - began).toBeLessThan(SOON);
    }
    await instance.open();
    await instance.transport.lead?.();
    await instance.send("alive");
  });

  test("that was made is undone although a subscriber hangs, and leaves nothing", PATIENT, async () => {
    const port = await freePorts(3);
    const [one, other] = [
      spawnStarter({ kind: "zeromq", options: options(port) }),
      instanceOf(zeromq(mirror(options(port)))),
    ];
    await other.open();
    await other.transport.lead?.();
    await one.ask("open", "opened");
    await other.log.next("the subscriber", ({ type }) => type === "audience");
    await one.stop();
    await other.send("unread");
    const began = performance.now();
    await other.transport.close();
    expect(performance.now() - began).toBeLessThan(CLOSING_TIME);
    expect(await isFree(port)).toBe(true);
    await other.open();
    await other.transport.lead?.();
  });
});

/** The options of whoever publishes on the port that others subscribe to. */
function mirror(options: ZeromqOptions): ZeromqOptions {
  const { bind, peers: [peer] = [] } = options;
  return bind === undefined || peer === undefined ? options : { ...options, bind: peer, peers: [bind] };
}

describe.each(ENGINES)("a mesh with the engine %s", (engine) => {
  test("whose port was taken is opened when it is free, and leaves nothing before", PATIENT, async () => {
    const port = await freePorts(2);
    const stranger = createServer();
    await serve(stranger, port);
    const options = { engine, bind: `tcp://127.0.0.1:${port}`, peers: ["tcp://127.0.0.1:1"], rpcPort: port + 1 };
    const instance = instanceOf(zeromq(options));
    for (let attempt = 1; attempt <= 2; attempt += 1)
      await expect(instance.open()).rejects.toMatchObject({ name: "TransportError", code: "ADDRESS_IN_USE" });
    expect(await isFree(port + 1)).toBe(true);
    await new Promise((closed) => stranger.close(closed));
    await instance.open();
    await instance.send("alive");
    await expect(instance.open()).rejects.toMatchObject({ message: expect.stringContaining("twice") as string });
    await instance.transport.close();
    await eventually("both ports to be free", async () => {
      expect([await isFree(port), await isFree(port + 1)]).toEqual([true, true]);
    });
  });
});
