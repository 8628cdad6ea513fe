import { describe, expect, test } from "vitest";
import { busTransport, type EventSubscriber } from "../../src/bus.ts";
import { TransportError } from "../../src/errors.ts";
import { Watcher } from "../../src/index.ts";
import { encodeJson } from "../../src/json.ts";
import type { Transport } from "../../src/transport.ts";
import { Ear } from "../support/ear.ts";
import { ProgramBus, ProgramStream } from "../support/program-bus.ts";

/** `subscribeTo` may take so long, in milliseconds. */
const LIMIT = 5_000;

const heartbeat = { topic: "instance.heartbeat", payload: { instance_id: "b" } };

/** What became of a promise so far. */
function watch(promise: Promise<unknown>): { outcome: unknown } {
  const seen: { outcome: unknown } = { outcome: "pending" };
  promise.then(
    () => {
      seen.outcome = "done";
    },
    (error: unknown) => {
      seen.outcome = error;
    },
  );
  return seen;
}

function boom(): never {
  throw new Error("boom");
}

/** A bus whose `subscribeTo` is answered when the test says so. */
function waiting(): { readonly bus: ProgramBus; answer(): ProgramStream } {
  const bus = new ProgramBus();
  let resolve: ((stream: ProgramStream) => void) | undefined;
  bus.next.push(
    () =>
      new Promise<ProgramStream>((settle) => {
        resolve = settle;
      }),
  );
  return {
    bus,
    answer() {
      const stream = new ProgramStream(() => undefined);
      resolve?.(stream);
      return stream;
    },
  };
}

async function isHeard(transport: Transport, bus: ProgramBus, ear: Ear): Promise<void> {
  ear.take();
  bus.bring(heartbeat);
  await ear.clock.advance(0);
  expect(ear.take()).toEqual(["message instance.heartbeat"]);
  await transport.close();
  expect(ear.clock.timers).toBe(0);
}

describe("opening over a program's own bus", () => {
  test.each<[string, () => unknown, string]>([
    ["throws", boom, "subscribeTo failed: boom"],
    ["rejects", () => Promise.reject(new Error("boom")), "subscribeTo failed: boom"],
    ["gives nothing", () => undefined, "subscribeTo gave something (undefined) that is no async iterable"],
    ["gives null", () => Promise.resolve(null), "subscribeTo gave something (null) that is no async iterable"],
    ["gives a list", () => [heartbeat], "subscribeTo gave something (object) that is no async iterable"],
    ["gives a stream that cannot be read", () => ({ [Symbol.asyncIterator]: boom }), "subscribeTo failed: boom"],
    ["gives a stream without next", () => ({ [Symbol.asyncIterator]: () => ({}) }), "no async iterable"],
  ])("when subscribeTo %s, then opening fails with a sentence, and may be tried again", async (_, behaviour, why) => {
    const bus = new ProgramBus();
    bus.next.push(behaviour);
    const ear = new Ear();
    const transport = busTransport({ subscriber: bus });
    const error: unknown = await transport.open(ear.context, ear.handlers).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: "FAILED" });
    expect((error as Error).message).toContain("Cannot open the bus transport: ");
    expect((error as Error).message).toContain(why);
    expect(ear.clock.timers).toBe(0);
    await transport.open(ear.context, ear.handlers);
    await isHeard(transport, bus, ear);
  });

  test("a subscribeTo that hangs is not waited for for ever, and the stream that comes later is given back", async () => {
    const { bus, answer } = waiting();
    const ear = new Ear();
    const transport = busTransport({ subscriber: bus });
    const opening = watch(transport.open(ear.context, ear.handlers));
    await ear.clock.advance(LIMIT - 1);
    expect(opening.outcome).toBe("pending");
    await ear.clock.advance(1);
    expect(opening.outcome).toMatchObject({ name: "TransportError", code: "NOT_CONNECTED" });
    expect(String(opening.outcome)).toContain(`subscribeTo gave no stream within ${LIMIT} ms`);
    const stream = answer();
    stream.onReturn = boom;
    await ear.clock.advance(0);
    expect(stream.returned).toBe(1);
    await transport.open(ear.context, ear.handlers);
    expect([ear.told, ear.errors]).toEqual([[], []]);
    await isHeard(transport, bus, ear);
  });

  test("closing while subscribeTo is waited for ends the opening at once, and the stream that comes later is given back", async () => {
    const { bus, answer } = waiting();
    const ear = new Ear();
    const transport = busTransport({ subscriber: bus });
    const opening = watch(transport.open(ear.context, ear.handlers));
    await transport.close();
    await ear.clock.advance(0);
    expect(opening.outcome).toMatchObject({ name: "TransportError", code: "CLOSED" });
    expect(String(opening.outcome)).toContain("it was closed while it was being opened");
    expect(ear.clock.timers).toBe(0);
    const stream = answer();
    stream.onReturn = boom;
    await ear.clock.advance(0);
    expect(stream.returned).toBe(1);
    await transport.open(ear.context, ear.handlers);
    expect([ear.told, ear.errors]).toEqual([[], []]);
    await isHeard(transport, bus, ear);
  });

  test("closing at the very moment at which the stream comes gives it back", async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const bus = new ProgramBus();
      const ear = new Ear();
      const transport = busTransport({ subscriber: bus });
      const opening = watch(transport.open(ear.context, ear.handlers));
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      await transport.close();
      await ear.clock.advance(0);
      expect([bus.subscribed, bus.streams.size, ear.clock.timers]).toEqual([1, 0, 0]);
      expect(opening.outcome).not.toBe("pending");
    }
  });

  test("a transport that only speaks, too, is not open when it was closed while it was being opened", async () => {
    const ear = new Ear();
    const transport = busTransport({ publisher: new ProgramBus() });
    const opening = expect(transport.open(ear.context, ear.handlers)).rejects.toMatchObject({ code: "CLOSED" });
    await transport.close();
    await opening;
  });

  test("what is open, or being opened, is refused a second opening, and goes on", async () => {
    const { bus, answer } = waiting();
    const ear = new Ear();
    const transport = busTransport({ subscriber: bus });
    const opening = transport.open(ear.context, ear.handlers);
    const twice = "Cannot open the bus transport twice: it is open already; close it first.";
    await expect(transport.open(ear.context, new Ear().handlers)).rejects.toThrow(twice);
    const stream = answer();
    await opening;
    await expect(transport.open(ear.context, new Ear().handlers)).rejects.toThrow(twice);
    stream.bring(heartbeat);
    await ear.clock.advance(0);
    expect(ear.told).toEqual(["message instance.heartbeat"]);
    await transport.close();
    expect(stream.returned).toBe(1);
  });

  test("a transport that was closed may be opened again: its next connection has the next number, and is up", async () => {
    const bus = new ProgramBus();
    const ear = new Ear();
    const transport = busTransport({ publisher: bus, subscriber: bus });
    await transport.open(ear.context, ear.handlers);
    bus.end();
    await ear.clock.advance(0);
    await transport.close();
    expect(ear.take()).toEqual(["link down 1"]);
    await transport.open(ear.context, ear.handlers);
    expect(ear.take()).toEqual(["link up 2"]);
    await transport.send({ topic: heartbeat.topic, body: encodeJson(heartbeat) });
    await ear.clock.advance(0);
    expect(ear.take()).toEqual(["message instance.heartbeat"]);
    await isHeard(transport, bus, ear);
  });
});

describe("closing over a program's own bus", () => {
  async function opened(): Promise<{ transport: Transport; stream: ProgramStream; ear: Ear }> {
    const bus = new ProgramBus();
    const ear = new Ear();
    const transport = busTransport({ subscriber: bus });
    await transport.open(ear.context, ear.handlers);
    const [stream] = bus.streams;
    if (stream === undefined) throw new Error("Nobody is subscribed.");
    return { transport, stream, ear };
  }

  test.each<[string, () => unknown]>([
    ["throws", boom],
    ["rejects", () => Promise.reject(new Error("boom"))],
  ])("a return() that %s is told before closing ends, once", async (_, onReturn) => {
    const { transport, stream, ear } = await opened();
    stream.onReturn = onReturn;
    await transport.close();
    expect(ear.errors.map((error) => error.message)).toEqual([
      "Cannot end a subscription of the bus transport: the return() of its stream failed (boom); the bus may keep it until the program ends.",
    ]);
    await transport.close();
    expect(stream.returned).toBe(1);
  });

  test("a return() that fails after closing has ended is told to nobody, and is not unhandled", async () => {
    const { transport, stream, ear } = await opened();
    let reject: (error: Error) => void = () => undefined;
    stream.onReturn = () =>
      new Promise((_, refuse) => {
        reject = refuse;
      });
    await transport.close();
    reject(new Error("boom"));
    await ear.clock.advance(0);
    // Whatever is unhandled is reported by the runtime in a later turn of its own, and fails the run.
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(ear.errors).toEqual([]);
  });

  test("a generator that waits for its next event is not waited for, and nothing that comes later is handed on", async () => {
    const ear = new Ear();
    let wake: () => void = () => undefined;
    const subscriber: EventSubscriber = {
      subscribeTo: () =>
        (async function* () {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          yield heartbeat;
        })(),
    };
    const transport = busTransport({ subscriber });
    await transport.open(ear.context, ear.handlers);
    await transport.close();
    wake();
    await ear.clock.advance(0);
    expect(ear.told).toEqual([]);
  });

  test("a watcher that is shut down while it starts gives the subscription back", async () => {
    const { bus, answer } = waiting();
    const watcher = Watcher.forSecondary({
      subscriber: bus,
      logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    const starting = watcher.start().catch(() => undefined);
    await Promise.resolve();
    const leaving = watcher.shutdown();
    const stream = answer();
    await Promise.all([starting, leaving]);
    expect(stream.returned).toBe(1);
  });
});
