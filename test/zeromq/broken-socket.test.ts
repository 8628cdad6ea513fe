import { describe, expect, onTestFinished, test } from "vitest";
import * as zmq from "zeromq";
import { sharedLayout } from "../../transports/zeromq/layout.ts";
import { libzmq } from "../../transports/zeromq/libzmq/index.ts";
import type { ZeroMQ } from "../../transports/zeromq/libzmq/load.ts";
import { sharedTransport } from "../../transports/zeromq/shared.ts";
import { repeatUntil } from "../support/log.ts";
import { freePorts } from "../support/ports.ts";
import { instanceOf, openInstance, type Instance } from "./instances.ts";

type Kind = "Subscriber" | "XPublisher" | "Router";

/** Real sockets, of which those of one kind fail once to read, when they are told to. */
function failing(kind: Kind): { readonly load: () => Promise<ZeroMQ>; fail(): void } {
  let isDue = false;
  let made = 0;
  const faulty = (Real: new (...args: never[]) => zmq.Socket & { receive(): Promise<unknown> }): unknown =>
    class extends Real {
      override async receive(): Promise<unknown> {
        const read = await super.receive();
        if (!isDue) return read;
        isDue = false;
        made += 1;
        throw new Error(`no memory (${made})`);
      }
    };
  const load = (): Promise<ZeroMQ> => Promise.resolve({ ...zmq, [kind]: faulty(zmq[kind]) });
  return { load, fail: () => (isDue = true) };
}

async function openFaulty(pubPort: number, load: () => Promise<ZeroMQ>): Promise<Instance> {
  const instance = instanceOf(sharedTransport(sharedLayout({ pubPort }), libzmq({}, load)));
  await instance.open();
  return instance;
}

describe("a socket of libzmq that can no longer be read is told of and made anew", () => {
  test("a subscriber hears again, and the loss is told", async () => {
    const pubPort = await freePorts();
    const { load, fail } = failing("Subscriber");
    const leader = await openInstance({ pubPort, engine: "libzmq" });
    await leader.transport.lead?.();
    const follower = await openFaulty(pubPort, load);
    fail();
    await leader.send("lost");
    expect(await follower.log.next("the report", ({ type }) => type === "error")).toEqual({
      type: "error",
      message: `Cannot read from the subscriber to tcp://127.0.0.1:${pubPort} any more: no memory (1); it is made anew.`,
    });
    await follower.log.next("the loss", ({ type }) => type === "unlinked");
    await repeatUntil(follower.heard("again"), () => leader.send("again"));
  });

  test("a publisher goes on publishing on its port, and welcomes newcomers", async () => {
    const pubPort = await freePorts();
    const { load, fail } = failing("XPublisher");
    const leader = await openFaulty(pubPort, load);
    await leader.transport.lead?.();
    fail();
    const follower = await openInstance({ pubPort, engine: "libzmq" });
    await leader.log.next("the report", ({ type }) => type === "error");
    await leader.log.next("the newcomer", ({ type }) => type === "audience");
    await repeatUntil(follower.heard("again"), () => leader.send("again").catch(() => undefined));
  });

  test("a responder answers again", async () => {
    const pubPort = await freePorts();
    const { load, fail } = failing("Router");
    const leader = await openFaulty(pubPort, load);
    await leader.transport.lead?.();
    const follower = await openInstance({ pubPort, engine: "libzmq" });
    const ask = (): Promise<unknown> =>
      follower.transport.probe?.(AbortSignal.timeout(200)) ?? Promise.resolve(undefined);
    fail();
    expect(await ask()).toBeUndefined();
    await leader.log.next("the report", ({ type }) => type === "error");
    let answer: unknown;
    onTestFinished(() => void (answer ??= "over"));
    while (answer === undefined) answer = await ask();
    expect(answer).toMatchObject({ instanceId: leader.name });
  });
});
