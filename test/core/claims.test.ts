import { describe, expect, test } from "vitest";
import { claims, outranks, type Rank } from "../../src/elections/claims.ts";
import {
  elected,
  exchange,
  instance,
  INTERVAL,
  listener,
  peer,
  TIMEOUT,
  TRUST,
  WINDOW,
  type Instance,
} from "./support.ts";

/** A candidate whose claim to term 1, made at 300 for a window until 350, stands and is acknowledged. */
function candidate(...[overrides, options]: Parameters<typeof instance>): Instance {
  const node = instance(overrides, options);
  node.until(TIMEOUT - WINDOW);
  expect(node.sent("claim")).toHaveLength(1);
  return node;
}

const claimOf = (node: Instance): number => node.sent("claim").at(-1)?.claim ?? 0;

test("given claims as the election of a watcher, when it is made, then it is data only", () => {
  expect(claims()).toEqual({ name: "claims" });
});

describe("rule 1: a claim and its order", () => {
  test("given a candidate, when it claims, then the claim carries the highest term heard in anything plus one, its priority, names and timings", () => {
    const node = instance({ priority: 3, probes: false });
    node.hear(peer("b").stale(2, 8), 0);
    node.until(TIMEOUT - WINDOW);
    expect(node.sent("claim")).toEqual([
      {
        kind: "claim",
        term: 9,
        claim: 1,
        successor: false,
        interval: INTERVAL,
        timeout: TIMEOUT,
        priority: 3,
        instanceId: "a",
        incarnation: "a#1",
        seq: 1,
      },
    ]);
  });

  test("given a candidate whose claims fail, when it claims again, then each claim has its own number and term", () => {
    const node = instance({}, { acknowledges: false });
    node.until(3 * TIMEOUT);
    const numbers = node.sent("claim").map(({ claim, term }) => ({ claim, term }));
    expect(numbers.slice(0, 2)).toEqual([
      { claim: 1, term: 1 },
      { claim: 2, term: 2 },
    ]);
  });

  const rank: Rank = { term: 5, successor: false, priority: 1, instanceId: "b", incarnation: "m" };
  test.for<{ what: string; better: Partial<Rank>; worse?: Partial<Rank> }>([
    { what: "the higher term", better: { term: 6 }, worse: { successor: true, priority: 9, instanceId: "a" } },
    { what: "the named successor", better: { successor: true }, worse: { priority: 9, instanceId: "a" } },
    { what: "the higher priority", better: { priority: 2 }, worse: { instanceId: "a" } },
    { what: "the lower instance_id", better: { instanceId: "a", incarnation: "z" } },
    { what: "the lower instance_id by code unit", better: { instanceId: "Z" }, worse: { instanceId: "a" } },
    { what: "the lower nonce", better: { incarnation: "l" } },
  ])("given two claims, when they are compared, then $what goes first", ({ better, worse = {} }) => {
    expect(outranks({ ...rank, ...better }, { ...rank, ...worse })).toBe(true);
    expect(outranks({ ...rank, ...worse }, { ...rank, ...better })).toBe(false);
  });

  test("given a claim, when it is compared with itself, then neither goes first", () => {
    expect(outranks(rank, rank)).toBe(false);
  });
});

describe("rule 2: refutation", () => {
  test("given a live primary, when it hears a claim, then it refutes it with a heartbeat at once", () => {
    const node = elected();
    node.hear(peer("b").claim(), 360);
    expect(node.sent("heartbeat")).toMatchObject([{ term: 1 }]);
    expect(node.state.role).toBe("primary");
  });

  test("given a primary that has just sent a heartbeat, when it hears a claim, then the next one follows within a millisecond", () => {
    const node = elected();
    node.hear(peer("b").claim(), 350.5);
    expect(node.sent("heartbeat")).toEqual([]);
    node.until(351);
    expect(node.sent("heartbeat")).toHaveLength(1);
  });

  test("given a primary whose work is being stopped under its mandate, when it hears a claim, then it refutes it with a leaving heartbeat", () => {
    const node = elected();
    node.feed({ type: "step-down", id: 1, successor: undefined }, 355);
    node.hear(peer("b").claim(), 360);
    expect(node.sent("heartbeat")).toMatchObject([{ leaving: true }]);
  });

  test("given a primary whose mandate has lapsed, when it hears a claim, then it refutes nothing", () => {
    const node = elected();
    node.hear(peer("b").claim(), TIMEOUT + TRUST);
    expect(node.sent("heartbeat")).toEqual([]);
    expect(node.state.role).toBe("secondary");
  });

  test("given a candidate, when the primary's heartbeat refutes its claim, then it withdraws it", () => {
    const node = candidate();
    const own = claimOf(node);
    node.hear(peer("b").heartbeat(), 320);
    node.until(TIMEOUT);
    expect(node.sent("yield")).toMatchObject([{ claim: own }]);
    expect(node.state.role).toBe("secondary");
  });

  test("given an instance that knows a mandate of the claimed term, when it hears the claim, then it says so within 50 ms", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").claim({ term: 5 }), 20);
    node.until(70);
    expect(node.sent("stale")).toMatchObject([{ mandateTerm: 5, highestTerm: 5 }]);
  });

  test("given an instance that has seen a higher term in a claim, when it hears a lower claim, then it says so within 50 ms", () => {
    const node = instance();
    node.hear(peer("b").claim({ term: 7 }), 10);
    node.hear(peer("c").claim({ term: 6 }), 20);
    node.until(70);
    expect(node.sent("stale")).toMatchObject([{ highestTerm: 7 }]);
  });

  test("given an instance that knows nothing higher, when it hears a claim, then it says nothing", () => {
    const node = instance();
    node.hear(peer("b").claim({ term: 7 }), 10);
    node.until(70);
    expect(node.done("send")).toEqual([]);
  });

  test.each([
    { of: "a mandate of the term that it claims", mandate: 1, highest: 1, next: 2 },
    { of: "a mandate of a higher term", mandate: 3, highest: 3, next: 4 },
    { of: "a higher term", mandate: 0, highest: 4, next: 5 },
  ])(
    "given a candidate, when it is told of $of, then it withdraws the claim and makes a higher one",
    ({ mandate, highest, next }) => {
      const node = candidate();
      node.hear(peer("b").stale(mandate, highest), 310);
      expect(node.sent("yield")).toHaveLength(1);
      node.until(400);
      expect(node.sent("claim").at(-1)).toMatchObject({ term: next });
    },
  );

  test("given a candidate, when it is told that its term was claimed before, then its claim stands: the better one wins", () => {
    const node = candidate();
    node.hear(peer("b").stale(0, 1), 310);
    expect(node.sent("yield")).toEqual([]);
  });

  test("given an instance that knows a mandate of the claimed term, when it hears the claim, then it says so in half a window at most", () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const node = instance({}, { seed: seed * 7_919 });
      node.hear(peer("b").heartbeat({ term: 5 }), 10);
      node.hear(peer("c").claim({ term: 5 }), 20);
      node.until(20 + WINDOW / 2);
      expect(node.sent("stale")).toHaveLength(1);
    }
  });
});

describe("rule 3: a better claim wins", () => {
  test.for([
    { what: "a higher term", claim: { term: 2 } },
    { what: "a named successor", claim: { term: 1, successor: true } },
    { what: "a higher priority", claim: { term: 1, priority: 1 } },
  ])("given a candidate, when it hears a claim with $what, then it withdraws its own, naming it", ({ claim }) => {
    const node = candidate();
    const own = claimOf(node);
    node.hear(peer("b").claim(claim), 310);
    expect(node.sent("yield")).toMatchObject([{ claim: own }]);
    expect(node.told("lostrace")).toMatchObject([{ instanceId: "b", term: claim.term }]);
    node.until(TIMEOUT + WINDOW);
    expect(node.state.role).toBe("secondary");
  });

  test("given a candidate of a higher name, when it hears an equal claim of a lower name, then it withdraws its own", () => {
    const node = candidate({ instanceId: "z", incarnation: "z#1" });
    node.hear(peer("b").claim({ term: 1 }), 310);
    expect(node.sent("yield")).toHaveLength(1);
  });

  test.for([
    { what: "of a higher name", settings: {}, claim: { term: 1 } },
    { what: "of a lower priority", settings: { priority: 2, instanceId: "z" }, claim: { term: 1, priority: 1 } },
  ])(
    "given a bus without a barrier, when a candidate hears a worse claim $what, then it repeats its own",
    ({ settings, claim }) => {
      const node = candidate(settings, { barrier: false });
      const own = claimOf(node);
      node.hear(peer("b").claim(claim), 310);
      expect(node.sent("yield")).toEqual([]);
      expect(node.sent("claim")).toMatchObject([
        { claim: own, term: 1 },
        { claim: own, term: 1 },
      ]);
    },
  );

  test("given a bus whose acknowledgement is a barrier, when a candidate hears worse claims, then it says its own once", () => {
    const node = candidate();
    for (const name of ["b", "c", "d"]) node.hear(peer(name).claim({ term: 1 }), 310);
    expect(node.sent("claim")).toHaveLength(1);
    expect(node.sent("yield")).toEqual([]);
  });

  test("given a worse claim that was heard, when its owner withdraws it, then the own claim wins at the end of its window", () => {
    const node = candidate();
    const b = peer("b");
    node.hear(b.claim({ term: 1, claim: 4 }), 310);
    node.hear(b.yields(4), 320);
    node.until(TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a worse claim that was heard, when its owner withdraws it within one more window, then the own claim still wins", () => {
    const node = candidate();
    const b = peer("b");
    node.hear(b.claim({ term: 1, claim: 4 }), 340);
    node.until(TIMEOUT + WINDOW - 1);
    expect(node.state.role).toBe("secondary");
    expect(node.sent("yield")).toEqual([]);
    node.hear(b.yields(4));
    expect(node.state.role).toBe("primary");
  });

  test("given a worse claim that is not withdrawn within one more window, when that has passed, then the own claim is withdrawn", () => {
    const node = candidate();
    node.hear(peer("b").claim({ term: 1, claim: 4 }), 340);
    node.until(TIMEOUT + WINDOW);
    expect(node.sent("yield")).toHaveLength(1);
  });

  test("given a withdrawal of an earlier claim, when it is heard, then the later claim still stands", () => {
    const node = candidate();
    const b = peer("b");
    node.hear(b.claim({ term: 1, claim: 4 }), 310);
    node.hear(b.yields(3), 320);
    node.until(TIMEOUT);
    expect(node.state.role).toBe("secondary");
  });

  test("given a withdrawal by somebody else, when it is heard, then the claim still stands", () => {
    const node = candidate();
    node.hear(peer("b").claim({ term: 1, claim: 4 }), 310);
    node.hear(peer("c").yields(4), 320);
    node.until(TIMEOUT);
    expect(node.state.role).toBe("secondary");
  });

  test("given two candidates that claim at once, when they hear each other, then exactly the better one is promoted, without delay", () => {
    const a = candidate();
    const z = candidate({ instanceId: "z", incarnation: "z#1" });
    exchange(a, z);
    a.until(TIMEOUT);
    expect(a.state.role).toBe("primary");
    exchange(a, z);
    z.until(TIMEOUT + WINDOW);
    exchange(a, z);
    expect(z.state.role).toBe("secondary");
    expect(z.state.primary).toMatchObject({ instanceId: "a" });
  });
});

describe("rule 4: acknowledgement", () => {
  test("given a claim that the bus does not acknowledge, when its window closes, then it does not win", () => {
    const node = candidate({}, { acknowledges: false });
    node.until(TIMEOUT + WINDOW);
    expect(node.state.role).toBe("secondary");
  });

  test("given a claim that the bus does not acknowledge, when 2/3 of the timeout have passed since it was sent, then it expires", () => {
    const node = candidate({}, { acknowledges: false });
    node.until(TIMEOUT - WINDOW + TRUST - 0.01);
    expect(node.sent("yield")).toEqual([]);
    node.until(TIMEOUT - WINDOW + TRUST);
    expect(node.sent("yield")).toHaveLength(1);
  });

  test("given a claim, when the bus refuses it, then it is withdrawn and tried again after a backoff", () => {
    const node = candidate({ backoffMin: 100 }, { acknowledges: false });
    node.until(360);
    node.feed({ type: "sent", receipt: node.receipt("claim"), ok: false, sentAt: 300 });
    expect(node.sent("yield")).toHaveLength(1);
    node.until(360 + 49);
    expect(node.sent("claim")).toHaveLength(1);
    node.until(360 + 100);
    expect(node.sent("claim")).toHaveLength(2);
  });

  test("given a claim, when it is acknowledged after its window, then it wins after one more turn of reading", () => {
    const node = candidate({}, { acknowledges: false });
    node.until(TIMEOUT + 10);
    node.feed({ type: "sent", receipt: node.receipt("claim"), ok: true, sentAt: 300 });
    expect(node.state.role).toBe("secondary");
    expect(node.done("read").at(-1)).toEqual({ type: "read", asOf: TIMEOUT + 10 });
    node.settle();
    expect(node.state.role).toBe("primary");
  });

  test("given a claim, when the acknowledgement of another claim arrives, then it counts for nothing", () => {
    const node = candidate({}, { acknowledges: false });
    node.feed({ type: "sent", receipt: { for: "claim", id: 99, connection: 1 }, ok: true, sentAt: 300 }, 305);
    node.until(TIMEOUT + WINDOW);
    expect(node.state.role).toBe("secondary");
  });

  test("given a claim that was made in one connection, when its acknowledgement arrives in another, then it is withdrawn", () => {
    const node = candidate({}, { acknowledges: false });
    node.feed(
      { type: "sent", receipt: { for: "claim", id: claimOf(node), connection: 0 }, ok: true, sentAt: 300 },
      305,
    );
    expect(node.sent("yield")).toHaveLength(1);
  });
});

describe("rule 5: when a claim wins", () => {
  test("given a claim that nobody objects to, when its window closes, then it wins after one more turn of reading", () => {
    const node = candidate();
    node.settle();
    node.feed({ type: "tick" }, TIMEOUT);
    expect(node.state.role).toBe("secondary");
    node.settle();
    expect(node.state.role).toBe("primary");
    expect(node.told("rolechange")).toMatchObject([{ newRole: "primary", term: 1, reason: { code: "silence" } }]);
  });

  test("given a window that has closed, when the turn of reading brings a heartbeat, then the claim does not win", () => {
    const node = candidate();
    node.settle();
    node.feed({ type: "tick" }, TIMEOUT);
    node.hear(peer("b").heartbeat());
    node.settle();
    expect(node.state.role).toBe("secondary");
  });

  test("given a window that has closed, when the turn of reading brings a better claim, then the claim does not win", () => {
    const node = candidate();
    node.settle();
    node.feed({ type: "tick" }, TIMEOUT);
    node.hear(peer("b").claim({ term: 2 }));
    node.settle();
    expect(node.state.role).toBe("secondary");
  });

  test("5a: given a heartbeat of the last mandate, when a whole timeout has not passed since, then no claim wins", () => {
    const node = instance();
    node.hear(peer("b").heartbeat(), 200);
    node.until(200 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(200 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("5a: given a detector that is quicker than the timeout, when it convicts, then no claim wins before the whole timeout", () => {
    const detector = {
      name: "hasty",
      initial: null,
      observe: () => null,
      deadline: (_: unknown, { at }: { at: number }) => at + 50,
    };
    const node = instance({ detector });
    node.hear(peer("b").heartbeat(), 400);
    node.until(400 + TIMEOUT - 0.01);
    expect(node.told("evidence")).toHaveLength(1);
    expect(node.state.role).toBe("secondary");
    node.until(400 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("5a: given a heartbeat of a lower term, when a whole timeout has not passed since, then no claim wins", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").heartbeat({ term: 4 }), 200);
    node.until(200 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(200 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("5a: given an older mandate that announced a longer timeout, when a newer one falls silent, then the older one's timeout is waited for", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5, timeout: 500 }), 40);
    node.hear(peer("c").heartbeat({ term: 6 }), 60);
    node.until(40 + 500 - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(40 + 500);
    expect(node.state.role).toBe("primary");
  });

  test("5a: given a standing claim, when a heartbeat of a lower term is heard, then it is withdrawn", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 0);
    node.until(TIMEOUT - WINDOW);
    node.hear(peer("c").heartbeat({ term: 4 }), 320);
    expect(node.sent("yield")).toHaveLength(1);
  });

  test("5b: given a subscription that went live, when a whole timeout has not passed since, then no claim wins", () => {
    const node = instance({}, { opened: false });
    node.feed({ type: "opened", connection: 1, barrier: true }, 1_000);
    node.until(1_000 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(1_000 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("5b: given evidence that has died, when the subscription went live less than a timeout ago, then no claim wins", () => {
    const detector = {
      name: "hasty",
      initial: null,
      observe: () => null,
      deadline: (_: unknown, { at }: { at: number }) => at + 20,
    };
    const node = instance({ detector }, { enabled: false });
    const b = peer("b");
    node.hear(b.heartbeat(), 1);
    node.hear(b.shutdown(), 2);
    node.feed({ type: "set-enabled", enabled: true }, 3);
    node.until(TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("5c: given a claim of another that was not withdrawn, when a whole timeout has not passed since, then no claim wins", () => {
    const node = instance();
    node.hear(peer("b").claim({ term: 1 }), 100);
    node.until(100 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(100 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("5c: given a claim that announces a longer timeout, when it stands, then that timeout is waited for", () => {
    const node = instance();
    node.hear(peer("b").claim({ term: 1, timeout: 500 }), 100);
    node.until(100 + 500 - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(100 + 500);
    expect(node.state.role).toBe("primary");
  });

  test("5c: given a claim that is repeated, when it is heard again, then it counts from when it was first heard", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.claim({ term: 1, claim: 4 }), 100);
    node.hear(b.claim({ term: 1, claim: 4 }), 200);
    node.until(100 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("5c: given a claim that is made anew, when it is heard, then it holds the others off anew", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.claim({ term: 1, claim: 4 }), 100);
    node.hear(b.claim({ term: 2, claim: 5 }), 200);
    node.until(200 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(200 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("5c: given two claims of others, when one is withdrawn, then the other still holds the rest off", () => {
    const node = instance();
    const c = peer("c");
    node.hear(peer("b").claim({ term: 1 }), 100);
    node.hear(c.claim({ term: 1, claim: 7 }), 110);
    node.hear(c.yields(7), 120);
    node.until(100 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(100 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("5c: given a standing claim of another, when its owner is heard as primary, then it holds nobody off any more", () => {
    const node = listener();
    const c = peer("c");
    node.hear(c.claim({ term: 6 }), 0);
    node.hear(c.heartbeat({ term: 6 }), 10);
    node.hear(c.shutdown({ term: 6 }), 20);
    node.until(20 + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test("5c: given a standing claim of another, when a third one's heartbeat is heard, then it holds the others off all the same", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("d").claim({ term: 6, timeout: 900 }), 20);
    node.hear(peer("c").heartbeat({ term: 4 }), 30);
    node.until(20 + 900 - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(20 + 900);
    expect(node.state.role).toBe("primary");
  });

  test("given a claim that is held off, when its window has closed, then it is withdrawn and made anew, a window before it may win", () => {
    const node = candidate();
    // A primary that was refuted by nobody: its life came while the claim stood, in an older term.
    node.hear(peer("c").heartbeat({ term: 0 }), 310);
    expect(node.sent("yield")).toHaveLength(1);
    node.until(310 + TIMEOUT - WINDOW);
    expect(node.sent("claim")).toHaveLength(2);
    node.until(310 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a secondary that blames itself while its claim stands, when the window closes, then the claim is withdrawn and made anew", () => {
    const node = candidate();
    node.settle();
    node.feed({ type: "tick" }, TIMEOUT + 150);
    node.settle();
    expect(node.state.role).toBe("secondary");
    expect(node.sent("yield")).toHaveLength(1);
    node.until(TIMEOUT + 150 + INTERVAL);
    expect(node.state.role).toBe("primary");
  });

  test("given a shutdown of the mandate last heard, when another primary was heard within the timeout, then the claim does not win before that timeout", () => {
    const node = instance();
    const c = peer("c");
    node.hear(peer("b").heartbeat({ term: 5 }), 40);
    node.hear(c.heartbeat({ term: 6 }), 60);
    node.hear(c.shutdown({ term: 6 }), 70);
    node.until(40 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(40 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given two mandates that were resigned one after the other, when the second is, then the first holds nobody off", () => {
    const node = instance({}, { enabled: false });
    const b = peer("b");
    const c = peer("c");
    node.hear(b.heartbeat({ term: 5 }), 400);
    node.hear(b.shutdown({ term: 5 }), 410);
    node.hear(c.heartbeat({ term: 6 }), 420);
    node.feed({ type: "set-enabled", enabled: true }, 430);
    node.hear(c.shutdown({ term: 6 }), 440);
    node.until(440 + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test("given a shutdown of the mandate last heard, when a primary of a lower term was heard within the timeout, then the claim does not win before that timeout", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 5 }), 40);
    node.hear(peer("c").heartbeat({ term: 4 }), 60);
    node.hear(b.shutdown({ term: 5 }), 70);
    node.until(60 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(60 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a shutdown of the mandate last heard, when a claim of another stands, then 5c holds all the same", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 5 }), 40);
    node.hear(peer("c").claim({ term: 6 }), 60);
    node.hear(b.shutdown({ term: 5 }), 70);
    node.until(60 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(60 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a rival's claim, when the last words of the old primary arrive late, then the claim still holds everybody off", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 5 }), 40);
    node.hear(peer("z").claim({ term: 6, claim: 1 }), 350);
    node.hear(b.heartbeat({ term: 5 }), 360);
    node.hear(b.shutdown({ term: 5 }), 361);
    node.until(350 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
  });

  test("given a claim made on a shutdown, when a rival's worse claim ends that evidence and is withdrawn, then the own claim still wins", () => {
    const node = listener();
    const b = peer("b");
    const z = peer("z");
    node.hear(b.heartbeat({ term: 5 }), 0);
    node.hear(b.shutdown({ term: 5 }), 50);
    node.hear(z.claim({ term: 6, claim: 1 }), 51);
    node.hear(z.yields(1), 52);
    node.until(50 + WINDOW);
    expect(node.state.role).toBe("primary");
  });
});

describe("rule 6: the new mandate's deadline", () => {
  test("given a claim that wins, when it does, then its deadline counts from when it was sent and is 2/3 of the timeout", () => {
    const node = instance({}, { acknowledges: false });
    node.until(TIMEOUT);
    node.feed({ type: "sent", receipt: node.receipt("claim"), ok: true, sentAt: 300 });
    node.settle();
    expect(node.state.office?.deadline).toBeCloseTo(TIMEOUT - WINDOW + TRUST);
  });

  test("given a claim whose deadline has passed, when its acknowledgement is read at last, then it is void", () => {
    const node = candidate({}, { acknowledges: false });
    node.feed({ type: "sent", receipt: node.receipt("claim"), ok: true, sentAt: 300 }, 300 + TRUST);
    node.settle();
    node.until(300 + TRUST + 5);
    expect(node.state.role).toBe("secondary");
    expect(node.done("promote")).toEqual([]);
  });

  test("given silence, when the claim is made, then it is made one claimWindow before the deadline", () => {
    const node = instance();
    node.hear(peer("b").heartbeat(), 40);
    node.until(40 + TIMEOUT - WINDOW - 0.01);
    expect(node.sent("claim")).toEqual([]);
    node.until(40 + TIMEOUT - WINDOW);
    expect(node.sent("claim")).toHaveLength(1);
  });

  test("given a claim that is due, when it is made, then everything that had arrived has been read first", () => {
    const node = instance({ probes: false });
    node.feed({ type: "tick" }, TIMEOUT - WINDOW);
    expect(node.sent("claim")).toEqual([]);
    node.hear(peer("b").heartbeat());
    node.settle();
    expect(node.sent("claim")).toEqual([]);
  });
});

test("rule 7: given an instance that was started as primary, when it is live, then it listens for a whole timeout like any other", () => {
  const node = instance({}, { enabled: false, ambition: true });
  node.until(TIMEOUT - 0.01);
  expect(node.state.role).toBe("secondary");
  node.until(TIMEOUT);
  expect(node.told("rolechange")).toMatchObject([{ newRole: "primary", reason: { code: "started" } }]);
});

describe("rule 8: two primaries after a healed partition", () => {
  test("given a primary, when it hears a mandate of a higher term, then it yields at once", () => {
    const node = elected();
    node.hear(peer("b").heartbeat({ term: 2 }), 360);
    expect(node.told("rolechange")).toMatchObject([{ newRole: "secondary", reason: { code: "superseded" } }]);
  });

  test("given a primary, when it hears a mandate of a lower term, then it stays and says so", () => {
    const node = elected({ initialTerm: 9 });
    node.hear(peer("b").heartbeat({ term: 9 }), 360);
    expect(node.state.role).toBe("primary");
    node.until(410);
    expect(node.sent("stale")).toMatchObject([{ mandateTerm: 10 }]);
  });

  test.for([
    { what: "a higher priority", settings: {}, other: peer("b").heartbeat({ term: 1, priority: 1 }), stays: false },
    {
      what: "a lower priority",
      settings: { priority: 2 },
      other: peer("0").heartbeat({ term: 1, priority: 1 }),
      stays: true,
    },
    { what: "a lower name", settings: { instanceId: "c" }, other: peer("b").heartbeat({ term: 1 }), stays: false },
    { what: "a higher name", settings: {}, other: peer("b").heartbeat({ term: 1 }), stays: true },
    {
      what: "the same name and a lower nonce",
      settings: {},
      other: peer("a", "a#0").heartbeat({ term: 1 }),
      stays: false,
    },
    {
      what: "the same name and a higher nonce",
      settings: {},
      other: peer("a", "a#2").heartbeat({ term: 1 }),
      stays: true,
    },
  ])(
    "given a primary, when it hears another of the same term with $what, then the worse yields (stays: $stays)",
    ({ settings, other, stays }) => {
      const node = elected(settings);
      node.hear(other, 360);
      expect(node.state.role).toBe(stays ? "primary" : "secondary");
      if (stays) expect(node.sent("heartbeat")).toHaveLength(1);
      else expect(node.told("rolechange")).toMatchObject([{ reason: { code: "outranked" } }]);
    },
  );
});

describe("rule 9: a claim that must not go on", () => {
  test("given a claiming candidate, when it is disabled, then it yields", () => {
    const node = candidate();
    node.feed({ type: "set-enabled", enabled: false }, 310);
    expect(node.sent("yield")).toMatchObject([{ claim: claimOf(node) }]);
    node.until(TIMEOUT + WINDOW);
    expect(node.state.role).toBe("secondary");
  });

  test("given an instance that was started as primary and claims, when it is disabled, then its claim goes on", () => {
    const node = candidate({}, { ambition: true });
    node.feed({ type: "set-enabled", enabled: false }, 310);
    node.until(TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a claim, when the link drops, then the claim is over and nobody wins for a whole timeout after the link's return", () => {
    const node = candidate();
    node.feed({ type: "link", up: false, connection: 1 }, 310);
    node.feed({ type: "link", up: true, connection: 2 }, 311);
    node.until(311 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(311 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a claim made on a shutdown, when a new connection is up before the old one's down is told, then the claim does not win", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 40);
    node.hear(b.shutdown(), 50);
    node.settle();
    node.feed({ type: "link", up: true, connection: 2 }, 60);
    node.feed({ type: "link", up: false, connection: 1 }, 61);
    node.until(60 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
  });
});
