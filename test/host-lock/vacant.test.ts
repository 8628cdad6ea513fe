import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { Watcher } from "../../src/index.ts";
import { hostLock } from "../../src/elections/host-lock/index.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { freePorts, serve } from "../support/ports.ts";
import { openInstance, scratchFolder } from "./instances.ts";

const { signal } = new AbortController();

describe("whether nobody is primary", () => {
  test("a free lock says so where nobody listens at the transport's ports either", async () => {
    const instance = await openInstance({ workdir: scratchFolder(), pub: await freePorts() });
    expect(await instance.election.vacant?.(signal)).toBe(true);
  });

  test("a lock that is held does not, whatever its holder is doing", async () => {
    const workdir = scratchFolder();
    const pub = await freePorts();
    const [holder, instance] = [await openInstance({ workdir, pub }), await openInstance({ workdir, pub })];
    await holder.win();
    expect(await instance.election.vacant?.(signal)).toBe(false);
  });

  test.for([0, 1])(
    "a free lock does not where somebody listens at port P + %i: a Go primary holds no lock",
    async (offset) => {
      const pub = await freePorts();
      await serve(createServer(), pub + offset);
      const instance = await openInstance({ workdir: scratchFolder(), pub });
      expect(await instance.election.vacant?.(signal)).toBe(false);
    },
  );

  test("the first instance of a group is primary long before its timeout", async () => {
    await using watcher = new Watcher({
      transport: memory(new MemoryBus()),
      election: hostLock({ workdir: scratchFolder() }),
      enabled: true,
      heartbeatInterval: 20,
      heartbeatTimeout: 60_000,
      logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      onPromote: () => undefined,
    });
    const reasons: string[] = [];
    watcher.on("rolechange", ({ reason }) => void reasons.push(reason.code));
    await watcher.start();
    await watcher.whenPrimary();
    expect(reasons).toEqual(["vacant"]);
  });
});
