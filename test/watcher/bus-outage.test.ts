import { describe, expect, test } from "vitest";
import { busTransport } from "../../src/bus.ts";
import type { Transport } from "../../src/transport.ts";
import { Ear } from "../support/ear.ts";
import type { FakeClock } from "../support/fake-clock.ts";
import { TIMEOUT } from "../support/group.ts";
import { ProgramBus, ProgramStream } from "../support/program-bus.ts";

/** `subscribeTo` may take so long, in milliseconds. */
const LIMIT = 5_000;

/** The first wait before it is called anew, in milliseconds. */
const FIRST = 100;

const heartbeat = { topic: "instance.heartbeat", payload: { instance_id: "b" } };

function boom(): never {
  throw new Error("boom");
}

interface Opened {
  readonly transport: Transport;
  readonly bus: ProgramBus;
  readonly ear: Ear;
}

async function opened(): Promise<Opened> {
  const bus = new ProgramBus();
  const ear = new Ear();
  const transport = busTransport({ publisher: bus, subscriber: bus });
  await transport.open(ear.context, ear.handlers);
  return { transport, bus, ear };
}

/** It hears what is brought now, and nothing is left when it is closed. */
async function goesOn({ transport, bus, ear }: Opened): Promise<void> {
  ear.take();
  bus.bring(heartbeat);
  await ear.clock.advance(0);
  expect(ear.take()).toEqual(["message instance.heartbeat"]);
  await transport.close();
  expect(ear.clock.timers).toBe(0);
  expect(bus.streams.size).toBe(0);
}

describe("a stream of a program's own bus that is over", () => {
  test.each<[string, (bus: ProgramBus) => void, string]>([
    ["ends", (bus) => bus.end(), "ended"],
    ["throws", (bus) => bus.fail(new Error("boom")), "failed (boom)"],
    ["throws what cannot be shown", (bus) => bus.fail(Object.create(null)), "failed (something that has no text)"],
  ])(
    "when it %s, then the link goes down at once, is told, and comes up with the next number",
    async (_, over, why) => {
      const all = await opened();
      const { bus, ear } = all;
      over(bus);
      await ear.clock.advance(0);
      expect(ear.take()).toEqual(["link down 1"]);
      expect(ear.errors.map((error) => error.message)).toEqual([
        `The bus transport hears nothing: the stream that subscribeTo gave has ${why}; it is subscribed anew until that succeeds.`,
      ]);
      expect(bus.subscribed).toBe(1);
      await ear.clock.advance(FIRST);
      expect(ear.take()).toEqual(["link up 2"]);
      expect(bus.subscribed).toBe(2);
      expect(ear.errors).toHaveLength(1);
      await goesOn(all);
    },
  );

  test("one that throws is given back: its subscription may be there still", async () => {
    const { transport, bus, ear } = await opened();
    const [stream] = bus.streams;
    if (stream !== undefined) stream.onReturn = boom;
    bus.fail(new Error("boom"));
    await ear.clock.advance(0);
    expect(stream?.returned).toBe(1);
    expect(ear.errors).toHaveLength(1);
    await transport.close();
    expect(stream?.returned).toBe(1);
    expect(ear.errors).toHaveLength(1);
  });

  test.each<[string, () => unknown]>([
    ["throws", boom],
    ["throws at once", () => ({ [Symbol.asyncIterator]: () => ({ next: boom }) })],
    ["gives no results", () => ({ [Symbol.asyncIterator]: () => ({ next: () => undefined }) })],
    ["ends before anything came", () => (async function* () {})()],
  ])("when the next stream %s, then there is another", async (_, behaviour) => {
    const all = await opened();
    const { bus, ear } = all;
    bus.next.push(behaviour);
    bus.end();
    await ear.clock.advance(2 * TIMEOUT);
    expect(bus.subscribed).toBe(3);
    expect(ear.errors).toHaveLength(1);
    await goesOn(all);
  });

  test.each<[string, () => unknown]>([
    ["throws", boom],
    ["rejects", () => Promise.reject(new Error("boom"))],
    ["rejects with what cannot be shown", () => Promise.reject(Object.create(null) as Error)],
    ["gives nothing", () => undefined],
    ["gives a list", () => Promise.resolve([heartbeat])],
  ])(
    "when subscribeTo %s for a minute, then it is called again and again, later each time, and told once",
    async (_, behaviour) => {
      const all = await opened();
      const { bus, ear } = all;
      const calls: number[] = [];
      bus.always = () => {
        calls.push(ear.clock.now());
        return behaviour();
      };
      bus.end();
      await ear.clock.advance(60_000);
      expect(ear.errors).toHaveLength(1);
      expect(ear.take()).toEqual(["link down 1"]);
      const waits = calls.map((at, index) => at - (calls[index - 1] ?? 0));
      const steps = waits.map((_, index) => Math.min(FIRST * 2 ** index, TIMEOUT));
      for (const [index, wait] of waits.entries()) {
        expect(wait).toBeGreaterThanOrEqual((steps[index] ?? 0) * 0.75);
        expect(wait).toBeLessThanOrEqual(steps[index] ?? 0);
      }
      expect(calls.length).toBeGreaterThan(60_000 / TIMEOUT - 1);
      // Those who lost the same bus do not come back in step.
      expect(new Set(waits.slice(5).map(Math.round)).size).toBeGreaterThan(5);
      bus.always = undefined;
      await ear.clock.advance(TIMEOUT);
      expect(ear.take()).toEqual(["link up 2"]);
      await goesOn(all);
    },
  );

  test("a subscribeTo that hangs is called again, and the stream that comes too late is given back", async () => {
    const all = await opened();
    const { bus, ear } = all;
    let answer: (stream: ProgramStream) => void = () => undefined;
    bus.next.push(
      () =>
        new Promise<ProgramStream>((resolve) => {
          answer = resolve;
        }),
    );
    bus.end();
    await ear.clock.advance(FIRST + LIMIT + 2 * FIRST);
    expect(ear.take()).toEqual(["link down 1", "link up 2"]);
    const late = new ProgramStream(() => undefined);
    answer(late);
    late.bring(heartbeat);
    await ear.clock.advance(0);
    expect(late.returned).toBe(1);
    expect(ear.take()).toEqual([]);
    expect(ear.errors).toHaveLength(1);
    await goesOn(all);
  });

  test("a stream that comes too late and cannot be given back is told, once in an outage", async () => {
    const { transport, bus, ear } = await opened();
    const answers: (() => void)[] = [];
    bus.always = (stream) => {
      stream.onReturn = boom;
      return new Promise((resolve) => answers.push(() => resolve(stream)));
    };
    bus.end();
    await ear.clock.advance(4 * LIMIT);
    expect(answers.length).toBeGreaterThan(2);
    for (const answer of answers.slice(0, 2)) answer();
    await ear.clock.advance(0);
    expect(ear.errors.map((error) => error.message)).toEqual([
      expect.stringContaining("has ended; it is subscribed anew"),
      expect.stringContaining("the return() of its stream failed (boom)"),
    ]);
    await transport.close();
  });

  test("streams that end at once, again and again, are asked for ever more seldom, and told once", async () => {
    const all = await opened();
    const { bus, ear } = all;
    bus.always = () => (async function* () {})();
    bus.end();
    await ear.clock.advance(60_000);
    expect(bus.subscribed).toBeLessThan(60_000 / (0.75 * TIMEOUT) + 4);
    expect(ear.errors).toHaveLength(1);
    const numbers = ear.take().map((line) => line.replace(/^link /, ""));
    expect(numbers.slice(0, 5)).toEqual(["down 1", "up 2", "down 2", "up 3", "down 3"]);
    bus.always = undefined;
    await ear.clock.advance(TIMEOUT);
    await goesOn(all);
  });

  test.each<[string, (bus: ProgramBus, clock: FakeClock) => Promise<void>]>([
    [
      "brought a message",
      async (bus, clock) => {
        bus.bring(heartbeat);
        await clock.advance(0);
      },
    ],
    ["lasted a heartbeat timeout", async (_, clock) => clock.advance(TIMEOUT)],
  ])("after a stream that %s the next outage is told, and its first wait is short again", async (_, live) => {
    const { transport, bus, ear } = await opened();
    const { clock } = ear;
    bus.always = boom;
    bus.end();
    await clock.advance(60_000);
    bus.always = undefined;
    await clock.advance(TIMEOUT);
    await live(bus, clock);
    expect(ear.errors).toHaveLength(1);
    const { subscribed } = bus;
    bus.end();
    await clock.advance(FIRST);
    expect(ear.errors).toHaveLength(2);
    expect(bus.subscribed).toBe(subscribed + 1);
    await transport.close();
  });

  test("closing while it waits to subscribe anew leaves no timer, and subscribes no more", async () => {
    const { transport, bus, ear } = await opened();
    bus.end();
    await ear.clock.advance(0);
    await transport.close();
    expect(ear.clock.timers).toBe(0);
    await ear.clock.advance(60_000);
    expect(bus.subscribed).toBe(1);
    expect(ear.told).toEqual(["link down 1"]);
  });

  test("closing while subscribeTo is called anew leaves no timer, and the stream that comes later is given back", async () => {
    const { transport, bus, ear } = await opened();
    let answer: (stream: ProgramStream) => void = () => undefined;
    bus.next.push(
      () =>
        new Promise<ProgramStream>((resolve) => {
          answer = resolve;
        }),
    );
    bus.end();
    await ear.clock.advance(FIRST);
    expect(bus.subscribed).toBe(2);
    await transport.close();
    expect(ear.clock.timers).toBe(0);
    const late = new ProgramStream(() => undefined);
    late.onReturn = boom;
    answer(late);
    await ear.clock.advance(60_000);
    expect(late.returned).toBe(1);
    expect(ear.told).toEqual(["link down 1"]);
    expect(ear.errors).toHaveLength(1);
  });
});
