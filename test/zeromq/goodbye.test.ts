import { describe, expect, test } from "vitest";
import { Subscriber } from "zeromq";
import { message, openInstance, openLeader } from "./instances.ts";
import { spawnPublishers } from "./leader.ts";
import { createLog, repeatUntil } from "../support/log.ts";
import { bareSubscriber, keep, pump } from "./peers.ts";
import { freePorts } from "../support/ports.ts";

const ROUNDS = 20;

describe("a goodbye", () => {
  test(`arrives ${ROUNDS} times of ${ROUNDS} when the primary follows or closes the moment after it has sent it`, async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const pubPort = await freePorts();
      const leader = await openLeader({ pubPort });
      const follower = await openInstance({ pubPort });
      const sent = leader.transport.send(message(`goodbye ${round}`, "instance.shutdown"));
      await (round % 2 === 0 ? leader.transport.close() : leader.transport.follow?.());
      await sent;
      await follower.heard(`goodbye ${round}`);
      await Promise.all([leader.transport.close(), follower.transport.close()]);
    }
  });

  test("is heard before the loss of the connection is", async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const pubPort = await freePorts();
      const leader = await openLeader({ pubPort });
      const follower = await openInstance({ pubPort });
      await leader.send("goodbye");
      await leader.transport.close();
      await follower.log.next("the connection is lost", ({ type }) => type === "unlinked");
      expect(follower.log.entries.map(({ type }) => type)).toEqual(["message", "unlinked"]);
      await follower.transport.close();
    }
  });

  test("waits behind what a slow subscriber has not read yet", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const slow = keep(new Subscriber({ linger: 0, receiveHighWaterMark: 1 }));
    slow.subscribe("instance.");
    slow.connect(`tcp://127.0.0.1:${pubPort}`);
    await repeatUntil(slow.receive(), () => leader.send("hello"));
    // Twelve megabytes: more than the kernel takes.
    const sent = Array.from({ length: 200 }, () => leader.send("x".repeat(60_000)));
    sent.push(leader.transport.send(message("goodbye", "instance.shutdown")));
    const closed = leader.transport.close();
    await Promise.all(sent);
    const log = createLog<string>();
    void pump(slow, (frames) => log.add(String(frames[0])));
    await log.next("the goodbye", (frame) => frame === "instance.shutdown\0goodbye");
    await closed;
  });

  test("does not wait for ever for a subscriber that reads nothing", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const stuck = keep(new Subscriber({ linger: 0, receiveHighWaterMark: 1 }));
    stuck.subscribe("instance.");
    stuck.connect(`tcp://127.0.0.1:${pubPort}`);
    await repeatUntil(stuck.receive(), () => leader.send("hello"));
    await Promise.all(Array.from({ length: 200 }, () => leader.send("x".repeat(60_000))));
    await leader.transport.close();
  });

  test.each([
    { layout: "shared", after: "follow", burst: 1 },
    { layout: "shared", after: "close", burst: 1 },
    { layout: "mesh", after: "close", burst: 1 },
    { layout: "mesh", after: "close", burst: 500 },
  ] as const)(
    "$layout: the last of $burst has left when $after resolves, even if the process is killed that moment",
    async ({ layout, after, burst }) => {
      const pubPorts: number[] = [];
      for (let group = 1; group <= ROUNDS; group += 1) pubPorts.push(await freePorts());
      const leader = await spawnPublishers(
        pubPorts.map((pubPort) =>
          layout === "shared" ? { pubPort } : { bind: `tcp://127.0.0.1:${pubPort}`, peers: [] },
        ),
      );
      const followers = await Promise.all(pubPorts.map((pubPort) => openInstance({ pubPort })));
      const strangers = pubPorts.map((pubPort) => bareSubscriber(`tcp://127.0.0.1:${pubPort}`));
      const overheard = (text: string): Promise<unknown> =>
        Promise.all(
          strangers.map(({ log }) =>
            log.next(`the reference hears ${text}`, ([frame]) => String(frame) === `instance.heartbeat\0${text}`),
          ),
        );
      await repeatUntil(overheard("hello"), () => leader.order({ type: "send", text: "hello" }));
      leader.order({ type: "send and die", text: "goodbye", burst, after });
      await Promise.all(followers.map(({ heard }) => heard("goodbye")));
      await overheard("goodbye");
      expect(await leader.ended).toBe("SIGKILL");
    },
  );
});
