import { describe, expect, test } from "vitest";
import { memory, MemoryBus, type MemoryBusOptions } from "../../transports/memory/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { instanceOf, type Instance } from "../support/instance.ts";

async function group(options: MemoryBusOptions): Promise<{
  readonly clock: FakeClock;
  readonly bus: MemoryBus;
  readonly one: Instance;
  readonly other: Instance;
}> {
  const clock = new FakeClock();
  const bus = new MemoryBus({ clock, ...options });
  const [one, other] = [instanceOf(memory(bus)), instanceOf(memory(bus))];
  await one.open();
  await other.open();
  await clock.advance(100);
  return { clock, bus, one, other };
}

function bodies({ log }: Instance): string[] {
  return log.entries.flatMap((told) => (told.type === "message" ? told.body : []));
}

describe("a memory bus that reorders", () => {
  test.each([0.5, 1])("with a probability of %d loses nothing of what a held connection brings", async (reorder) => {
    const { clock, bus, one, other } = await group({ delay: 2, jitter: 3, reorder });
    const sent = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    const sending = Promise.allSettled(sent.map((body) => one.send(body)));
    await clock.advance(1);
    bus.hold(one.name);
    bus.hold(other.name);
    await clock.advance(500);
    expect(bodies(other)).toEqual([]);
    bus.release(one.name);
    bus.release(other.name);
    await clock.advance(500);
    expect(bodies(other).toSorted()).toEqual(sent.toSorted());
    expect((await sending).map(({ status }) => status)).toEqual(sent.map(() => "fulfilled"));
  });

  test("delivers nothing of a connection that broke while it was held", async () => {
    const { clock, bus, one, other } = await group({ delay: 2, reorder: 1 });
    const sending = Promise.allSettled([one.send("lost")]);
    await clock.advance(1);
    bus.hold(one.name);
    await clock.advance(500);
    bus.drop(one.name);
    bus.restore(one.name);
    await clock.advance(500);
    expect(bodies(other)).toEqual([]);
    expect(await sending).toMatchObject([{ status: "rejected" }]);
  });
});

describe("closing", () => {
  test.each([0, 1])("leaves no timer behind, whatever was on its way (reorder: %d)", async (reorder) => {
    const { clock, one, other } = await group({ delay: 1_000, reorder });
    const sending = Promise.allSettled([one.send("on its way")]);
    await clock.advance(1_500);
    expect(clock.timers).toBeGreaterThan(0);
    await one.transport.close();
    await other.transport.close();
    expect(clock.timers).toBe(0);
    await sending;
  });
});
