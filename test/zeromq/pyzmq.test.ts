import { describe, expect, test } from "vitest";
import { repeatUntil } from "../support/log.ts";
import { freePorts } from "../support/ports.ts";
import { useEngine } from "./engine.ts";
import { openInstance, openLeader } from "./instances.ts";
import { pythonSocket } from "./python.ts";

useEngine("zmtp");

const heartbeat = (text: string): Buffer => Buffer.from(`instance.heartbeat\0${text}`);

describe("our own engine and pyzmq", () => {
  test.each([1, 300, 60_000])("its PUB is heard, with messages of %d bytes", async (size) => {
    const pubPort = await freePorts();
    const publisher = await pythonSocket("PUB", `tcp://127.0.0.1:${pubPort}`);
    const follower = await openInstance({ pubPort });
    const text = "x".repeat(size);
    await repeatUntil(follower.heard(text), () => publisher.send(heartbeat(text)));
  });

  test("its PUB is told as lost when its process is killed, and heard again when it is back", async () => {
    const pubPort = await freePorts();
    const endpoint = `tcp://127.0.0.1:${pubPort}`;
    const first = await pythonSocket("PUB", endpoint);
    const follower = await openInstance({ pubPort });
    await repeatUntil(follower.heard("first"), () => first.send(heartbeat("first")));
    await first.kill();
    await follower.log.next("the loss", ({ type }) => type === "unlinked");
    const second = await pythonSocket("PUB", endpoint);
    await repeatUntil(follower.heard("second"), () => second.send(heartbeat("second")));
  });

  test("its SUB hears us without a gap, while it asks with PINGs whether we are there", async () => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const subscriber = await pythonSocket("SUB", `tcp://127.0.0.1:${pubPort}`);
    let sent = 0;
    const enough = subscriber.log.next("a hundred messages", () => subscriber.log.entries.length >= 100);
    await repeatUntil(enough, () => leader.send(`${(sent += 1)}`));
    const numbers = subscriber.log.entries.map(([frame]) => Number(String(frame).split("\0")[1]));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  });

  test.each(["REQ", "DEALER"] as const)("its %s is answered", async (kind) => {
    const pubPort = await freePorts();
    const leader = await openLeader({ pubPort });
    const asker = await pythonSocket(kind, `tcp://127.0.0.1:${pubPort + 1}`);
    const question = Buffer.from(`{"jsonrpc":"2.0","id":"1","method":"instance.ping"}`);
    asker.send(...(kind === "REQ" ? [question] : [Buffer.alloc(0), question]));
    const answer = await asker.log.next("the answer", () => true);
    expect(JSON.parse(String(answer.at(-1)))).toMatchObject({ id: "1", result: { instance_id: leader.name } });
  });

  test("its ROUTER answers us", async () => {
    const pubPort = await freePorts();
    await pythonSocket("ROUTER", `tcp://127.0.0.1:${pubPort + 1}`);
    const follower = await openInstance({ pubPort });
    expect(await follower.transport.probe?.(AbortSignal.timeout(5_000))).toEqual({ instanceId: "python" });
  });
});
