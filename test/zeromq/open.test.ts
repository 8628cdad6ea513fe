import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { portOf } from "../../transports/zeromq/address.ts";
import { hear } from "../../transports/zeromq/hearing.ts";
import { libzmq } from "../../transports/zeromq/libzmq/index.ts";
import { makeInstance, openInstance, openLeader, type Instance } from "./instances.ts";
import { barePublisher, bareSubscriber } from "./peers.ts";
import { areFree } from "../../bench/group/ports.ts";
import { freePorts, serve } from "../support/ports.ts";
import { spawnLeader } from "./leader.ts";

/** A folder whose ports nobody has: those of a folder lie where outgoing connections have theirs. */
async function freeFolder(...groups: readonly string[]): Promise<string> {
  for (;;) {
    const folder = `/nowhere/${crypto.randomUUID()}`;
    const free = await Promise.all(groups.map((group) => areFree(portOf(folder, group), 2)));
    if (free.every(Boolean)) return folder;
  }
}

describe("open", () => {
  test("what is published the moment after it has resolved is always received", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    for (let round = 1; round <= 50; round += 1) {
      const follower = await openInstance({ pubPort });
      await leader.send(`round ${round}`);
      await follower.heard(`round ${round}`);
      await follower.transport.close();
    }
  });

  test("what the primary of another process publishes next is received, too", async () => {
    const pubPort = await freePorts();
    const leader = await spawnLeader(pubPort);
    for (let round = 1; round <= 10; round += 1) {
      const follower = await openInstance({ pubPort });
      leader.order({ type: "send", text: `round ${round}` });
      await follower.heard(`round ${round}`);
      await follower.transport.close();
    }
  });

  test("a port that nobody has bound does not hold it up", async () => {
    const report = (error: Error): void => expect.fail(error.message);
    const engine = await libzmq({})({
      heartbeatTimeout: 3_000,
      report,
      dropped: () => undefined,
      misconfigured: () => undefined,
    });
    const hour = 3_600_000;
    const hearing = hear(
      engine,
      `tcp://127.0.0.1:${await freePorts()}`,
      { node: crypto.randomUUID() },
      { dial: hour, hello: hour },
      {
        message: () => undefined,
        dropped: () => undefined,
        down: () => undefined,
      },
    );
    onTestFinished(() => hearing.close());
    expect(await hearing.live).toBeUndefined();
  });

  test("a process that accepts connections and says nothing does not hold it up for ever", async () => {
    const pubPort = await freePorts();
    await serve(
      createServer((socket) => socket.on("error", () => undefined).unref()),
      pubPort,
    );
    await openInstance({ pubPort });
  });

  test("a reference's publisher, which answers no hello, does not hold it up for ever, and is heard", async () => {
    const pubPort = await freePorts();
    const publisher = await barePublisher(`tcp://127.0.0.1:${pubPort}`);
    const follower = await openInstance({ pubPort });
    await publisher.send("instance.heartbeat\0{}");
    await follower.heard("{}");
  });

  test("a newcomer is announced to the primary", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    expect(leader.log.entries).toEqual([]);
    await openInstance({ pubPort });
    await leader.log.next("a newcomer", ({ type }) => type === "audience");
  });

  test("a new primary is told of those who had subscribed to its predecessor", async () => {
    const pubPort = await freePorts();
    const [first, second, watcher] = [
      await openLeader({ pubPort }),
      await openInstance({ pubPort }),
      await openInstance({ pubPort }),
    ];
    await first.transport.close();
    await second.transport.lead?.();
    await second.log.next("the watcher joins", ({ type }) => type === "audience");
    await second.send("hello");
    await watcher.heard("hello");
  });

  test("a subscriber that the primary cannot answer costs it nothing", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const { socket } = bareSubscriber(`tcp://127.0.0.1:${pubPort}`);
    for (const topic of ["joined.", "joined.x.1", `joined.${"a".repeat(60_000)}.1`]) socket.subscribe(topic);
    const follower = await openInstance({ pubPort });
    await leader.send("alive");
    await follower.heard("alive");
    expect(leader.log.entries.filter(({ type }) => type === "error")).toEqual([]);
  });

  test("two groups of a folder do not hear each other", async () => {
    const workdir = await freeFolder("one", "other");
    const make = (group: string): Instance => makeInstance({ workdir }, group);
    const groups = [
      { name: "one", leader: make("one"), follower: make("one") },
      { name: "other", leader: make("other"), follower: make("other") },
    ];
    for (const { leader, follower } of groups) {
      await leader.open();
      await leader.transport.lead?.();
      await follower.open();
    }
    for (const { name, leader, follower } of groups) {
      await leader.send(name);
      await follower.heard(name);
    }
    for (const { name, leader, follower } of groups) {
      await leader.send("end");
      await follower.heard("end");
      expect(follower.log.entries.flatMap((told) => (told.type === "message" ? told.body : []))).toEqual([name, "end"]);
    }
    expect(new Set(groups.map(({ leader }) => leader.transport.ports?.pub)).size).toBe(2);
  });
});
