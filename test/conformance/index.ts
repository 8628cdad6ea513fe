/**
 * What a transport must do, as a suite that any test runner can run. Which demands apply is told by the transport's own
 * `capabilities`: what a bus cannot do is declared there, and not excused here.
 *
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { transportConformance } from "failover-watcher/conformance";
 * import { memory, MemoryBus } from "failover-watcher/memory";
 *
 * transportConformance({
 *   test,
 *   create: async () => {
 *     const bus = new MemoryBus();
 *     return { a: memory(bus), b: memory(bus), done: async () => {} };
 *   },
 * });
 * ```
 *
 * @module
 */

import { TransportError } from "../../src/errors.ts";
import type { Transport } from "../../src/transport.ts";
import { demand, rejection, within } from "./expect.ts";
import { asksAboutEnding } from "./ended-by-owner.ts";
import { asksAboutRefusal } from "./healing.ts";
import { contextOf, Listener, meet, open, speak, text } from "./listener.ts";
import { asksAboutSharing } from "./shared-connection.ts";
import { asksAboutStored } from "./stored.ts";

/** Two transports of one bus that nobody else uses, not opened yet. */
export interface ConformanceFixture {
  /** The one that speaks, in most of the tests. */
  readonly a: Transport;
  /** The one that listens to it. */
  readonly b: Transport;
  /** Ends what the fixture began. The suite closes `a` and `b` itself. */
  done(): Promise<void>;
  /** How to take the bus away. Without it the suite does not ask how a start without a bus ends. */
  readonly bus?: ConformanceBus;
  /** Ends the connection that `a` was given, as its owner may. Absent where it makes its own. */
  end?(): Promise<void>;
  /** Makes another transport that uses the connection that `a` was given. Absent where it makes its own. */
  share?(): Transport;
  /** Breaks the connection of `b` alone, and has it come back. Absent where that cannot be done. */
  readonly cutOff?: { cut(): Promise<void>; mend(): Promise<void> };
  /** Has the bus refuse what `a` needs, in a connection that stands, and allow it again. Absent where it refuses nobody. */
  readonly refusal?: { refuse(): Promise<void>; allow(): Promise<void> };
}

/** Registers one question, asked of a fixture of its own. */
export type Check = (name: string, body: (fixture: ConformanceFixture) => Promise<void>) => void;

/** A bus that can be taken away, and that only the fixture's transports use. */
export interface ConformanceBus {
  /** Takes it away: nobody can connect to it. */
  stop(): Promise<void>;
  /** It stands still: connections can be made, and are not answered. Absent where it cannot. */
  hang?(): Promise<void>;
  /** Has it back, after either. */
  start(): Promise<void>;
}

/** What the suite runs with. */
export interface ConformanceOptions {
  /** Registers a test, as `test` of vitest, `node:test` and `Deno.test` do. */
  test(name: string, body: () => Promise<void>): unknown;
  /** Makes a fixture. Called once for every test. */
  create(): Promise<ConformanceFixture>;
}

const TOPIC = "instance.heartbeat";
const GROUP = "conformance";

/** How long an open may go on that was closed meanwhile, in milliseconds. */
const SOON = 500;
/** How long a close may take, whatever the bus does. */
const CLOSING_TIME = 1_500;
/** How long an open may take, whatever the bus does: the heartbeat timeout of the suite is shorter than five seconds. */
const OPENING_TIME = 6_000;

/** Registers the suite. */
export function transportConformance({ test, create }: ConformanceOptions): void {
  const check: Check = (name, body) => {
    test(name, async () => {
      const fixture = await create();
      try {
        await body(fixture);
      } finally {
        await within(Promise.allSettled([fixture.a.close(), fixture.b.close()]), "both transports to close");
        await fixture.done();
      }
    });
  };

  check("it delivers topic and body byte for byte, whatever the bytes and the size", async ({ a, b }) => {
    const heard = await open(b, GROUP, "b");
    await open(a, GROUP, "a");
    await speak(a);
    await meet(a, heard);
    const sizes = [0, 1, 256, 1_400, 60_000];
    const topics = [TOPIC, "instance.shutdown", "instance.stale"];
    for (const size of sizes)
      for (const topic of topics) {
        const body = Uint8Array.from({ length: size }, (_, index) => index % 256);
        await within(a.send({ topic, body }), `${size} bytes on ${topic} to be sent`);
        const arrived = (): boolean =>
          heard.messages.some((message) => message.topic === topic && equal(message.body, body));
        await heard.until(arrived, `${size} bytes on ${topic}, unchanged`);
      }
  });

  check("it keeps boundaries and order in a burst", async ({ a, b }) => {
    const heard = await open(b, GROUP, "b");
    await open(a, GROUP, "a");
    await speak(a);
    await meet(a, heard);
    const burst = Array.from({ length: 50 }, (_, index) => `message ${index}`);
    await within(Promise.all(burst.map((body) => a.send(text("instance.claim", body)))), "a burst to be sent");
    await heard.until(() => heard.heard("instance.claim").length >= burst.length, "the whole burst");
    demand(same(heard.heard("instance.claim"), burst), "a burst arrived in another order, or in other pieces");
  });

  check("open resolves only when what is sent from then on arrives", async ({ a, b }) => {
    await open(a, GROUP, "a");
    await speak(a);
    const heard = await open(b, GROUP, "b");
    await within(a.send(text(TOPIC, "first")), "the first message to be sent");
    await heard.untilHeard(TOPIC, "first");
  });

  check("nothing that was sent before open is delivered", async ({ a, b }) => {
    await open(a, GROUP, "a");
    await speak(a);
    await within(a.send(text(TOPIC, "before")), "a message without an audience to be sent");
    const heard = await open(b, GROUP, "b");
    await within(a.send(text(TOPIC, "after")), "a message to be sent");
    await heard.untilHeard(TOPIC, "after");
    demand(!heard.heard(TOPIC).includes("before"), "a message that was sent before open came alive");
  });

  check("it works when the listener comes first", async ({ a, b }) => {
    const heard = await open(b, GROUP, "b");
    await open(a, GROUP, "a");
    await speak(a);
    await meet(a, heard);
  });

  check("send before open, and after close, rejects with a TransportError and never throws", async ({ a }) => {
    const before = await rejection(a.send(text(TOPIC, "too early")), "send before open");
    demand(before instanceof TransportError, `send before open rejected with ${String(before)}`);
    await open(a, GROUP, "a");
    await within(a.close(), "close");
    const after = await rejection(a.send(text(TOPIC, "too late")), "send after close");
    demand(after instanceof TransportError, `send after close rejected with ${String(after)}`);
  });

  check("a message that was sent leaves before close resolves", async ({ a, b }) => {
    const heard = await open(b, GROUP, "b");
    await open(a, GROUP, "a");
    await speak(a);
    await meet(a, heard);
    await within(a.send(text("instance.shutdown", "goodbye")), "a goodbye to be sent");
    await within(a.close(), "close");
    await heard.untilHeard("instance.shutdown", "goodbye");
  });

  check("no handler is called after close has resolved", async ({ a, b }) => {
    const heard = await open(b, GROUP, "b");
    await open(a, GROUP, "a");
    await speak(a);
    await meet(a, heard);
    const sending = Promise.allSettled(Array.from({ length: 20 }, () => a.send(text(TOPIC, "again"))));
    await within(b.close(), "close");
    const count = heard.messages.length;
    await within(sending, "messages to be sent");
    await within(turns(20), "twenty turns of the event loop");
    demand(heard.messages.length === count, "a message was delivered after close had resolved");
  });

  check("close is safe twice, before open, and during open", async ({ a, b }) => {
    await within(a.close(), "close before open");
    await within(a.close(), "close for the second time");
    const listener = new Listener();
    const opening = b.open(contextOf(GROUP, "b"), listener.handlers).catch(() => undefined);
    await within(b.close(), "close during open");
    await within(opening, "an open that was closed meanwhile to settle");
    await within(b.close(), "close again");
  });

  check("a transport is opened once", async ({ a }) => {
    await open(a, GROUP, "a");
    const error = await rejection(a.open(contextOf(GROUP, "a"), new Listener().handlers), "open for the second time");
    demand(error instanceof Error, "a second open rejected with no error");
    demand(error.message.length > 0, "a second open rejected without a sentence");
  });

  check("after close it is opened again, and hears and is heard as before", async ({ a, b }) => {
    const former = await open(b, GROUP, "b");
    await open(a, GROUP, "a");
    await speak(a);
    await meet(a, former);
    await within(Promise.all([a.close(), b.close(), a.close()]), "close");
    const count = former.messages.length;
    for (let round = 1; round <= 3; round += 1) {
      const heard = await open(b, GROUP, "b");
      await open(a, GROUP, "a");
      await speak(a);
      await meet(a, heard);
      await within(a.send(text(TOPIC, `round ${round}`)), "a message to be sent");
      await heard.untilHeard(TOPIC, `round ${round}`);
      await within(Promise.all([b.close(), a.close()]), "close");
    }
    demand(former.messages.length === count, "a handler from before close was called");
  });

  check("close ends an open that is under way, which can be tried again", async ({ a, b }) => {
    for (let round = 1; round <= 3; round += 1) await interrupted(a, 0);
    const heard = await open(a, GROUP, "a");
    await open(b, GROUP, "b");
    await speak(b);
    await meet(b, heard);
  });

  check("open without the bus rejects with a TransportError, and can be tried again", async ({ a, b, bus }) => {
    if (bus === undefined) return;
    await bus.stop();
    await refusal(a);
    await bus.start();
    const heard = await open(a, GROUP, "a");
    await open(b, GROUP, "b");
    await speak(b);
    await meet(b, heard);
  });

  check("close ends an open that waits for the bus, which can be tried again", async ({ a, bus }) => {
    if (bus === undefined) return;
    await bus.stop();
    await interrupted(a, 300);
    await bus.start();
    await open(a, GROUP, "a");
  });

  check("open gives a bus up that hangs, and can be tried again", async ({ a, bus }) => {
    if (bus?.hang === undefined) return;
    await bus.hang();
    await refusal(a);
    await bus.start();
    await open(a, GROUP, "a");
  });

  check("close ends an open that hangs, which can be tried again", async ({ a, bus }) => {
    if (bus?.hang === undefined) return;
    await bus.hang();
    await interrupted(a, 300);
    await bus.start();
    await open(a, GROUP, "a");
  });

  check("close does not wait for a bus that hangs", async ({ a, bus }) => {
    if (bus?.hang === undefined) return;
    await open(a, GROUP, "a");
    await speak(a);
    await bus.hang();
    const sending = a.send(text(TOPIC, "unanswered")).catch(() => undefined);
    await within(a.close(), "close, of a bus that hangs,", CLOSING_TIME);
    await within(sending, "what was being sent to settle");
    await bus.start();
    await open(a, GROUP, "a");
  });

  check("a newcomer is an audience", async ({ a, b }) => {
    const first = await open(a, GROUP, "a");
    await speak(a);
    const before = first.audiences;
    await open(b, GROUP, "b");
    await first.until(() => first.audiences > before, "audience() when somebody new listens");
  });

  check("where only the primary publishes, lead and follow hand the publishing side over", async ({ a, b }) => {
    if (a.capabilities.publish !== "primary") return;
    const [, heardB] = [await open(a, GROUP, "a"), await open(b, GROUP, "b")];
    const refused = await rejection(a.send(text(TOPIC, "nobody leads")), "send before lead");
    demand(refused instanceof TransportError, `send before lead rejected with ${String(refused)}`);
    await speak(a);
    await meet(a, heardB);
    const taken = await rejection(b.lead?.() ?? Promise.resolve(), "lead while another leads");
    demand(taken instanceof TransportError, `lead while another leads rejected with ${String(taken)}`);
    await within(a.follow?.() ?? Promise.resolve(), "follow");
    await speak(b);
    await within(b.send(text(TOPIC, "b leads")), "the new primary to send");
  });

  check("an acknowledgement is a barrier: what the bus accepted before was delivered", async ({ a, b }) => {
    if (!a.capabilities.acknowledges || !a.capabilities.barrier) return;
    const heard = await open(a, GROUP, "a");
    await open(b, GROUP, "b");
    for (let round = 0; round < 20; round += 1) {
      const earlier = Array.from({ length: 5 }, (_, index) => `${round}.${index}`);
      await within(
        Promise.all(earlier.map((body) => b.send(text("instance.claim", body)))),
        "earlier messages to be acknowledged",
      );
      await within(a.send(text(TOPIC, `${round}`)), "a message to be acknowledged");
      const missing = earlier.filter((body) => !heard.heard("instance.claim").includes(body));
      demand(
        missing.length === 0,
        `${missing.length} of ${earlier.length} messages accepted earlier were not delivered yet`,
      );
    }
  });

  check("links are told by rising connection numbers", async ({ a }) => {
    const { links } = await open(a, GROUP, "a");
    demand(a.capabilities.link || links.length === 0, "link() was called by a transport that says it cannot tell");
    const numbers = links.map(({ connection }) => connection);
    demand(
      numbers.every((number, index) => number >= 1 && number >= (numbers[index - 1] ?? 1)),
      `connections were numbered ${numbers.join(", ")}`,
    );
  });

  asksAboutEnding(check);
  asksAboutSharing(check);
  asksAboutStored(check);
  asksAboutRefusal(check);
}

/** Opens without a bus, which has to be refused in time. */
async function refusal(transport: Transport): Promise<void> {
  const opening = transport.open(contextOf(GROUP, "a"), new Listener().handlers);
  const error = await rejection(opening, "open without a bus", OPENING_TIME);
  demand(error instanceof TransportError, `open without a bus rejected with ${String(error)}`);
}

/** Opens, and closes `after` milliseconds: if open has not settled by then, it has to reject, and soon. */
async function interrupted(transport: Transport, after: number): Promise<void> {
  let outcome: unknown = "pending";
  const opening = transport.open(contextOf(GROUP, "a"), new Listener().handlers).then(
    () => (outcome = "open"),
    (error: unknown) => (outcome = error),
  );
  if (after > 0) await new Promise((resolve) => setTimeout(resolve, after));
  else await Promise.resolve();
  const early = outcome !== "pending";
  const closing = transport.close();
  await within(opening, "an open that was closed meanwhile to settle", SOON);
  await within(closing, "close during open", CLOSING_TIME);
  if (early || outcome === "open") return;
  demand(
    outcome instanceof TransportError && outcome.code === "CLOSED",
    `an open that was closed meanwhile rejected with ${String(outcome)}, and not with a TransportError of the code CLOSED`,
  );
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
