import { describe, expect, test } from "vitest";
import type { CampaignRequest, ElectionContext, WatcherOptions } from "../../src/index.ts";
import { Group, INTERVAL, TIMEOUT, type Instance } from "../support/group.ts";
import { lockElection, type LockStore } from "../support/lock.ts";

/** Long enough for several backoffs. */
const MINUTE = 60_000;

interface Trial extends Instance {
  readonly group: Group;
  readonly store: LockStore;
  readonly errors: readonly string[];
}

/** A started candidate under a lock whose methods behave otherwise. */
async function startUnder(
  over: (store: LockStore) => object,
  options: Partial<WatcherOptions> = {},
): Promise<Trial & { pass(duration: number): Promise<void> }> {
  const group = new Group();
  const store: LockStore = { term: 0 };
  const instance = group.create("a", { election: lockElection(store, over(store)), ...options });
  const errors: string[] = [];
  instance.watcher.on("error", ({ reason }) => errors.push(reason.message));
  const starting = instance.watcher.start();
  await group.clock.advance(0);
  await starting;
  return { ...instance, group, store, errors, pass: (duration) => group.clock.advance(duration) };
}

/** A campaign that behaves otherwise the first time, and then as a lock's does. */
function firstTime(store: LockStore, first: (request: CampaignRequest) => unknown): object {
  const { campaign } = lockElection(store);
  let count = 0;
  return { campaign: (request: CampaignRequest) => (++count === 1 ? first(request) : campaign(request)) };
}

describe("a campaign that is none", () => {
  const resign = (): Promise<void> => Promise.resolve();
  const thrown = (): never => {
    throw new Error("the pool is closed, just now");
  };
  const outcomes: readonly (readonly [what: string, outcome: () => unknown, said: RegExp])[] = [
    ["throws before its first await", thrown, /^the pool is closed, just now$/],
    ["throws what has no text", () => Promise.reject(Object.create(null) as Error), /^something that has no text$/],
    ["returns nothing", () => undefined, /campaign gave undefined; it must give \{ won: false \} or/],
    ["resolves nothing", () => Promise.resolve(), /campaign gave undefined/],
    ["resolves null", () => Promise.resolve(null), /campaign gave null/],
    ["resolves a word", () => Promise.resolve("won"), /campaign gave "won"/],
    ["resolves something that is no outcome", () => Promise.resolve({}), /campaign gave won undefined, term undefined/],
    ["says yes by a word", () => Promise.resolve({ won: "yes" }), /campaign gave won "yes"/],
    ["wins without a mandate", () => Promise.resolve({ won: true }), /gave won true, term undefined/],
    [
      "wins a mandate without resign",
      () => Promise.resolve({ won: true, mandate: { term: 5 } }),
      /term 5, deadline undefined, resign undefined; it must/,
    ],
    ["wins half a term", () => Promise.resolve({ won: true, mandate: { term: 5.5, resign } }), /term 5\.5/],
    ["wins a text for a term", () => Promise.resolve({ won: true, mandate: { term: "5", resign } }), /term "5"/],
    [
      "wins no term",
      () => Promise.resolve({ won: true, mandate: { resign } }),
      /term undefined, deadline undefined, resign a function/,
    ],
    [
      "wins until NaN",
      () => Promise.resolve({ won: true, mandate: { term: 5, deadline: NaN, resign } }),
      /deadline NaN/,
    ],
    [
      "wins until a date",
      () => Promise.resolve({ won: true, mandate: { term: 5, deadline: new Date(), resign } }),
      /deadline an object/,
    ],
    ["is thenable, and throws", () => ({ then: thrown }), /^the pool is closed, just now$/],
  ];

  test.each(outcomes)("given one that %s, then it is told as an error, and tried again", async (_, outcome, said) => {
    const { watcher, errors, pass } = await startUnder((store) => firstTime(store, outcome));
    await pass(TIMEOUT + 1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(said);
    if (!/^the pool|^something/.test(errors[0] ?? "")) expect(errors[0]).toContain("The election test-lock");
    expect(watcher.isPrimary).toBe(false);
    await pass(MINUTE);
    expect(watcher.isPrimary).toBe(true);
    expect(errors).toHaveLength(1);
  });

  test("given an outcome that is no promise, or thenable, then it counts", async () => {
    for (const wrap of [
      (outcome: unknown) => outcome,
      (outcome: unknown) => ({ then: (done: (o: unknown) => void) => done(outcome) }),
    ]) {
      const { watcher, pass } = await startUnder(() => ({
        campaign: () => wrap({ won: true, mandate: { term: 1, resign } }),
      }));
      await pass(2 * TIMEOUT);
      expect(watcher.isPrimary).toBe(true);
    }
  });

  test("given a mandate that cannot be held, then it is given back", async () => {
    let resigned = 0;
    const mandate = { term: NaN, resign: () => void (resigned += 1) };
    const { pass } = await startUnder((store) => firstTime(store, () => Promise.resolve({ won: true, mandate })));
    await pass(MINUTE);
    expect(resigned).toBe(1);
  });

  test("given a defeat that does not say why, or by nobody, then it is a defeat with a sentence", async () => {
    const outcome = { won: false, holder: { instanceId: 7, term: NaN } };
    const { watcher, errors, pass } = await startUnder((store) => firstTime(store, () => Promise.resolve(outcome)));
    const lost: string[] = [];
    watcher.on("lostrace", ({ reason }) => lost.push(reason.message));
    await pass(TIMEOUT + 1);
    expect(lost).toEqual(["The election test-lock says so."]);
    expect(errors).toEqual(["The election test-lock gave a holder that is none: an object; it is ignored."]);
    await pass(MINUTE);
    expect(watcher.isPrimary).toBe(true);
  });
});

describe("news of a mandate that overtake it", () => {
  /** A lock whose campaign says something of its mandate before it gives it. */
  function saying(store: LockStore, say: (request: CampaignRequest) => void, mandate: object = {}): object {
    let resigned = 0;
    return {
      ...firstTime(store, (request) => {
        say(request);
        return Promise.resolve({
          won: true,
          mandate: { term: 1, resign: () => void (store.term = 100 + ++resigned), ...mandate },
        });
      }),
    };
  }

  test("given one that is lost before it comes, then nobody is primary by it, it is resigned and reported, and tried again", async () => {
    const { watcher, log, errors, store, pass } = await startUnder((store) =>
      saying(store, ({ lost }) => lost("The session has ended.")),
    );
    await pass(TIMEOUT + 1);
    expect(watcher.isPrimary).toBe(false);
    expect(errors).toEqual([
      "The election test-lock gave a mandate of term 1 that was lost already: The session has ended.",
    ]);
    expect(store.term).toBe(101);
    await pass(MINUTE);
    expect(log).toEqual(["promote 102 silence"]);
  });

  test("given one that is lost while it is on its way, then it is lost", async () => {
    for (const turns of [0, 1, 2, 3, 4, 5]) {
      const { watcher, pass } = await startUnder(() => ({
        campaign({ lost }: CampaignRequest) {
          const given = Promise.resolve({ won: true, mandate: { term: 1, resign: () => undefined } });
          let waiting: Promise<unknown> = Promise.resolve();
          for (let turn = 0; turn < turns; turn += 1) waiting = waiting.then(() => undefined);
          void waiting.then(() => lost("The session has ended."));
          return given;
        },
      }));
      await pass(TIMEOUT + 1);
      expect(watcher.isPrimary, `after ${turns} turns`).toBe(false);
    }
  });

  test("given one that was renewed before it comes, then the later deadline counts", async () => {
    const [soon, later] = [TIMEOUT + 50, TIMEOUT + 400];
    for (const [first, given] of [
      [later, soon],
      [soon, later],
    ] as const) {
      const { watcher, pass } = await startUnder((store) =>
        saying(store, ({ renewed }) => renewed(first), { deadline: given }),
      );
      await pass(later - 1);
      expect(watcher.isPrimary).toBe(true);
      await pass(1);
      expect(watcher.isPrimary).toBe(false);
    }
  });

  test("given a deadline that is no number, before or after the mandate, then it is told, and the deadline is as before", async () => {
    let request: CampaignRequest | undefined;
    const { watcher, errors, pass } = await startUnder((store) =>
      saying(
        store,
        (made) => {
          request = made;
          made.renewed(NaN);
        },
        { deadline: TIMEOUT + 200 },
      ),
    );
    await pass(TIMEOUT + 100);
    expect(watcher.isPrimary).toBe(true);
    for (const deadline of [NaN, Infinity, "soon" as never, undefined as never]) request?.renewed(deadline);
    expect(errors).toHaveLength(5);
    expect(errors[0]).toBe("The election test-lock gave NaN as a renewed deadline; it is ignored.");
    expect(watcher.status().trustedFor).toBe(100);
    await pass(100);
    expect(watcher.isPrimary).toBe(false);
  });

  test("given a loss that does not say why, then it is lost, with a sentence", async () => {
    let request: CampaignRequest | undefined;
    const { watcher, pass } = await startUnder((store) => saying(store, (made) => (request = made)));
    await pass(TIMEOUT + 1);
    const changes: string[] = [];
    watcher.on("rolechange", ({ reason }) => changes.push(`${reason.code}: ${reason.message}`));
    request?.lost(undefined as never);
    expect(watcher.isPrimary).toBe(false);
    expect(changes).toEqual(["lost: The election test-lock says so."]);
  });

  test("given a campaign that was called off, then what is said of its mandate changes nothing, and it is given back", async () => {
    const requests: CampaignRequest[] = [];
    let give: ((outcome: unknown) => void) | undefined;
    const { watcher, errors, store, group, pass } = await startUnder((store) =>
      firstTime(store, (made) => {
        requests.push(made);
        return new Promise((resolve) => (give = resolve));
      }),
    );
    await pass(TIMEOUT + 1);
    group.bus.stop();
    await pass(1);
    const [request] = requests;
    expect(request?.signal.aborted).toBe(true);
    request?.renewed(MINUTE);
    request?.lost("The session has ended.");
    give?.({ won: true, mandate: { term: 1, resign: () => void (store.term = 100) } });
    await pass(1);
    expect(store.term).toBe(100);
    expect(errors).toEqual([]);
    group.bus.start();
    await pass(MINUTE);
    expect(watcher.isPrimary).toBe(true);
  });

  test("given a watcher that has ended, then what is said of its mandate is harmless", async () => {
    let request: CampaignRequest | undefined;
    const { watcher, errors, group, pass } = await startUnder((store) => saying(store, (made) => (request = made)));
    await pass(TIMEOUT + 1);
    const leaving = watcher.shutdown();
    await pass(INTERVAL);
    await leaving;
    request?.lost("too late");
    request?.renewed(MINUTE);
    expect(watcher.status().state).toBe("ended");
    expect(group.clock.timers).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe("an election that throws where it should reject", () => {
  const thrown = (): never => {
    throw new Error("thrown by the election");
  };

  test("given open, then start rejects, and so it does where close throws as well", async () => {
    const group = new Group();
    for (const over of [{ open: thrown }, { open: thrown, close: () => Promise.reject(new Error("and close")) }]) {
      const { watcher } = group.create("a", { election: lockElection({ term: 0 }, over) });
      await expect(watcher.start()).rejects.toThrow("thrown by the election");
    }
  });

  test("given close, then shutdown rejects", async () => {
    const { watcher, pass } = await startUnder(() => ({ close: thrown }));
    const leaving = expect(watcher.shutdown()).rejects.toThrow("thrown by the election");
    await pass(INTERVAL);
    await leaving;
  });

  test("given check, or a nonsense answer of it, then that is told, and a primary is had all the same", async () => {
    for (const [check, said] of [
      [thrown, "thrown by the election"],
      [() => null, "a holder that is none: null"],
      [() => Promise.resolve({ instanceId: "b", incarnation: "b#1", term: NaN }), "a holder that is none: an object"],
    ] as const) {
      const { watcher, errors, pass } = await startUnder(() => ({ check }));
      await pass(2 * TIMEOUT);
      expect(errors.join()).toContain(said);
      expect(watcher.isPrimary).toBe(true);
    }
  });

  test.each([
    ["throws", thrown],
    ["returns what is no promise", () => 7],
    ["is thenable, and rejects", () => ({ then: (_: unknown, no: (why: Error) => void) => no(new Error("no")) })],
  ])("given a resign that %s, then the watcher leaves in order", async (_, resign) => {
    const { watcher, log, pass } = await startUnder(() => ({
      campaign: () => Promise.resolve({ won: true, mandate: { term: 1, resign } }),
    }));
    await pass(2 * TIMEOUT);
    const leaving = watcher.shutdown();
    await pass(INTERVAL);
    await leaving;
    expect(log).toEqual(["promote 1 silence", "demote 1 leaving"]);
  });

  test.each([
    ["throws", thrown],
    ["rejects", () => Promise.reject(new Error("thrown by the election"))],
  ])("given an abandon that %s, then that is told, and the watcher goes on", async (_, abandon) => {
    let release = (): void => undefined;
    const onDemote = (): Promise<void> => new Promise((resolve) => (release = resolve));
    const { watcher, errors, pass } = await startUnder(
      () => ({
        campaign: () => Promise.resolve({ won: true, mandate: { term: 1, resign: () => undefined, abandon } }),
      }),
      { onDemote, demoteTimeout: INTERVAL },
    );
    await pass(2 * TIMEOUT);
    const down = watcher.stepDown();
    await pass(2 * INTERVAL);
    expect(errors).toContain("thrown by the election");
    release();
    await pass(2 * TIMEOUT);
    expect(await down).toBeUndefined();
    expect(watcher.status().state).toBe("watching");
  });

  test("given greetings and evidence that are nonsense, then they are told, and nothing comes of them", async () => {
    let context: ElectionContext | undefined;
    const { watcher, errors, pass } = await startUnder(() => ({
      open: (opened: ElectionContext) => void (context = opened),
    }));
    context?.greeted({ instanceId: "b", incarnation: "b#1", term: NaN });
    context?.greeted("b" as never);
    context?.evidence(undefined as never);
    context?.evidence({ kind: "rumour", incarnation: "b#1" } as never);
    context?.misconfigured(undefined as never);
    context?.error("no error" as never);
    expect(errors).toHaveLength(5);
    await pass(2 * TIMEOUT);
    expect(watcher.isPrimary).toBe(true);
    expect(watcher.term).toBe(1);
  });
});
