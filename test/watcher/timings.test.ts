import { describe, expect, test } from "vitest";
import { phi, Watcher, type CommonOptions } from "../../src/index.ts";
import { Gaps } from "../../src/timings.ts";
import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { arrival } from "../detectors/support.ts";
import { FakeClock } from "../support/fake-clock.ts";

/** Gaps of a primary that is heard after each of these. */
function gapsOf(lengths: readonly number[]): Gaps {
  const gaps = new Gaps(350);
  let at = 0;
  gaps.hear(arrival({ at }), true);
  for (const length of lengths) gaps.hear(arrival({ at: (at += length) }), false);
  return gaps;
}

describe("the gaps between heartbeats", () => {
  test("given no gap, when they are read, then that is said, and there are no figures", () => {
    expect(new Gaps(3_000).read()).toEqual({
      count: 0,
      timeout: 3_000,
      stalled: 0,
      histogram: [],
      message: "no gaps yet, timeout 3 s",
    });
  });

  test("given a thousand gaps, when they are read, then count, mean and longest are exact and quantiles at most 9 % too large", () => {
    const timings = gapsOf(Array.from({ length: 1_000 }, (_, index) => index + 1)).read();
    expect(timings).toMatchObject({ count: 1_000, mean: 500.5, longest: 1_000 });
    for (const [read, exact] of [
      [timings.p50, 500],
      [timings.p99, 990],
      [timings.p999, 999],
    ] as const) {
      expect(read).toBeGreaterThanOrEqual(exact);
      expect(read).toBeLessThanOrEqual(exact * 2 ** (1 / 8));
    }
    expect(timings.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
    expect(timings.histogram.length).toBeLessThan(8 * 10 + 2);
  });

  test("given a long gap among regular ones, when they are read, then the margin is what it leaves of the timeout, in a sentence", () => {
    const gaps = new Gaps(500);
    [0, 1_000, 3_100].forEach((at, index) => gaps.hear(arrival({ at, timeout: 3_000 }), index === 0));
    expect(gaps.read()).toMatchObject({ p999: 2_100, timeout: 3_000, margin: 3_000 / 2_100 });
    expect(gaps.read().message).toBe("p99.9 gap 2.1 s, timeout 3 s: margin 1.4x");
  });

  test("given gaps without end, when they are read, then they are of the last 8 192 to 16 384, and what was before is forgotten", () => {
    const timings = gapsOf([5_000, ...Array.from({ length: 16_384 }, () => 100)]).read();
    expect(timings.count).toBeGreaterThanOrEqual(8_192);
    expect(timings.count).toBeLessThanOrEqual(16_384);
    expect(timings.longest).toBe(100);
  });

  test("given a heartbeat that was read after a stop of this program, when they are read, then neither gap beside it counts, and it is told apart", () => {
    const gaps = gapsOf([100, 100]);
    gaps.hear(arrival({ at: 900, stalled: true }), false);
    gaps.hear(arrival({ at: 901 }), false);
    gaps.hear(arrival({ at: 1_001 }), false);
    expect(gaps.read()).toMatchObject({ count: 3, longest: 100, stalled: 1 });
  });

  test("given gaps of any length, when they are read, then the histogram takes them", () => {
    const timings = gapsOf([0, 1e-9, 1e6, 1e12]).read();
    expect(timings.count).toBe(4);
    expect(timings.histogram.map(({ count }) => count)).toEqual([2, 1, 1]);
  });
});

interface Stage {
  readonly clock: FakeClock;
  readonly bus: MemoryBus;
  readonly a: Watcher;
  readonly b: Watcher;
}

describe("watcher.timings()", () => {
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const stage = async (options: Partial<CommonOptions> = {}): Promise<Stage> => {
    const clock = new FakeClock();
    const bus = new MemoryBus({ clock, delay: 1 });
    const make = (instanceId: string): Watcher =>
      new Watcher({
        transport: memory(bus),
        instanceId,
        clock,
        logger: silent,
        enabled: true,
        heartbeatInterval: 100,
        heartbeatTimeout: 350,
        onPromote: () => undefined,
        ...options,
      });
    const [a, b] = [make("a"), make("b")];
    await a.start();
    await clock.advance(400);
    await b.start();
    return { clock, bus, a, b };
  };

  test("given a primary that beats, when a secondary reads them, then they are the interval, and the primary has none", async () => {
    const { clock, a, b } = await stage();
    await clock.advance(1_050);
    expect(b.timings()).toMatchObject({ timeout: 350, longest: 100, stalled: 0 });
    expect(b.timings().count).toBeGreaterThanOrEqual(9);
    expect(a.timings().count).toBe(0);
  });

  test("given a link that was down, when it is up again, then the gap over it does not count", async () => {
    const { clock, bus, b } = await stage();
    await clock.advance(500);
    bus.drop("b");
    await clock.advance(1_000);
    bus.restore("b");
    await clock.advance(500);
    expect(b.timings().longest).toBeLessThanOrEqual(100);
  });

  test("given another primary, when it is watched, then they begin anew, and its own end with its promotion", async () => {
    const { clock, a, b } = await stage();
    await clock.advance(2_000);
    const before = b.timings().count;
    const stepped = a.stepDown();
    await clock.advance(1_000);
    await stepped;
    expect(b.isPrimary).toBe(true);
    expect(b.timings().count).toBe(0);
    expect(a.timings().count).toBeGreaterThan(0);
    expect(a.timings().count).toBeLessThan(before);
  });

  test("given a secondary whose program stood still, when its detector learns, then what was read then is counted apart", async () => {
    const { clock, b } = await stage({ detector: phi({ minStd: 10, pause: 100 }) });
    await clock.advance(520);
    clock.stall(110);
    await clock.advance(500);
    expect(b.timings().stalled).toBeGreaterThan(0);
    expect(b.timings().longest).toBeLessThanOrEqual(105);
  });

  test("given silence, when the status is read, then suspicion is its share of the way to evidence, and phi has a level of its own", async () => {
    const { clock, bus, b } = await stage({
      detector: phi({ minStd: 10, pause: 200, threshold: 8 }),
    });
    await clock.advance(1_000);
    expect(b.status()).toMatchObject({ detector: { name: "phi", level: expect.closeTo(0, 5) as number } });
    const { suspicion } = b.status();
    expect(suspicion).toBeLessThan(0.3);
    bus.hold("a");
    await clock.advance(260);
    const { suspicion: later, detector } = b.status();
    expect(later).toBeGreaterThan(0.6);
    expect(later).toBeLessThan(1);
    expect(detector.level).toBeGreaterThan(0);
  });
});
