import { describe, expect, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import type { BusMessage, Transport, TransportHandlers } from "../../src/transport.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { transportConformance, type ConformanceBus } from "./index.ts";

type Breaking = (good: Transport, bus: BusMessage[]) => Partial<Transport>;

/** Runs the suite against a transport that is broken in one way, and gives the names of the tests that went red. */
async function redTests(breaking: Breaking): Promise<string[]> {
  const bodies = new Map<string, () => Promise<void>>();
  transportConformance({
    test: (name, body) => bodies.set(name, body),
    create: () => {
      const bus = new MemoryBus({ delay: 1 });
      const sent: BusMessage[] = [];
      const broken = (): Transport => {
        const good = memory(bus);
        return { ...good, ...breaking(good, sent) };
      };
      return Promise.resolve({ a: broken(), b: broken(), done: () => Promise.resolve(), bus: takenAway(bus) });
    },
  });
  const red: string[] = [];
  await Promise.all([...bodies].map(([name, body]) => body().catch(() => red.push(name))));
  return red;
}

function takenAway(bus: MemoryBus): ConformanceBus {
  // eslint-disable-next-line @typescript-eslint/require-await
  return { stop: async () => bus.stop(), start: async () => bus.start() };
}

/** Every handler, with the messages changed on their way in. */
function tamper(
  good: Transport,
  message: (handlers: TransportHandlers, message: BusMessage) => void,
): Partial<Transport> {
  return {
    open: (context, handlers) => good.open(context, { ...handlers, message: (heard) => message(handlers, heard) }),
  };
}

describe.concurrent("the suite goes red on a transport that", () => {
  test.for<[string, string, Breaking]>([
    [
      "replays what was sent before open",
      "nothing that was sent before open is delivered",
      (good, sent) => ({
        send: (message) => {
          sent.push(message);
          return good.send(message);
        },
        open: async (context, handlers) => {
          await good.open(context, handlers);
          for (const message of sent) handlers.message(message);
        },
      }),
    ],
    [
      "cuts bodies short",
      "it delivers topic and body byte for byte, whatever the bytes and the size",
      (good) => tamper(good, (handlers, { topic, body }) => handlers.message({ topic, body: body.slice(0, 1_000) })),
    ],
    [
      "loses the last message of a burst",
      "it keeps boundaries and order in a burst",
      (good) =>
        tamper(good, (handlers, message) => {
          if (new TextDecoder().decode(message.body) !== "message 49") handlers.message(message);
        }),
    ],
    [
      "opens before it can hear",
      "open resolves only when what is sent from then on arrives",
      (good) => ({
        open: async (context, handlers) => {
          let deaf = true;
          setTimeout(() => (deaf = false), 200);
          await good.open(context, {
            ...handlers,
            message: (message) => (deaf ? undefined : handlers.message(message)),
          });
        },
      }),
    ],
    [
      "goes on calling after close",
      "no handler is called after close has resolved",
      (good) => {
        let again: (() => void) | undefined;
        return {
          open: (context, handlers) => {
            again = () => handlers.message({ topic: "instance.heartbeat", body: new Uint8Array() });
            return good.open(context, handlers);
          },
          close: async () => {
            await good.close();
            if (again !== undefined) setTimeout(again, 1);
          },
        };
      },
    ],
    [
      "throws where it should reject",
      "send before open, and after close, rejects with a TransportError and never throws",
      (good) => {
        let open = false;
        return {
          open: async (context, handlers) => {
            await good.open(context, handlers);
            open = true;
          },
          send: (message) => {
            if (!open) throw new TransportError("NOT_CONNECTED", "thrown");
            return good.send(message);
          },
        };
      },
    ],
    [
      "acknowledges what the bus has not",
      "an acknowledgement is a barrier: what the bus accepted before was delivered",
      (good) => ({
        send: (message) => {
          good.send(message).catch(() => undefined);
          return Promise.resolve();
        },
      }),
    ],
    [
      "does not notice newcomers",
      "a newcomer is an audience",
      (good) => ({ open: (context, handlers) => good.open(context, { ...handlers, audience: () => undefined }) }),
    ],
    [
      "can be opened twice",
      "a transport is opened once",
      (good) => ({ open: (context, handlers) => good.open(context, handlers).catch(() => undefined) }),
    ],
    [
      "cannot be opened again",
      "after close it is opened again, and hears and is heard as before",
      (good) => {
        let closed = false;
        return {
          open: (context, handlers) =>
            closed ? Promise.reject(new TransportError("CLOSED", "once")) : good.open(context, handlers),
          close: () => {
            closed = true;
            return good.close();
          },
        };
      },
    ],
    [
      "goes on opening after close",
      "close ends an open that is under way, which can be tried again",
      (good) => ({
        open: async (context, handlers) => {
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          await good.open(context, handlers);
        },
      }),
    ],
    [
      "cannot be tried again after it was refused",
      "open without the bus rejects with a TransportError, and can be tried again",
      (good) => {
        let tried = false;
        return {
          open: (context, handlers) => {
            if (tried) return Promise.reject(new TransportError("CLOSED", "once"));
            tried = true;
            return good.open(context, handlers);
          },
        };
      },
    ],
    [
      "waits for ever for a bus that is away",
      "close ends an open that waits for the bus, which can be tried again",
      (good) => ({
        open: (context, handlers) => good.open(context, handlers).catch(() => new Promise<void>(() => undefined)),
      }),
    ],
    [
      "hangs in close",
      "close is safe twice, before open, and during open",
      () => ({ close: () => new Promise(() => undefined) }),
    ],
  ])("%s", { timeout: 30_000 }, async ([, expected, breaking]) => {
    expect(await redTests(breaking)).toContain(expected);
  });

  test("is not broken at all: nothing goes red", async () => {
    expect(await redTests(() => ({}))).toEqual([]);
  });
});
