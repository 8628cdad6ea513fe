import { describe, expect, test } from "vitest";
import type { CampaignRequest, Clock, Election, ElectionContext, Transport, Watcher } from "../../src/index.ts";
import { nextRandom } from "../../src/random.ts";
import { memory } from "../../transports/memory/index.ts";
import { Group, INTERVAL, TIMEOUT, type Instance } from "../support/group.ts";

const TRUST = (TIMEOUT * 2) / 3;

/** A primary that is alone, and why it was demoted. */
async function reign(options: Parameters<Group["create"]>[1] = {}, group = new Group({ delay: 1 })) {
  const why: string[] = [];
  const { watcher } = await group.start("a", { ...options, onDemote: ({ reason }) => void why.push(reason.message) });
  await group.clock.advance(2 * TIMEOUT);
  expect(watcher.isPrimary).toBe(true);
  return { group, watcher, why, clock: group.clock };
}

const isBothTrue = ([a, b]: readonly (Instance | undefined)[]): boolean =>
  a?.watcher.isPrimary === true && b?.watcher.isPrimary === true;

describe("a wall clock that is set", () => {
  test.each([5_000, -5_000, 86_400_000])(
    "by %d ms, where it is known that the machine was not suspended, ends no mandate",
    async (step) => {
      const { watcher, why, clock } = await reign();
      for (let count = 0; count < 10; count += 1) {
        clock.stepWall(step);
        expect(watcher.isPrimary).toBe(true);
        await clock.advance(INTERVAL);
      }
      expect(why).toEqual([]);
    },
  );

  test("forward, where nobody knows whether the machine was suspended, ends the mandate, and says that it may have been either", async () => {
    const { watcher, why, clock } = await reign();
    clock.tellsSuspension = false;
    clock.stepWall(5_000);
    expect(watcher.isPrimary).toBe(false);
    await clock.advance(INTERVAL);
    expect(why).toEqual([expect.stringMatching(/^The wall clock went ahead .* by 5000 ms \(a suspended machine, or/)]);
  });

  test("forward by less than the mandate lasts, where nobody knows, shortens it until it is proven again", async () => {
    const { group, watcher, clock } = await reign();
    clock.tellsSuspension = false;
    clock.stepWall(TRUST / 3);
    await clock.advance(INTERVAL);
    expect(watcher.isPrimary).toBe(true);
    group.bus.hold("a");
    await clock.advance(TRUST - INTERVAL - 5);
    expect(watcher.isPrimary).toBe(true);
  });

  test("back, where nobody knows, hides no later suspension", async () => {
    const { watcher, clock } = await reign();
    clock.tellsSuspension = false;
    clock.stepWall(-10 * TIMEOUT);
    expect(watcher.isPrimary).toBe(true);
    clock.suspend(TIMEOUT);
    expect(watcher.isPrimary).toBe(false);
  });

  test("by a little, again and again, ends no mandate of a long reign, whether or not anybody knows", async () => {
    for (const known of [true, false]) {
      const { watcher, why, clock } = await reign();
      clock.tellsSuspension = known;
      for (let count = 0; count < 2_000; count += 1) {
        clock.stepWall(1);
        await clock.advance(INTERVAL / 10);
        expect(watcher.isPrimary).toBe(true);
      }
      expect(why).toEqual([]);
    }
  });
});

describe("a machine that was suspended", () => {
  test.each([true, false])("past the deadline reads false in its next line (known for how long: %s)", async (known) => {
    const { watcher, clock } = await reign();
    clock.tellsSuspension = known;
    clock.suspend(TRUST);
    expect(watcher.isPrimary).toBe(false);
  });

  test("while its wall clock was set back by as much has been suspended all the same, once that is seen", async () => {
    const { watcher, why, clock } = await reign();
    clock.suspend(60_000);
    clock.stepWall(-30_000);
    expect(watcher.isPrimary).toBe(false);
    await clock.advance(INTERVAL);
    expect(why).toEqual([expect.stringMatching(/^The machine was suspended for 600\d\d ms/)]);
  });

  test("says for how long", async () => {
    const { why, clock } = await reign();
    clock.suspend(4_321);
    await clock.advance(INTERVAL);
    expect(why).toEqual(["The machine was suspended for 4321 ms, past the mandate's deadline."]);
  });

  test("for less than the mandate lasts keeps it, by the first heartbeat after it", async () => {
    const { watcher, why, clock } = await reign();
    for (let count = 0; count < 5; count += 1) {
      clock.suspend(TRUST / 2);
      await clock.advance(INTERVAL);
      expect(watcher.isPrimary).toBe(true);
    }
    expect(why).toEqual([]);
  });

  test("while a heartbeat was on its way counts its proof from when it was sent", async () => {
    const group = new Group({ delay: 20 });
    const bus = memory(group.bus);
    let sentAt = 0;
    const send: Transport["send"] = (message) => {
      sentAt = group.clock.now();
      return bus.send(message);
    };
    const { watcher, clock } = await reign({ transport: { ...bus, capabilities: bus.capabilities, send } }, group);
    const before = sentAt;
    while (sentAt === before) await clock.advance(1);
    const last = sentAt;
    clock.suspend(60);
    await clock.advance(50);
    group.bus.hold("a");
    await clock.advance(last + TRUST - 60 - clock.now() - 1);
    expect(watcher.isPrimary).toBe(true);
    await clock.advance(2);
    expect(watcher.isPrimary).toBe(false);
  });

  test("behind its own claim for longer than a mandate lasts is never promoted by it, and leads beside nobody", async () => {
    const group = new Group({ delay: 1 });
    const pair = [await group.start("a"), group.create("b")];
    await group.clock.advance(TIMEOUT - INTERVAL / 4);
    group.clock.suspend(TRUST);
    await group.clock.advance(INTERVAL / 2);
    expect(pair[0]?.log).toEqual([]);
    expect(isBothTrue(pair)).toBe(false);
    await group.clock.advance(2 * TIMEOUT);
    expect(pair[0]?.log).toEqual(["promote 2 silence"]);
  });
});

describe("a mandate of any election, suspended while its proof was under way", () => {
  interface Store {
    readonly election: Election;
    /** Answers the write that is under way, as sent when it was. */
    answer(): void;
  }

  /** An election that takes its deadline before it writes, and hears of the end of the write when the test says so. */
  function slowStore(): Store & { renew(): void } {
    let context: ElectionContext | undefined;
    let request: CampaignRequest | undefined;
    let answer = (): void => undefined;
    const deadline = (): number => (context?.clock.now() ?? 0) + TRUST;
    return {
      answer: () => answer(),
      renew() {
        const until = deadline();
        answer = () => request?.renewed(until);
      },
      election: {
        name: "slow",
        traits: { exclusive: true, durable: true, deadline: true },
        open(given) {
          context = given;
          return Promise.resolve();
        },
        campaign(given) {
          request = given;
          const until = deadline();
          const mandate = { term: given.highestTerm + 1, deadline: until, resign: () => Promise.resolve() };
          return new Promise((resolve) => {
            answer = () => resolve({ won: true, mandate });
          });
        },
      },
    };
  }

  async function campaigning(): Promise<{ group: Group; store: ReturnType<typeof slowStore>; a: Instance }> {
    const group = new Group();
    const store = slowStore();
    const a = await group.start("a", { election: store.election, role: "primary" });
    await group.clock.advance(1);
    return { group, store, a };
  }

  async function lastRead({ clock }: Group, watcher: Watcher): Promise<number> {
    let last = -Infinity;
    for (const end = clock.now() + 2 * TIMEOUT; clock.now() < end;) {
      if (watcher.isPrimary) last = clock.now();
      await clock.advance(1);
    }
    return last;
  }

  test.each([true, false])("a renewal counts from when it was sent (known for how long: %s)", async (known) => {
    const { group, store, a } = await campaigning();
    group.clock.tellsSuspension = known;
    store.answer();
    await group.clock.advance(50);
    const sentAt = group.clock.now();
    store.renew();
    await group.clock.advance(1);
    group.clock.suspend(100);
    await group.clock.advance(1);
    store.answer();
    const last = await lastRead(group, a.watcher);
    expect(last).toBeLessThan(sentAt + TRUST - 100);
    expect(last).toBeGreaterThan(sentAt + TRUST - 102);
  });

  test("a renewal that was sent after it counts in full", async () => {
    const { group, store, a } = await campaigning();
    store.answer();
    group.clock.suspend(100);
    await group.clock.advance(INTERVAL);
    const sentAt = group.clock.now();
    store.renew();
    await group.clock.advance(1);
    store.answer();
    expect(await lastRead(group, a.watcher)).toBeGreaterThan(sentAt + TRUST - 2);
  });

  test("the winning write counts from when it was sent", async () => {
    const { group, store, a } = await campaigning();
    const sentAt = group.clock.now() - 1;
    group.clock.suspend(100);
    await group.clock.advance(1);
    store.answer();
    const last = await lastRead(group, a.watcher);
    expect(last).toBeLessThan(sentAt + TRUST - 100);
    expect(last).toBeGreaterThan(sentAt + TRUST - 102);
  });

  test("a winning write that is older than a mandate lasts wins nothing", async () => {
    const { group, store, a } = await campaigning();
    group.clock.suspend(TRUST);
    await group.clock.advance(1);
    store.answer();
    await group.clock.advance(INTERVAL);
    expect(a.log).toEqual([]);
  });
});

describe("a plain lapse", () => {
  /** Dates are whole milliseconds, and timers come up to 0.9 ms early. */
  function roundedClock(clock: Clock, seed: number): Clock {
    let dice = seed;
    const random = (): number => {
      const [value, next] = nextRandom(dice);
      dice = next;
      return value;
    };
    const phase = random();
    return {
      now: () => clock.now(),
      wall: () => Math.floor(clock.wall() + phase),
      setTimer: (callback, delay) => clock.setTimer(callback, delay < 1 ? delay : delay - 0.9 * random()),
    };
  }

  test("is never taken for a suspension, however dates are rounded", async () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const group = new Group({ delay: 1 });
      const clock = roundedClock(group.clock, seed);
      const transport: Transport = memory(group.bus);
      const { watcher, why } = await reign({ clock, transport }, group);
      group.bus.hold("a");
      for (const end = group.clock.now() + TIMEOUT; watcher.isPrimary || group.clock.now() < end;)
        await group.clock.advance(0.25);
      expect(why, `seed ${seed}`).toEqual(["The mandate was not proven again before its deadline."]);
    }
  });
});
