import { describe, expect, test } from "vitest";
import { openInstance, openLeader } from "./instances.ts";
import { spawnLeader } from "./leader.ts";
import { freePorts } from "../support/ports.ts";

describe("the loss of a connection", () => {
  test("is told at once when the primary's process is killed, by the name that its messages carried", async () => {
    const pubPort = await freePorts();
    const leader = await spawnLeader(pubPort);
    const follower = await openInstance({ pubPort });
    leader.order({ type: "send", text: "alive" });
    const heard = await follower.heard("alive");
    leader.signal("SIGKILL");
    const unlinked = await follower.log.next("the loss", ({ type }) => type === "unlinked");
    expect(unlinked).toEqual({ type: "unlinked", peer: { from: heard.type === "message" && heard.from } });
  });

  test("is told for a primary that stands still, as its libzmq answers no PING any more", async () => {
    const pubPort = await freePorts();
    const leader = await spawnLeader(pubPort);
    const follower = await openInstance({ pubPort });
    leader.order({ type: "send", text: "alive" });
    await follower.heard("alive");
    await leader.stop();
    await follower.log.next("the loss", ({ type }) => type === "unlinked");
    leader.signal("SIGCONT");
  });

  test("is not told to the one who stops leading, or closes", async () => {
    const pubPort = await freePorts();
    const [leader, witness] = [await openLeader({ pubPort }), await openInstance({ pubPort })];
    for (let round = 1; round <= 10; round += 1) {
      await leader.transport.follow?.();
      await leader.transport.lead?.();
    }
    await leader.transport.follow?.();
    await witness.transport.lead?.();
    await witness.log.next("the former leader subscribes anew", ({ type }) => type === "audience");
    await witness.send("all is well");
    await leader.heard("all is well");
    expect(leader.log.entries.filter(({ type }) => type === "unlinked")).toEqual([]);
    await witness.transport.close();
    expect(witness.log.entries.filter(({ type }) => type === "error" || type === "link")).toEqual([]);
  });
});
