import { describe, expect, test } from "vitest";
import { makeInstance, openInstance, type Instance } from "./instances.ts";
import { bareAsker, barePublisher } from "./peers.ts";

import { isFree } from "../../bench/group/ports.ts";
import { freePorts, serve } from "../support/ports.ts";
import { createServer } from "node:net";

/** Endpoints of as many instances, and each one's options: everybody's list names everybody. */
async function meshOf(size: number): Promise<{ bind: string; peers: string[] }[]> {
  const peers: string[] = [];
  while (peers.length < size) peers.push(`tcp://127.0.0.1:${await freePorts()}`);
  return peers.map((bind) => ({ bind, peers }));
}

function bodies({ log }: Instance): string[] {
  return log.entries.flatMap((told) => (told.type === "message" ? told.body : []));
}

describe("a mesh", () => {
  test("everybody hears everybody from the moment that the last one is open", async () => {
    for (let round = 1; round <= 10; round += 1) {
      const instances: Instance[] = [];
      for (const options of await meshOf(3)) instances.push(await openInstance(options));
      for (const { send, name } of instances) await send(`from ${name}`);
      for (const { name, heard } of instances)
        for (const other of instances) if (other.name !== name) await heard(`from ${other.name}`);
      for (const instance of instances) expect(bodies(instance)).not.toContain(`from ${instance.name}`);
      await Promise.all(instances.map(({ transport }) => transport.close()));
    }
  });

  test("those who open at the same time hear each other as well", async () => {
    const instances = (await meshOf(3)).map((options) => makeInstance(options));
    await Promise.all(instances.map(({ open }) => open()));
    for (const { send, name } of instances) await send(`from ${name}`);
    for (const { name, heard } of instances)
      for (const other of instances) if (other.name !== name) await heard(`from ${other.name}`);
  });

  test("a newcomer is subscribed to at once, and not when the next attempt would be due", async () => {
    const [one, other] = await meshOf(2);
    const never = { connect: { reconnectInterval: 3_600_000, reconnectMaxInterval: 0 } };
    const first = await openInstance({ ...one, socketOptions: never });
    const second = await openInstance(other ?? {});
    await second.send("hello");
    await first.heard("hello");
  });

  test("a newcomer is announced to those who are there", async () => {
    const [one, other] = await meshOf(2);
    const first = await openInstance(one ?? {});
    await openInstance(other ?? {});
    await first.log.next("the newcomer", ({ type }) => type === "audience");
  });

  test("messages and the loss of a connection name the peer's endpoint", async () => {
    const [one, other] = await meshOf(2);
    const [first, second] = [await openInstance(one ?? {}), await openInstance(other ?? {})];
    await second.send("hello");
    expect(await first.heard("hello")).toMatchObject({ from: other?.bind });
    await second.transport.close();
    expect(await first.log.next("the loss", ({ type }) => type === "unlinked")).toEqual({
      type: "unlinked",
      peer: { from: other?.bind },
    });
    expect(second.log.entries.filter(({ type }) => type === "unlinked")).toEqual([]);
  });

  test("a peer that restarts is heard again", async () => {
    const [one, other] = await meshOf(2);
    const first = await openInstance(one ?? {});
    for (let start = 1; start <= 3; start += 1) {
      const second = await openInstance(other ?? {});
      await second.send(`start ${start}`);
      await first.heard(`start ${start}`);
      await second.transport.close();
    }
  });

  test("a port that is taken makes open fail with a sentence, and leaves nothing running", async () => {
    const port = await freePorts();
    await serve(createServer(), port);
    const instance = makeInstance({ bind: `tcp://127.0.0.1:${port}`, peers: [], rpcPort: port + 1 });
    await expect(instance.open()).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
      message: expect.stringContaining(`Cannot bind tcp://127.0.0.1:${port}: it is taken`) as string,
    });
    expect(await isFree(port + 1)).toBe(true);
  });

  test("an address of another machine makes open fail with a sentence", async () => {
    const instance = makeInstance({ bind: "tcp://192.0.2.1:5555", peers: [] });
    await expect(instance.open()).rejects.toMatchObject({
      code: "BAD_ADDRESS",
      message: "Cannot bind tcp://192.0.2.1:5555: it does not exist on this machine; use one that does.",
    });
  });

  test("settings that libzmq refuses make open fail and give the port up", async () => {
    const port = await freePorts();
    const bind = `tcp://127.0.0.1:${port}`;
    const connect = { curveServerKey: "no key" };
    const instance = makeInstance({ bind, peers: ["tcp://127.0.0.1:1"], socketOptions: { connect } });
    await expect(instance.open()).rejects.toMatchObject({ code: "FAILED" });
    expect(await isFree(port)).toBe(true);
  });

  test("answers instance.ping where a port for it is given", async () => {
    const port = await freePorts();
    const instance = await openInstance({ bind: `tcp://127.0.0.1:${port}`, peers: [], rpcPort: port + 1 });
    const { ask, log } = bareAsker(`tcp://127.0.0.1:${port + 1}`);
    await ask("", `{"jsonrpc":"2.0","id":"1","method":"instance.ping"}`);
    const [, answer] = await log.next("the answer", () => true);
    expect(JSON.parse(String(answer))).toMatchObject({ id: "1", result: { instance_id: instance.name } });
  });

  test("a bare publisher may be a peer", async () => {
    const [port, peer] = [await freePorts(), `tcp://127.0.0.1:${await freePorts()}`];
    const publisher = await barePublisher(peer);
    const instance = await openInstance({ bind: `tcp://127.0.0.1:${port}`, peers: [peer] });
    await publisher.send("instance.heartbeat\0{}");
    await instance.heard("{}");
  });
});
