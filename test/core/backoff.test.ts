import { describe, expect, test } from "vitest";
import {
  contender,
  elected,
  holderOf,
  instance,
  INTERVAL,
  listener,
  peer,
  serving,
  TIMEOUT,
  WINDOW,
  type Instance,
} from "./support.ts";

/** Lets the next claim of this candidate win, and its promotion fail; says when the mandate began. */
function failPromotion(node: Instance): number {
  while (node.state.office === undefined) node.until(node.state.wakeAt);
  const { now } = node;
  node.feed({ type: "onPromote-settled", error: new Error("the database is down") });
  node.feed({ type: "onDemote-settled", error: undefined });
  node.settle();
  return now;
}

/** Another's mandate that ends without having served. */
function failElsewhere(node: Instance, name: string, term: number, at: number): void {
  const other = peer(name);
  node.hear(other.heartbeat({ term, promoting: true }), at);
  node.hear(other.shutdown({ term }), at + 1);
}

describe("L1: a group whose promotions fail everywhere backs off as one", () => {
  test("given a backoff that has grown, when a primary is heard that does not serve yet, then it stays", () => {
    const node = elected({ backoffMin: 100, backoffMax: 10_000 });
    failPromotion(node);
    const { failures, backoffUntil } = node.state;
    node.hear(peer("b").heartbeat({ term: 2, promoting: true }), node.now + 1);
    expect(node.state.failures).toBe(failures);
    expect(node.state.backoffUntil).toBe(backoffUntil);
  });

  test.for(["heartbeat", "promoted"] as const)(
    "given a backoff that has grown, when a %s of a primary that serves is heard, then nothing holds the next campaign back, and after a timeout it is forgotten",
    (kind) => {
      const node = elected({ backoffMin: 100, backoffMax: 10_000 });
      failPromotion(node);
      const b = peer("b");
      const servedAt = node.now + 1;
      node.hear(b[kind]({ term: 2 }), servedAt);
      expect(node.state.backoffUntil).toBe(-Infinity);
      expect(node.state.failures).toBeGreaterThan(0);
      for (let at = servedAt + INTERVAL; at < servedAt + TIMEOUT + INTERVAL; at += INTERVAL)
        node.hear(b.heartbeat({ term: 2 }), at);
      expect(node.state.failures).toBe(0);
    },
  );

  test("given the first mandate that ended without serving, when it was another's, then the next candidate tries at once", () => {
    const node = listener();
    failElsewhere(node, "b", 5, 0);
    node.until(1 + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test("given a second one in a row, when it was another's too, then this candidate waits, and longer each time", () => {
    const node = listener({ backoffMin: 20, backoffMax: 10_000 });
    const waits: number[] = [];
    let at = 0;
    for (let term = 5; term < 10; term += 1) {
      failElsewhere(node, `p${term}`, term, at);
      waits.push(node.state.backoffUntil - node.now);
      at = node.now + 0.5;
    }
    expect(waits[0]).toBe(-Infinity);
    waits.slice(1).forEach((wait, index) => {
      expect(wait).toBeGreaterThanOrEqual((20 * 2 ** index) / 2);
      expect(wait).toBeLessThanOrEqual(20 * 2 ** index);
    });
  });

  test("given evidence of two kinds against one mandate that never served, when both come, then it counts once", () => {
    const node = contender();
    node.hear(peer("b").heartbeat({ promoting: true }), 0);
    node.until(TIMEOUT);
    node.feed({ type: "evidence", evidence: { kind: "refused", incarnation: "b#1" } }, TIMEOUT + 1);
    expect(node.state.failures).toBe(1);
  });

  test("given a mandate that never served and was given up once, when it lives on and ends, then it counts once", () => {
    const node = contender();
    const b = peer("b");
    node.hear(b.heartbeat({ promoting: true }), 0);
    node.until(TIMEOUT);
    node.hear(b.heartbeat({ promoting: true }), TIMEOUT + 10);
    node.hear(b.shutdown(), TIMEOUT + 20);
    expect(node.state.failures).toBe(1);
  });

  test("given a mandate that does not serve yet, when a hint is seen against it, then it has not failed", () => {
    const node = contender();
    node.hear(peer("b").heartbeat({ promoting: true }), 0);
    node.feed({ type: "unlinked", from: undefined, incarnation: "b#1" }, 10);
    expect(node.state.failures).toBe(0);
  });

  test("given a primary that was heard to serve, when it greets and its process is gone, then it has not failed", () => {
    const node = contender();
    node.hear(peer("b").heartbeat(), 0);
    node.feed({ type: "greeted", holder: holderOf("b") }, 10);
    node.feed({ type: "evidence", evidence: { kind: "refused", incarnation: "b#1" } }, 20);
    expect(node.state.failures).toBe(0);
  });

  test("given own promotions that failed, when only silence follows a rival's claim, then nothing has changed: nobody served", () => {
    const node = elected({ backoffMin: 5_000, backoffMax: 10_000, timeout: 5_000 }, { from: -5_000 + TIMEOUT });
    failPromotion(node);
    const { failures, backoffUntil } = node.state;
    node.hear(peer("b").claim({ term: 2 }), node.now + 1);
    expect(node.state.watch.evidence).toBeUndefined();
    node.until(node.state.watch.silenceAt);
    expect(node.told("evidence")).toMatchObject([{ kind: "silence" }]);
    expect(node.state).toMatchObject({ failures, backoffUntil });
  });

  test("given a primary that was only greeted, when its process is gone, then nobody waits: it may have served", () => {
    const node = contender();
    node.feed({ type: "greeted", holder: { instanceId: "b", incarnation: "b#1", term: 5 } }, 10);
    node.feed({ type: "evidence", evidence: { kind: "refused", incarnation: "b#1" } }, 20);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given a primary whose work has not started, when it sends heartbeats, then they say so, until onPromote has returned", () => {
    const node = elected();
    node.until(TIMEOUT + INTERVAL);
    node.feed({ type: "onPromote-settled", error: undefined });
    node.until(TIMEOUT + 2 * INTERVAL);
    expect(node.sent("heartbeat").map(({ promoting }) => promoting)).toEqual([true, undefined]);
  });

  test("given a promotion that failed, when leaving heartbeats go on, then they do not claim to serve", () => {
    const node = elected();
    node.feed({ type: "onPromote-settled", error: new Error("no") });
    node.until(TIMEOUT + INTERVAL);
    const leaving = { leaving: true, failing: true, promoting: true };
    expect(node.sent("heartbeat")).toMatchObject([leaving, leaving]);
  });

  test("given an onPromote that does not return in time, when leaving heartbeats go on, then they say that the work fails", () => {
    const node = elected();
    node.until(TIMEOUT + 1_000);
    expect(node.sent("heartbeat").at(-1)).toMatchObject({ leaving: true, failing: true, promoting: true });
  });

  test("given a primary that steps down before its onPromote has returned, when its mandate is over, then that is a failure", () => {
    const node = elected();
    node.feed({ type: "step-down", id: 7, successor: undefined }, 360);
    node.feed({ type: "onPromote-settled", error: undefined }, 370);
    node.feed({ type: "onDemote-settled", error: undefined }, 371);
    node.settle();
    expect(node.state.failures).toBe(1);
    expect(node.state.backoffUntil).toBeGreaterThan(371);
  });
});

describe("work that fails as soon as it has begun", () => {
  /** Another's work, which fails a moment after its promotion. */
  function failWork(node: Instance, name: string, term: number, how: "shutdown" | "leaving" = "shutdown"): void {
    const other = peer(name);
    node.hear(other.heartbeat({ term, promoting: true }), node.now + 1);
    node.hear(other.promoted({ term }), node.now + 1);
    if (how === "leaving") node.hear(other.heartbeat({ term, leaving: true, failing: true }), node.now + 5);
    node.hear(other.shutdown({ term, ...(how === "shutdown" ? { failed: true } : {}) }), node.now + 1);
  }

  test.for(["shutdown", "leaving"] as const)(
    "given works that fail one after another, when their %s says so, then everybody backs off, longer each time",
    (how) => {
      const node = listener({ backoffMin: 20, backoffMax: 10_000 });
      const waits: number[] = [];
      for (let term = 5; term < 10; term += 1) {
        failWork(node, `p${term}`, term, how);
        waits.push(node.state.backoffUntil - node.now);
      }
      waits.slice(1).forEach((wait, index) => expect(wait).toBeGreaterThanOrEqual((20 * 2 ** index) / 2));
    },
  );

  test("given an own work that fails at once, when it does again and again, then this instance waits, longer each time", () => {
    const node = instance({ backoffMin: TIMEOUT / 8 });
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      while (node.state.office === undefined) node.until(node.state.wakeAt);
      node.feed({ type: "onPromote-settled", error: undefined });
      node.feed({ type: "work-ended", error: new Error("no") }, node.now + 1);
      node.feed({ type: "onDemote-settled", error: undefined });
      node.settle();
      waits.push(node.state.backoffUntil - node.now);
    }
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(waits[3]).toBeGreaterThanOrEqual(TIMEOUT / 2);
  });

  test("given work that failed after it had served for a timeout, when it does, then it is a first failure, whatever was before", () => {
    const node = elected({ backoffMin: 10 });
    failPromotion(node);
    failPromotion(node);
    while (node.state.office === undefined) node.until(node.state.wakeAt);
    expect(node.state.failures).toBe(2);
    node.feed({ type: "onPromote-settled", error: undefined });
    node.until(node.now + TIMEOUT);
    node.feed({ type: "work-ended", error: new Error("no") });
    node.feed({ type: "onDemote-settled", error: undefined });
    node.settle();
    expect(node.state.failures).toBe(1);
  });

  test.for([true, undefined])("given a primary, when its goodbye says failed: %s, then its work does", (failed) => {
    const node = serving();
    node.feed(
      failed ? { type: "work-ended", error: undefined } : { type: "step-down", id: 7, successor: undefined },
      360,
    );
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    expect(node.sent("shutdown").map((message) => message.failed)).toEqual([failed]);
  });

  test("given planned handovers one after another, when each has served for a moment, then nobody waits", () => {
    const node = listener();
    for (let term = 5; term < 10; term += 1) {
      const other = peer(`p${term}`);
      node.hear(other.promoted({ term }), node.now + 1);
      node.hear(other.shutdown({ term }), node.now + 1);
      expect(node.state.backoffUntil).toBe(-Infinity);
      expect(node.state.failures).toBe(0);
    }
  });
});

describe("backoff, courtesy and holding back are three things", () => {
  test("given one that stepped down, when its named successor is promoted for longer than a timeout and fails, then a third has its turn first", () => {
    const node = serving();
    node.feed({ type: "step-down", id: 7, successor: "b" }, 360);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    node.settle();
    const b = peer("b");
    for (let at = 400; at <= 1_000; at += INTERVAL) {
      node.until(at);
      node.hear(b.heartbeat({ term: 2, promoting: true }), at);
    }
    node.hear(b.shutdown({ term: 2, failed: true }), 1_010);
    node.until(1_010 + TIMEOUT - 1);
    expect(node.sent("claim")).toEqual([]);
  });

  test("given others that are promoted without end, when promoteTimeout and two timeouts have passed, then the one that stepped down is held back no more", () => {
    const node = serving();
    node.feed({ type: "step-down", id: 7, successor: undefined }, 360);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    node.settle();
    const b = peer("b");
    for (let at = 400; at <= 3_000; at += INTERVAL) {
      node.until(at);
      node.hear(b.heartbeat({ term: 2, promoting: true }), at);
    }
    expect(node.state.holdBackUntil).toBeLessThanOrEqual(370 + 2 * TIMEOUT + 1_000);
  });

  test("given one that has held back for its time, when another is promoted after that and fails, then it does not hold back anew", () => {
    const node = serving();
    node.feed({ type: "step-down", id: 7, successor: undefined }, 360);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    node.settle();
    const b = peer("b");
    node.hear(b.claim({ term: 3 }), 370 + TIMEOUT - 1);
    node.until(370 + TIMEOUT + 1);
    node.hear(b.heartbeat({ term: 3, promoting: true }));
    node.forget();
    node.hear(b.shutdown({ term: 3 }));
    node.until(node.now);
    expect(node.sent("claim")).toHaveLength(1);
  });

  test("given one that stepped down, when its named successor fails, then it still holds back, so that a third has its turn", () => {
    const node = serving();
    node.feed({ type: "step-down", id: 7, successor: "b" }, 360);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    node.settle();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 2, promoting: true }), 400);
    node.hear(b.shutdown({ term: 2 }), 410);
    node.until(370 + TIMEOUT - 1);
    expect(node.sent("claim")).toEqual([]);
    expect(node.done("handed-over")).toEqual([]);
    node.until(2_000);
    expect(node.sent("claim").length).toBeGreaterThan(0);
  });

  test("given one that stepped down, when its successor serves and then crashes, then it does not hold back", () => {
    const node = serving();
    node.feed({ type: "step-down", id: 7, successor: "b" }, 360);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    node.settle();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 2 }), 400);
    node.hear(b.shutdown({ term: 2 }), 410);
    node.until(410);
    expect(node.sent("claim").length).toBeGreaterThan(0);
  });

  test("given a successor that is being promoted, when a timeout passes, then stepDown() waits for it, and names it when it serves", () => {
    const node = serving();
    node.feed({ type: "step-down", id: 7, successor: "b" }, 360);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    node.settle();
    const b = peer("b");
    for (let at = 400; at <= 900; at += INTERVAL) {
      node.until(at);
      node.hear(b.heartbeat({ term: 2, promoting: true }), at);
    }
    expect(node.done("handed-over")).toEqual([]);
    node.hear(b.promoted({ term: 2 }), 910);
    expect(node.done("handed-over")).toEqual([{ type: "handed-over", id: 7, successor: "b" }]);
  });

  test("given successors that are promoted without end and never serve, when their time is over, then stepDown() names nobody", () => {
    const node = serving();
    node.feed({ type: "step-down", id: 7, successor: undefined }, 360);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    node.settle();
    const b = peer("b");
    for (let at = 400; at <= 3_000; at += INTERVAL) {
      node.until(at);
      node.hear(b.heartbeat({ term: 2, promoting: true }), at);
    }
    expect(node.done("handed-over")).toEqual([{ type: "handed-over", id: 7, successor: undefined }]);
  });

  test.for(["onPromote", "onDemote"] as const)(
    "given a %s that never settles, when its instance is asked to step down, then the answer is bounded",
    (which) => {
      const node = which === "onPromote" ? elected() : serving();
      node.feed({ type: "step-down", id: 7, successor: undefined }, 360);
      node.until(360 + 110 + TIMEOUT);
      expect(node.done("handed-over")).toEqual([{ type: "handed-over", id: 7, successor: undefined }]);
    },
  );

  test("given an election that never hears the resignation, when its time is over, then stepDown() is answered", () => {
    const node = contender({}, { ambition: true });
    node.feed({ type: "won", id: node.done("campaign")[0]?.id ?? 0, term: 7, deadline: Infinity });
    node.feed({ type: "onPromote-settled", error: undefined });
    node.feed({ type: "step-down", id: 7, successor: undefined }, 10);
    node.feed({ type: "onDemote-settled", error: undefined }, 20);
    node.until(20 + 2 * 110 + 2 * TIMEOUT);
    expect(node.done("handed-over")).toHaveLength(1);
  });
});

describe("work that ends by itself", () => {
  test.for([undefined, new Error("the queue is gone")])(
    "given a primary, when its work ends with %s, then it steps down and holds back",
    (error) => {
      const node = serving();
      node.feed({ type: "work-ended", error }, 360);
      expect(node.told("rolechange")).toMatchObject([{ newRole: "secondary", reason: { code: "work-ended" } }]);
      expect(node.told("error")).toHaveLength(error === undefined ? 0 : 1);
      node.feed({ type: "onDemote-settled", error: undefined }, 370);
      node.settle();
      node.until(370 + TIMEOUT - 1);
      expect(node.sent("claim")).toEqual([]);
    },
  );

  test("given a secondary, when work that it had ends late, then nothing happens", () => {
    const node = instance();
    node.feed({ type: "work-ended", error: new Error("late") }, 10);
    expect(node.done("emit")).toEqual([]);
  });
});
