import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { makeInstance, message, openInstance, openLeader } from "./instances.ts";
import { barePublisher, bareSubscriber } from "./peers.ts";
import { createLog, eventually, repeatUntil } from "../support/log.ts";
import { isFree } from "../../bench/group/ports.ts";
import { freePorts, serve } from "../support/ports.ts";

describe("leading", () => {
  test("is refused with a sentence while somebody else has the port, and granted afterwards", async () => {
    const pubPort = await freePorts();
    const first = await openLeader({ pubPort });
    const second = await openInstance({ pubPort });
    const refused = second.transport.lead?.();
    await expect(refused).rejects.toThrow(TransportError);
    await expect(refused).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
      message: `Cannot bind tcp://127.0.0.1:${pubPort}: it is taken by another program, or by a primary that is still leaving; stop that one, or use another.`,
    });
    await first.transport.follow?.();
    await second.transport.lead?.();
  });

  test("passes to and fro without a pause", async () => {
    const pubPort = await freePorts();
    const [one, other] = [await openInstance({ pubPort }), await openInstance({ pubPort })];
    for (let round = 1; round <= 10; round += 1)
      for (const { transport } of [one, other]) {
        await transport.lead?.();
        await transport.follow?.();
      }
    expect(await isFree(pubPort)).toBe(true);
    expect(await isFree(pubPort + 1)).toBe(true);
  });

  test("is had of a port that somebody else has closed this very moment", async () => {
    const pubPort = await freePorts();
    const leader = await openInstance({ pubPort });
    for (let round = 1; round <= 50; round += 1) {
      const other = await barePublisher(`tcp://127.0.0.1:${pubPort}`);
      other.close();
      await leader.transport.lead?.();
      await leader.transport.follow?.();
    }
  });

  test("twice is once", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    await leader.transport.lead?.();
    await leader.transport.follow?.();
    await leader.transport.follow?.();
    expect(await isFree(pubPort)).toBe(true);
  });

  test("does not need the port of answering: that it is taken is reported, and it is tried for again", async () => {
    const pubPort = await freePorts();
    const stranger = createServer();
    await serve(stranger, pubPort + 1);
    const leader = await openLeader({ pubPort });
    await leader.log.next("the taken port", (told) => told.type === "error" && told.message.includes(`${pubPort + 1}`));
    const follower = await openInstance({ pubPort });
    await leader.send("alive");
    await follower.heard("alive");
    await new Promise((closed) => stranger.close(closed));
    await eventually("the leader answers", async () => {
      expect(await follower.transport.probe?.(AbortSignal.timeout(1_000))).toMatchObject({ instanceId: leader.name });
    });
  });

  test("answers pings although a stranger has the port to publish on, and no more when it follows", async () => {
    const pubPort = await freePorts();
    const stranger = createServer((socket) => socket.on("error", () => undefined).resume());
    await serve(stranger, pubPort);
    const [leader, follower] = [await openInstance({ pubPort }), await openInstance({ pubPort })];
    const ask = (): Promise<unknown> | undefined => follower.transport.probe?.(AbortSignal.timeout(5_000));
    await expect(leader.transport.lead?.()).rejects.toMatchObject({ code: "ADDRESS_IN_USE" });
    expect(await ask()).toMatchObject({ instanceId: leader.name });
    await leader.transport.follow?.();
    expect(await isFree(pubPort + 1)).toBe(true);
    await expect(leader.transport.lead?.()).rejects.toMatchObject({ code: "ADDRESS_IN_USE" });
    await leader.transport.close();
    expect(await isFree(pubPort + 1)).toBe(true);
  });

  test("sending without leading is refused with a sentence", async () => {
    const pubPort = await freePorts();
    const instance = makeInstance({ pubPort });
    await expect(instance.send("early")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await instance.open();
    await expect(instance.send("not leading")).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      message: `Cannot send on the ZeroMQ transport: this instance does not lead, and only the primary publishes on tcp://127.0.0.1:${pubPort}.`,
    });
    await instance.transport.lead?.();
    await instance.send("leading");
    await instance.transport.follow?.();
    await expect(instance.send("not any more")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await instance.transport.close();
    await expect(instance.send("closed")).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("six hundred messages sent in one turn of the loop all arrive, in order", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const follower = await openInstance({ pubPort });
    await Promise.all(Array.from({ length: 600 }, (_, number) => leader.send(`${number}`)));
    await follower.heard("599");
    expect(follower.log.entries.flatMap((told) => (told.type === "message" ? told.body : []))).toEqual(
      Array.from({ length: 600 }, (_, number) => `${number}`),
    );
  });

  test("a body arrives as plain bytes, whose methods are those of Uint8Array", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const { transport, context, handlers } = makeInstance({ pubPort });
    const log = createLog<Uint8Array>();
    await transport.open(context, { ...handlers, message: ({ body }) => log.add(body) });
    await leader.send("bytes");
    const body = await log.next("the body", () => true);
    expect(body.constructor).toBe(Uint8Array);
  });

  test("a message that is too large for receivers is refused, and the next one arrives", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const follower = await openInstance({ pubPort });
    await expect(leader.send("x".repeat(70_000))).rejects.toThrow(RangeError);
    await leader.send("small");
    await follower.heard("small");
  });

  test("works over ipc as well", async () => {
    const folder = mkdtempSync(join(tmpdir(), "failover-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const endpoint = `ipc://${folder}/bus`;
    const leader = await openLeader({ endpoint });
    const follower = await openInstance({ endpoint });
    await leader.send("over a file");
    await follower.heard("over a file");
    expect(await follower.transport.probe?.(AbortSignal.timeout(5_000))).toMatchObject({ instanceId: leader.name });
    expect(leader.transport.ports).toBeUndefined();
  });
});

describe("peers of the reference", () => {
  test("are heard whether they came before our subscriber, after it, or again", async () => {
    const pubPort = await freePorts();
    const endpoint = `tcp://127.0.0.1:${pubPort}`;
    const first = await barePublisher(endpoint);
    const early = await openInstance({ pubPort });
    await first.send("instance.heartbeat\0before");
    await early.heard("before");
    first.close();
    const second = await barePublisher(endpoint);
    await repeatUntil(early.heard("again"), () => second.send("instance.heartbeat\0again"));
    second.close();
    const late = await openInstance({ pubPort });
    const third = await barePublisher(endpoint);
    await repeatUntil(late.heard("after"), () => third.send("instance.heartbeat\0after"));
  });

  test("hear us, byte for byte", async () => {
    const pubPort = await freePorts();
    const { log } = bareSubscriber(`tcp://127.0.0.1:${pubPort}`);
    const leader = await openLeader({ pubPort });
    const [frame] = await repeatUntil(
      log.next("the heartbeat", () => true),
      () => leader.transport.send(message(`{"instanceId":"ts"}`)),
    );
    expect(frame?.toString()).toBe(`instance.heartbeat\0{"instanceId":"ts"}`);
    for (const frames of log.entries) expect(frames).toHaveLength(1);
  });
});
