import { describe, expect, test } from "vitest";
import { eventually, repeatUntil } from "../support/log.ts";
import { freePorts } from "../support/ports.ts";
import { makeInstance, openInstance, type Instance } from "./instances.ts";

async function endpoint(): Promise<string> {
  return `tcp://127.0.0.1:${await freePorts()}`;
}

function misconfigured({ log }: Instance): string[] {
  return log.entries.flatMap((told) => (told.type === "misconfigured" ? told.message : []));
}

describe("a mesh whose lists do not agree", () => {
  test("is told on both sides, with the other's endpoint, and the listed one is known not to hear", async () => {
    const [a, b] = [await endpoint(), await endpoint()];
    const [lists, listed] = [await openInstance({ bind: a, peers: [b] }), await openInstance({ bind: b, peers: [] })];
    await lists.log.next("the one that lists", ({ type }) => type === "misconfigured");
    await listed.log.next("the one that does not", ({ type }) => type === "misconfigured");
    expect(misconfigured(lists)).toEqual([
      `The peer ${b} is heard, and does not hear this instance, which publishes on ${a}: its list of peers lacks this one, or has an endpoint or keys with which it cannot connect. Both can be primary at once until this one hears of it and gives way; list each in the peers of the other.`,
    ]);
    expect(misconfigured(listed)).toEqual([
      `An instance that publishes on "${a}" hears this one, and is not heard: option peers lacks it, or has an endpoint or keys with which this one cannot connect. Both can be primary at once; list each in the peers of the other.`,
    ]);
    await listed.send("deaf");
    expect(await lists.heard("deaf")).toMatchObject({ deaf: true });
  });

  test("is told again for no restart of the same member, whichever it is", async () => {
    const [a, b] = [await endpoint(), await endpoint()];
    const [lists, listed] = [makeInstance({ bind: a, peers: [b] }), makeInstance({ bind: b, peers: [] })];
    await Promise.all([lists.open(), listed.open()]);
    await lists.log.next("the one that lists", ({ type }) => type === "misconfigured");
    await listed.log.next("the one that does not", ({ type }) => type === "misconfigured");
    await listed.transport.close();
    await listed.open();
    await repeatUntil(
      lists.log.next("it is deaf again", (told) => told.type === "message" && told.deaf && told.body === "again"),
      () => listed.send("again"),
    );
    expect(misconfigured(lists)).toHaveLength(1);
  });

  test("is whole again when the list is mended", async () => {
    const [a, b] = [await endpoint(), await endpoint()];
    const lists = await openInstance({ bind: a, peers: [b] });
    const before = await openInstance({ bind: b, peers: [] });
    await lists.log.next("the mistake", ({ type }) => type === "misconfigured");
    await before.transport.close();
    const after = await openInstance({ bind: b, peers: [a] });
    await after.send("mended");
    expect(await lists.heard("mended")).toMatchObject({ deaf: false });
    expect(misconfigured(after)).toEqual([]);
  });

  test("is told of nobody whose lists agree, in whatever order they begin, nor of an observer that nobody lists", async () => {
    const [a, b, c] = [await endpoint(), await endpoint(), await endpoint()];
    const members = [
      await openInstance({ bind: a, peers: [b] }),
      await openInstance({ bind: b, peers: [a] }),
      makeInstance({ bind: c, peers: [a, b] }),
    ];
    const [one, other, observer] = members;
    await observer?.transport.open({ ...observer.context, candidate: false }, observer.handlers);
    await other?.send("hello");
    await one?.heard("hello");
    await observer?.heard("hello");
    // The patience of a timeout of a second is 500 ms; what is told comes with the timers of that time.
    const deadline = performance.now() + 2_000;
    await eventually("the time to tell is over", () =>
      performance.now() > deadline ? Promise.resolve() : Promise.reject(new Error("not yet")),
    );
    expect(members.map(misconfigured)).toEqual([[], [], []]);
  });
});
