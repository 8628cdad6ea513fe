import { describe, expect, test } from "vitest";
import { makeInstance, message, openInstance, openLeader } from "./instances.ts";
import { spawnLeader } from "./leader.ts";
import { isFree } from "../../bench/group/ports.ts";
import { freePorts } from "../support/ports.ts";

describe("close", () => {
  test("lets the process end", async () => {
    const leader = await spawnLeader(await freePorts());
    leader.order({ type: "send", text: "alive" });
    leader.order({ type: "close" });
    expect(await leader.ended).toBe(0);
  });

  test("is safe twice and before open, which is possible again once it has resolved", async () => {
    const instance = makeInstance({ pubPort: await freePorts() });
    await Promise.all([instance.transport.close(), instance.transport.close()]);
    await instance.transport.close();
    await expect(instance.send("closed")).rejects.toMatchObject({
      code: "CLOSED",
      message: "Cannot send on the ZeroMQ transport: it was closed; open it again.",
    });
    await instance.open();
    const closing = instance.transport.close();
    await expect(instance.open()).rejects.toMatchObject({
      code: "CLOSED",
      message: "Cannot open the ZeroMQ transport: it is being closed; wait until close has resolved.",
    });
    await closing;
    await instance.open();
    await instance.transport.lead?.();
    await instance.send("alive");
  });

  test("is safe during open, which is rejected", async () => {
    const instance = makeInstance({ pubPort: await freePorts() });
    const opening = instance.open();
    await Promise.all([expect(opening).rejects.toMatchObject({ code: "CLOSED" }), instance.transport.close()]);
  });

  test("is safe while the port is being taken, and gives it up", async () => {
    const pubPort = await freePorts();
    const instance = await openInstance({ pubPort });
    const leading = instance.transport.lead?.();
    await instance.transport.close();
    await leading;
    expect(await isFree(pubPort)).toBe(true);
    expect(await isFree(pubPort + 1)).toBe(true);
  });

  test("a transport is opened once", async () => {
    const instance = await openInstance({ pubPort: await freePorts() });
    await expect(instance.open()).rejects.toMatchObject({
      code: "CLOSED",
      message: "Cannot open the ZeroMQ transport twice: one serves one watcher.",
    });
  });

  test("nothing is heard any more once it was called", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const [follower, witness] = [await openInstance({ pubPort }), await openInstance({ pubPort })];
    await leader.send("heard");
    await follower.heard("heard");
    leader.transport.send(message("after")).catch(() => undefined);
    const closed = follower.transport.close();
    const before = follower.log.entries.length;
    await closed;
    await leader.transport.close();
    await witness.log.next("the leader is gone", ({ type }) => type === "unlinked");
    expect(follower.log.entries).toHaveLength(before);
  });
});
