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
    { after: "follow", burst: 1 },
    { after: "close", burst: 1 },
    { after: "close", burst: 500 },
  ] as const)(
    "of a burst of $burst has left when $after resolves, even if the process is killed that moment",
    async ({ after, burst }) => {
      const pubPorts: number[] = [];
      for (let group = 1; group <= ROUNDS; group += 1) pubPorts.push(await freePorts());
      const leader = await spawnLeader(...pubPorts);
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
