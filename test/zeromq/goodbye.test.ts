import { describe, expect, test } from "vitest";
import { message, openInstance, openLeader } from "./instances.ts";
import { spawnLeader } from "./leader.ts";
import { repeatUntil } from "./log.ts";
import { bareSubscriber } from "./peers.ts";
import { freePorts } from "./ports.ts";

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

  test.each([
    { type: "send and die after follow", text: "goodbye" },
    { type: "send and die after close", text: "goodbye", burst: 1 },
    { type: "send and die after close", text: "goodbye", burst: 500 },
  ] as const)(
    "has left when the promise resolves, even if the process is killed then: $type, burst $burst",
    async (order) => {
      const pubPort = await freePorts();
      const leader = await spawnLeader(pubPort);
      const follower = await openInstance({ pubPort });
      const { log } = bareSubscriber(`tcp://127.0.0.1:${pubPort}`);
      await repeatUntil(
        log.next("the reference hears hello", ([frame]) => frame?.toString() === "instance.heartbeat\0hello"),
        () => leader.order({ type: "send", text: "hello" }),
      );
      leader.order(order);
      await follower.heard("goodbye");
      await log.next("the reference hears goodbye", ([frame]) => frame?.toString() === "instance.heartbeat\0goodbye");
      expect(await leader.ended).toBe("SIGKILL");
    },
  );
});
