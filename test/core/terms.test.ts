import { describe, expect, test } from "vitest";
import {
  appointed,
  contender,
  elected,
  holderOf,
  instance,
  INTERVAL,
  peer,
  reference,
  serving,
  TIMEOUT,
  WINDOW,
} from "./support.ts";

const MAX_TERM = 2 ** 52;
const MAX_JUMP = 2 ** 32;

describe("S4: two numbers", () => {
  test("given a mandate of term 5 and a claim to term 7, when both are heard, then 5 says what is stale and 8 is claimed", () => {
    const node = instance();
    node.hear(peer("c").claim({ term: 7 }), 10);
    node.hear(peer("b").heartbeat({ term: 5 }), 20);
    expect(node.state.terms).toEqual({ mandate: 5, highest: 7 });
    node.until(20 + TIMEOUT);
    expect(node.state.office?.term).toBe(8);
  });

  test("given a promoted message, when it is heard, then its term is a mandate's", () => {
    const node = instance();
    node.hear(peer("b").promoted({ term: 5 }), 20);
    expect(node.state.terms).toEqual({ mandate: 5, highest: 5 });
  });

  test("given a stale answer or a shutdown, when it is heard, then its terms are no mandate's", () => {
    const node = instance();
    node.hear(peer("b").stale(3, 4), 10);
    expect(node.state.terms).toEqual({ mandate: 0, highest: 4 });
    node.hear(peer("b", "b#2").shutdown({ term: 6 }), 20);
    expect(node.state.terms).toEqual({ mandate: 0, highest: 6 });
  });

  test("given nothing that survives a full restart, when the first primary is promoted, then its term is 1", () => {
    expect(elected().state.office?.term).toBe(1);
  });

  test("given an initialTerm, when the first primary is promoted, then its term is the next", () => {
    const node = instance({ initialTerm: 41 });
    node.until(TIMEOUT);
    expect(node.state.office?.term).toBe(42);
  });

  test("given an initialTerm above the term of a living primary, when that one is heard, then it stays primary, and terms go on above both", () => {
    const node = instance({ initialTerm: 41 }, { enabled: false });
    node.hear(peer("b").heartbeat({ term: 5 }), 0);
    node.until(200);
    expect(node.done("drop")).toEqual([]);
    expect(node.sent("stale")).toEqual([]);
    expect(node.state.primary).toMatchObject({ instanceId: "b", term: 5 });
    node.feed({ type: "set-enabled", enabled: true });
    node.until(TIMEOUT);
    expect(node.state.office?.term).toBe(42);
  });

  test("given a record of an earlier life of the group, when it is read, then terms go on from it and nobody's mandate is stale", () => {
    const node = instance();
    node.feed({ type: "recorded", term: 41 });
    expect(node.state.terms).toEqual({ mandate: 0, highest: 41 });
    node.feed({ type: "recorded", term: 40 });
    expect(node.state.terms).toEqual({ mandate: 0, highest: 41 });
    node.until(TIMEOUT);
    expect(node.state.office?.term).toBe(42);
  });

  test("given a record that leaves no room for a jump of terms, when it is read, then it is dropped", () => {
    const node = instance();
    node.feed({ type: "recorded", term: MAX_TERM - MAX_JUMP + 1 });
    expect(node.state.terms.highest).toBe(0);
    expect(node.done("drop")).toEqual([{ type: "drop", why: "absurd-term" }]);
  });

  test("given a record far above the terms of a living group, when it is read, then it is dropped", () => {
    const node = elected();
    node.feed({ type: "recorded", term: MAX_JUMP + 2 });
    expect(node.state.terms.highest).toBe(1);
  });

  test("given a group that begins anew, when its record is of a large term, then terms go on from it", () => {
    const node = instance();
    node.feed({ type: "recorded", term: 2 ** 40 });
    node.until(TIMEOUT);
    expect(node.state.office?.term).toBe(2 ** 40 + 1);
  });

  test("given a primary, when it has left and is promoted again, then its term has risen", () => {
    const node = elected();
    node.feed({ type: "onPromote-settled", error: new Error("no") }, 360);
    node.feed({ type: "onDemote-settled", error: undefined }, 365);
    node.until(900);
    expect(node.done("promote").map(({ term }) => term)).toEqual([2]);
  });

  test("given a campaign, when it is asked for, then the election is told the highest term heard in anything", () => {
    const node = contender();
    node.hear(peer("c").claim({ term: 7 }), 10);
    node.until(TIMEOUT);
    expect(node.done("campaign")).toMatchObject([{ highestTerm: 7 }]);
  });
});

describe("S4: stale messages", () => {
  test("given a mandate of term 5, when a heartbeat of term 4 is heard, then it gives no role and is counted", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").heartbeat({ term: 4 }), 20);
    expect(node.state.primary).toMatchObject({ instanceId: "b" });
    expect(node.done("drop")).toEqual([{ type: "drop", why: "stale" }]);
    expect(node.told("promoted")).toHaveLength(1);
  });

  test("given a mandate of term 5, when a shutdown of term 4 is heard, then it gives no role and is counted", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").shutdown({ term: 4 }), 20);
    expect(node.state.watch.evidence).toBeUndefined();
    expect(node.done("drop")).toEqual([{ type: "drop", why: "stale" }]);
  });

  test("given a mandate of term 5, when a claim to term 4 is heard, then it gives no role and is counted", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").claim({ term: 4 }), 20);
    expect(node.done("drop")).toEqual([{ type: "drop", why: "stale" }]);
  });

  test("given a mandate of term 5, when a fresh heartbeat of term 4 is heard, then it is answered with both terms", () => {
    const node = instance();
    node.hear(peer("d").claim({ term: 7 }), 5);
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").heartbeat({ term: 4 }), 20);
    node.until(70);
    expect(node.sent("stale")).toMatchObject([{ mandateTerm: 5, highestTerm: 7 }]);
  });

  test("given many instances that answer a stale heartbeat, when they do, then each waits its own 0 to 50 ms", () => {
    const delays = Array.from({ length: 40 }, (_, seed) => {
      const node = instance({}, { seed: seed * 7_919 });
      node.hear(peer("b").heartbeat({ term: 5 }), 10);
      node.hear(peer("c").heartbeat({ term: 4 }), 20);
      return node.state.staleAnswerAt - 20;
    });
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...delays)).toBeLessThan(10);
    expect(Math.max(...delays)).toBeLessThanOrEqual(50);
    expect(Math.max(...delays)).toBeGreaterThan(40);
  });

  test("given an answer that is about to be given, when another instance gives it first, then it is not given", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").heartbeat({ term: 4 }), 20);
    node.hear(peer("d").stale(5), 20);
    node.until(100);
    expect(node.sent("stale")).toEqual([]);
  });

  test("given an answer that is about to be given, when another instance gives a lower one, then it is still given", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").heartbeat({ term: 3 }), 20);
    node.hear(peer("d").stale(4), 20);
    node.until(100);
    expect(node.sent("stale")).toHaveLength(1);
  });

  test("given a sender that was answered, when it is stale again, then it is answered once per interval", () => {
    const node = instance();
    const c = peer("c");
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(c.heartbeat({ term: 4 }), 20);
    node.until(80);
    node.hear(c.heartbeat({ term: 4 }), 80);
    node.until(20 + INTERVAL - 1);
    node.hear(c.heartbeat({ term: 4 }));
    node.until(20 + INTERVAL - 1 + 60);
    expect(node.sent("stale")).toHaveLength(1);
    node.hear(c.heartbeat({ term: 4 }));
    node.until(300);
    expect(node.sent("stale")).toHaveLength(2);
  });

  test("given a sender that was answered, when another sender is stale, then that one is answered too", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").heartbeat({ term: 4 }), 20);
    node.until(70);
    node.hear(peer("d").heartbeat({ term: 4 }), 75);
    node.until(125);
    expect(node.sent("stale")).toHaveLength(2);
  });

  test("given a sender without a term, when its heartbeat is stale, then it is not answered", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(reference("golang-A").heartbeat(), 20);
    node.until(100);
    expect(node.done("drop")).toEqual([{ type: "drop", why: "stale" }]);
    expect(node.sent("stale")).toEqual([]);
  });

  test("given a bus on which only the primary publishes, when a secondary hears a stale heartbeat, then it does not answer", () => {
    const node = contender({ publish: "primary" });
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").heartbeat({ term: 4 }), 20);
    node.until(100);
    expect(node.done("send")).toEqual([]);
  });

  test("given a primary, when it is told of a mandate above its own, then it is demoted", () => {
    const node = elected();
    node.hear(peer("b").stale(2), 360);
    expect(node.told("rolechange")).toMatchObject([{ newRole: "secondary", term: 1, reason: { code: "superseded" } }]);
  });

  test("given a primary, when it is told of its own term, or of a higher term that is no mandate, then it stays", () => {
    const node = elected();
    node.hear(peer("b").stale(1, 9), 360);
    expect(node.state.role).toBe("primary");
    expect(node.state.terms.highest).toBe(9);
  });

  test("given a stale heartbeat, when silence is counted, then nobody wins and nobody is silent for a whole timeout since", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 5 }), 10);
    node.hear(peer("c").heartbeat({ term: 4 }), 300);
    node.until(300 + TIMEOUT - 0.01);
    expect(node.told("evidence")).toEqual([]);
    expect(node.state.role).toBe("secondary");
  });

  test("given a stale heartbeat that announces a longer timeout, when silence is counted, then that timeout is waited for", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").heartbeat({ term: 4, timeout: 500 }), 20);
    node.until(20 + 500 - 0.01);
    expect(node.state.role).toBe("secondary");
  });

  test("given evidence of a shutdown, when a stale heartbeat is heard, then nobody acts on the evidence", () => {
    const node = instance({}, { enabled: false });
    const b = peer("b");
    node.hear(b.heartbeat({ term: 5 }), 10);
    node.hear(b.shutdown({ term: 5 }), 20);
    node.hear(peer("c").heartbeat({ term: 4 }), 30);
    expect(node.state.watch.evidence).toBeUndefined();
  });
});

describe("S4: higher mandates", () => {
  test("given a primary, when it hears a higher mandate, then it is demoted at once and watches the other", () => {
    const node = elected();
    node.hear(peer("b").heartbeat({ term: 2 }), 360);
    expect(node.state.role).toBe("secondary");
    expect(node.state.primary).toMatchObject({ instanceId: "b", term: 2 });
    expect(node.order()).toEqual(["emit rolechange", "abort", "emit promoted"]);
  });

  test("given a primary by a lock, when a greeting tells of a higher mandate, then it is demoted at once", () => {
    const node = appointed();
    node.feed({ type: "greeted", holder: holderOf("b", 8) }, 10);
    expect(node.state.role).toBe("secondary");
  });

  test("given a mandate won from an outside election, when its term is not above the mandates heard, then it is resigned", () => {
    const node = contender({}, { ambition: true });
    node.hear(peer("c").stale(0), 0);
    const id = node.done("campaign").at(-1)?.id ?? 0;
    node.feed({ type: "won", id, term: 0, deadline: Infinity }, 1);
    expect(node.done("resign")).toEqual([{ type: "resign", id, successor: undefined }]);
    expect(node.told("error")).toHaveLength(1);
    expect(node.state.role).toBe("secondary");
  });
});

describe("S4: the order of messages", () => {
  test.for([
    { what: "older", seq: 4 },
    { what: "the same", seq: 5 },
  ])("given a sender heard up to seq 5, when $what message arrives, then it is dropped", ({ seq }) => {
    const node = instance();
    const b = peer("b");
    node.hear({ ...b.heartbeat(), seq: 5 }, 10);
    node.hear({ ...b.heartbeat(), seq }, 200);
    expect(node.done("drop")).toEqual([{ type: "drop", why: "out-of-order" }]);
    expect(node.state.watch.quietUntil).toBe(10 + TIMEOUT);
  });

  test("given a sender heard up to seq 5, when its next incarnation begins at 1, then it is heard", () => {
    const node = instance();
    node.hear({ ...peer("b").heartbeat(), seq: 5 }, 10);
    node.hear(peer("b", "b#2").heartbeat(), 20);
    expect(node.done("drop")).toEqual([]);
    expect(node.state.primary).toMatchObject({ incarnation: "b#2" });
  });

  test("given messages without seq, when they arrive, then they are ordered by arrival", () => {
    const node = instance();
    const go = reference("golang-A");
    node.hear(go.heartbeat(), 10);
    node.hear(go.heartbeat(), 200);
    expect(node.done("drop")).toEqual([]);
    expect(node.state.watch.quietUntil).toBe(200 + TIMEOUT);
  });

  test("given a bus that echoes, when an instance hears itself, then the nonce tells, and it is no life", () => {
    const node = elected();
    node.hear(peer("a").heartbeat({ term: 1 }), 360);
    expect(node.done("drop")).toEqual([{ type: "drop", why: "echo" }]);
    expect(node.state.role).toBe("primary");
  });

  test("given a second process with the same instanceId, when it is heard, then it is misconfigured, and said once", () => {
    const node = instance();
    const twin = peer("a", "a#2");
    node.hear(twin.heartbeat(), 10);
    node.hear(twin.heartbeat(), 20);
    expect(node.told("misconfigured")).toMatchObject([{ instanceId: "a", reason: { code: "misconfigured" } }]);
    expect(node.state.primary).toMatchObject({ incarnation: "a#2" });
  });
});

describe("S4: terms are bounded, and so is their jump in one message", () => {
  // One more than a primary of term 1 may hear.
  const absurd = MAX_JUMP + 2;
  test.for([
    { what: "a shutdown", message: peer("b").shutdown({ term: absurd }) },
    { what: "a stale answer's mandate", message: peer("b").stale(absurd, 0) },
    { what: "a stale answer's highest", message: peer("b").stale(0, absurd) },
  ])("given $what that jumps too far, when it is heard, then it is dropped and its sender reported", ({ message }) => {
    const node = elected();
    node.hear(message, 360);
    expect(node.done("drop")).toEqual([{ type: "drop", why: "absurd-term" }]);
    expect(node.told("misconfigured")).toHaveLength(1);
    expect(node.state.role).toBe("primary");
    expect(node.state.terms).toEqual({ mandate: 1, highest: 1 });
  });

  test.for([
    { what: "a heartbeat", message: peer("b").heartbeat({ term: absurd }) },
    { what: "a promoted message", message: peer("b").promoted({ term: absurd }) },
  ])(
    "given $what that jumps too far, when a primary hears it, then it gives way, for its owner lives, but terms do not follow",
    ({ message }) => {
      const node = serving();
      node.hear(message, 360);
      expect(node.done("drop")).toEqual([{ type: "drop", why: "absurd-term" }]);
      expect(node.told("misconfigured")).toHaveLength(1);
      expect(node.state.role).toBe("secondary");
      expect(node.state.terms).toEqual({ mandate: 1, highest: 1 });
      expect(node.state.primary).toBeUndefined();
    },
  );

  test("given a primary whose term is out of bounds, when it lives, then no candidate wins beside it", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 1 }), 0);
    const c = peer("c");
    for (let at = 100; at <= 2_000; at += INTERVAL) {
      node.hear(c.heartbeat({ term: MAX_JUMP * 2 }), at);
      node.until(at + INTERVAL - 1);
    }
    expect(node.state.role).toBe("secondary");
    expect(node.told("misconfigured")).toHaveLength(1);
  });

  test("given a primary whose term is out of bounds, when it alone has lived for a whole timeout, then it is believed", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 1 }), 0);
    const c = peer("c");
    for (let at = 10; at < 10 + TIMEOUT; at += INTERVAL / 2) node.hear(c.heartbeat({ term: MAX_JUMP * 2 }), at);
    expect(node.state.primary).toMatchObject({ instanceId: "b" });
    node.hear(c.heartbeat({ term: MAX_JUMP * 2 }), 10 + TIMEOUT);
    expect(node.state.primary).toMatchObject({ instanceId: "c", term: MAX_JUMP * 2 });
    node.until(10 + 2 * TIMEOUT);
    expect(node.state.office?.term).toBe(MAX_JUMP * 2 + 1);
  });

  test.for([
    { what: "in another term", last: { term: MAX_JUMP * 2 + 1 } },
    { what: "and announces that it has longer", last: { term: MAX_JUMP * 2, timeout: TIMEOUT + 100 } },
  ])("given a primary whose term is out of bounds, when it lives on $what, then it is not believed yet", ({ last }) => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 1 }), 0);
    const c = peer("c");
    for (let at = 10; at < 10 + TIMEOUT; at += INTERVAL / 2) node.hear(c.heartbeat({ term: MAX_JUMP * 2 }), at);
    node.hear(c.heartbeat(last), 10 + TIMEOUT);
    expect(node.state.primary).toMatchObject({ instanceId: "b" });
  });

  test("given a primary whose term is out of bounds, when another is heard meanwhile, then it does not live alone, and is not believed yet", () => {
    const node = instance();
    const b = peer("b");
    const c = peer("c");
    node.hear(b.heartbeat({ term: 1 }), 0);
    for (let at = 10; at < 10 + TIMEOUT; at += INTERVAL / 2) node.hear(c.heartbeat({ term: MAX_JUMP * 2 }), at);
    node.hear(b.heartbeat({ term: 1 }), TIMEOUT);
    node.hear(c.heartbeat({ term: MAX_JUMP * 2 }), 10 + TIMEOUT);
    expect(node.state.primary).toMatchObject({ instanceId: "b" });
  });

  test("given a mandate out of bounds that was heard before the own one began, when it is heard again, then the primary gives way, but does not believe it yet", () => {
    const node = instance();
    const c = peer("c");
    node.hear(peer("b").heartbeat({ term: 1 }), 0);
    node.hear(c.heartbeat({ term: MAX_JUMP * 2 }), 10);
    node.until(2 * TIMEOUT);
    expect(node.state.role).toBe("primary");
    node.hear(c.heartbeat({ term: MAX_JUMP * 2 }), 2 * TIMEOUT + 1);
    expect(node.state.role).toBe("secondary");
    expect(node.state.primary).toBeUndefined();
  });

  test("given a holder that greets with a term that numbers cannot carry, when it lives on, then it is never believed", () => {
    const node = contender();
    for (let at = 10; at < 3 * TIMEOUT; at += INTERVAL)
      node.feed({ type: "greeted", holder: holderOf("b", MAX_TERM + 1) }, at);
    expect(node.state.primary).toBeUndefined();
  });

  test("given a mandate that nobody can follow, when it lives on, then it is never believed", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 1 }), 0);
    const c = peer("c");
    for (let at = 10; at < 5 * TIMEOUT; at += INTERVAL / 2) node.hear(c.heartbeat({ term: MAX_TERM + 1 }), at);
    expect(node.state.terms.highest).toBeLessThan(10);
  });

  test("given a claim that jumps too far, when a primary hears it, then it is refuted, and terms do not follow", () => {
    const node = serving();
    node.hear(peer("b").claim({ term: absurd }), 360);
    expect(node.sent("heartbeat")).toHaveLength(1);
    expect(node.told("misconfigured")).toHaveLength(1);
    expect(node.state.terms).toEqual({ mandate: 1, highest: 1 });
  });

  test("given a claim that jumps too far, when a candidate hears it, then its own claim gives way", () => {
    const node = instance();
    node.until(TIMEOUT - WINDOW);
    expect(node.sent("claim")).toHaveLength(1);
    node.hear(peer("b").claim({ term: MAX_JUMP * 2 }), TIMEOUT - WINDOW + 1);
    expect(node.sent("yield")).toHaveLength(1);
    expect(node.state.terms.highest).toBe(1);
  });

  test("given a newcomer, when it hears its first mandate, then it believes whatever term that has", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 1.77e12 }), 10);
    expect(node.state.primary).toMatchObject({ instanceId: "b", term: 1.77e12 });
    expect(node.told("misconfigured")).toEqual([]);
    node.until(10 + TIMEOUT);
    expect(node.state.office?.term).toBe(1.77e12 + 1);
  });

  test("given an initialTerm far above the first mandate that is heard, when terms go on, then within what others believe", () => {
    const node = instance({ initialTerm: MAX_TERM - MAX_JUMP });
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.until(10 + TIMEOUT);
    expect(node.state.office?.term).toBe(6 + MAX_JUMP / 2);
  });

  test("given an election that gives a term others would not believe, when it does, then it has not won, and is told why", () => {
    const node = contender();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 5 }), 10);
    node.hear(b.shutdown({ term: 5 }), 20);
    const { id } = node.done("campaign")[0] ?? { id: 0 };
    node.feed({ type: "won", id, term: 1.77e12, deadline: Infinity }, 30);
    expect(node.done("resign")).toHaveLength(1);
    expect(node.state.role).toBe("secondary");
    expect(node.told("error")).toMatchObject([
      { reason: { message: expect.stringContaining("1770000000000") as string } },
    ]);
  });

  test("given a mandate that had to be resigned, when it was, then the next campaign waits for its backoff", () => {
    const node = contender({ backoffMin: 300 }, { ambition: true });
    const { id } = node.done("campaign")[0] ?? { id: 0 };
    node.feed({ type: "won", id, term: 0, deadline: Infinity }, 10);
    expect(node.done("resign")).toHaveLength(1);
    node.until(10 + 149);
    expect(node.done("campaign")).toHaveLength(1);
    node.until(10 + 300);
    expect(node.done("campaign")).toHaveLength(2);
  });

  test("given terms that are used up, when a candidate would claim, then it says so instead", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: MAX_TERM }), 10);
    node.until(10 + TIMEOUT);
    expect(node.sent("claim")).toEqual([]);
    expect(node.told("error").at(-1)).toMatchObject({
      reason: { message: expect.stringContaining("terms end at") as string },
    });
  });

  test("given terms that claims have raised far above the mandate, when its primary is heard again, then they stay", () => {
    const node = instance();
    const b = peer("b");
    const c = peer("c");
    node.hear(b.heartbeat({ term: 5 }), 10);
    node.hear(c.stale(5, 5 + MAX_JUMP), 20);
    node.hear(c.stale(5, 5 + 2 * MAX_JUMP), 30);
    node.hear(b.heartbeat({ term: 5 }), 40);
    expect(node.state.terms).toEqual({ mandate: 5, highest: 5 + 2 * MAX_JUMP });
  });

  test("given a newcomer, when the first mandate is of a term that numbers cannot carry, then it gets no role", () => {
    const node = contender();
    node.feed({ type: "greeted", holder: holderOf("b", MAX_TERM + 1) }, 10);
    expect(node.state.primary).toBeUndefined();
    expect(node.state.terms).toEqual({ mandate: 0, highest: 0 });
    node.hear(peer("c").heartbeat({ term: MAX_TERM + 1 }), 20);
    expect(node.told("misconfigured")).toMatchObject([{ instanceId: "c" }]);
  });

  test("given a primary, when it hears of a term that numbers cannot carry, then it stays", () => {
    const node = serving();
    node.hear(peer("b").heartbeat({ term: MAX_TERM + 1 }), 360);
    expect(node.state.role).toBe("primary");
    expect(node.told("misconfigured")).toHaveLength(1);
  });

  test("given terms near their bound, when a record is beyond it, then it is dropped", () => {
    const node = instance({ initialTerm: MAX_TERM - 1 });
    node.feed({ type: "recorded", term: MAX_TERM + 1 });
    expect(node.state.terms.highest).toBe(MAX_TERM - 1);
  });

  test("given a jump that is just allowed, when it is heard, then it counts", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: MAX_JUMP }), 10);
    expect(node.state.terms.mandate).toBe(MAX_JUMP);
  });

  test("given terms that have risen to their bound, when a message goes beyond it, then it is dropped", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: MAX_TERM }), 10);
    expect(node.state.primary).toBeDefined();
    node.hear(peer("c").heartbeat({ term: MAX_TERM + 1 }), 20);
    expect(node.done("drop")).toEqual([{ type: "drop", why: "absurd-term" }]);
  });

  test.for([
    { what: "a greeting", input: { type: "greeted", holder: holderOf("b", MAX_JUMP * 2) } as const },
    {
      what: "a probe's answer",
      input: {
        type: "answered",
        number: 1,
        via: "probe",
        instanceId: "b",
        incarnation: "b#1",
        term: MAX_JUMP * 2,
      } as const,
    },
  ])(
    "given $what whose term jumps too far, when it comes, then its owner lives and the primary gives way, but it gets no role",
    ({ input }) => {
      const node = appointed();
      node.feed(input, 10);
      expect(node.state.role).toBe("secondary");
      expect(node.state.primary).toBeUndefined();
      expect(node.state.terms.highest).toBe(7);
    },
  );
});
