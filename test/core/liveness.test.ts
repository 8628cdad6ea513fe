import { describe, expect, test } from "vitest";
import { contender, holderOf, instance, INTERVAL, peer, serving, TIMEOUT, WINDOW, type Instance } from "./support.ts";

/** Loses every campaign that is asked for until `at`; gives the times at which they were asked for. */
function losing(node: Instance, at: number, how: "defeated" | "undecided" = "defeated"): number[] {
  const times: number[] = [];
  while (node.now < at) {
    const { attempt } = node.state;
    if (attempt === undefined) {
      node.until(Math.min(at, node.state.wakeAt));
      continue;
    }
    times.push(node.now);
    if (how === "defeated")
      node.feed({ type: "defeated", id: attempt.id, message: "Somebody was faster.", holder: undefined });
    else node.feed({ type: "undecided", id: attempt.id, error: new Error("the disk is full") });
  }
  return times;
}

const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, index) => time - (times[index] ?? 0));

/** A candidate for whom the primary's shutdown is evidence since 50. */
function orphan(
  overrides: Parameters<typeof contender>[0] = {},
  options: Parameters<typeof contender>[1] = {},
): Instance {
  const node = contender(overrides, options);
  const b = peer("b");
  node.hear(b.heartbeat(), 40);
  node.hear(b.shutdown(), 50);
  return node;
}

describe("L1: it never gives up", () => {
  test.for(["defeated", "undecided"] as const)(
    "given campaigns that end %s, when they do, then it tries again, each time later, up to the cap",
    (how) => {
      const times = losing(orphan({ backoffMin: 10, backoffMax: 200 }), 3_000, how);
      expect(times.length).toBeGreaterThan(10);
      gaps(times).forEach((gap, index) => {
        const full = Math.min(200, 10 * 2 ** index);
        expect(gap).toBeGreaterThanOrEqual(full / 2 - 1e-9);
        expect(gap).toBeLessThanOrEqual(full);
      });
    },
  );

  test("given a backoff whose maximum is beyond the timeout, when it grows, then it is capped by the timeout", () => {
    const times = losing(orphan({ backoffMin: 10, backoffMax: 30_000 }), 10_000);
    expect(Math.max(...gaps(times))).toBeLessThanOrEqual(TIMEOUT);
    expect(Math.max(...gaps(times))).toBeGreaterThan(TIMEOUT / 2);
  });

  test("given candidates that fail together, when they back off, then not in step", () => {
    const waits = Array.from({ length: 30 }, (_, seed) => {
      const node = orphan({ backoffMin: 100 }, { seed: seed * 7_919 });
      return gaps(losing(node, 400))[0] ?? 0;
    });
    expect(new Set(waits.map((wait) => Math.round(wait))).size).toBeGreaterThan(10);
  });

  test("given a backoff that has grown, when a primary has served and left, then the next failure starts it anew", () => {
    const node = orphan({ backoffMin: 10, backoffMax: 300 });
    losing(node, 1_000);
    const c = peer("c");
    node.hear(c.heartbeat({ term: 6 }), 1_001);
    node.hear(c.shutdown({ term: 6 }), 1_010);
    expect(node.state.failures).toBe(0);
    expect(gaps(losing(node, 1_100))[0]).toBeLessThanOrEqual(10);
  });

  test("given a backoff under way, when a valid heartbeat is heard, then it is over: the next claim is made on time", () => {
    const late = Array.from({ length: 20 }, (_, seed) => {
      const node = instance({ backoffMin: TIMEOUT }, { acknowledges: false, seed: seed * 7_919 });
      node.until(TIMEOUT + 10);
      node.feed({ type: "sent", receipt: node.receipt("claim"), ok: false, sentAt: 300 });
      node.hear(peer("b").heartbeat(), TIMEOUT + 11);
      node.until(TIMEOUT + 11 + TIMEOUT - WINDOW);
      return node.sent("claim").length < 2;
    });
    expect(late.filter(Boolean)).toHaveLength(0);
  });

  test("given a backoff under way, when new evidence comes, then it campaigns now", () => {
    const node = contender({ backoffMin: 300, backoffMax: 300 });
    const b = peer("b");
    node.hear(b.heartbeat(), 40);
    node.until(40 + TIMEOUT);
    node.feed({ type: "defeated", id: node.done("campaign")[0]?.id ?? 0, message: "held", holder: undefined });
    node.until(400);
    expect(node.done("campaign")).toHaveLength(1);
    node.hear(b.shutdown(), 405);
    expect(node.done("campaign")).toHaveLength(2);
  });

  test("given a race that was lost, when it was, then the program is told who won, and the watcher goes on", () => {
    const node = orphan();
    const { id } = node.done("campaign")[0] ?? { id: 0 };
    node.feed({ type: "defeated", id, message: "c was faster.", holder: holderOf("c", 6) }, 55);
    expect(node.told("lostrace")).toEqual([
      { instanceId: "c", term: 6, reason: { code: "lostrace", message: "c was faster." } },
    ]);
    node.until(100);
    expect(node.done("campaign").length).toBeGreaterThan(1);
  });

  test("given an election that cannot decide, when it says so, then that is an error event, and the watcher goes on", () => {
    const node = orphan();
    node.feed({ type: "undecided", id: node.done("campaign")[0]?.id ?? 0, error: new Error("the disk is full") }, 55);
    expect(node.told("error")).toMatchObject([{ reason: { code: "failed", message: "the disk is full" } }]);
    node.until(100);
    expect(node.done("campaign").length).toBeGreaterThan(1);
  });

  test("given the answer to a campaign that is no longer wanted, when it arrives, then it changes nothing", () => {
    const node = orphan();
    node.feed({ type: "defeated", id: 99, message: "late", holder: undefined }, 55);
    node.feed({ type: "undecided", id: 99, error: new Error("late") }, 56);
    expect(node.state.attempt).toBeDefined();
    expect(node.told("lostrace")).toEqual([]);
    expect(node.told("error")).toEqual([]);
  });

  test("given promotions that fail, when they do, then it is promoted again, each time later", () => {
    const node = contender({ backoffMin: 10, backoffMax: 300 }, { ambition: true });
    const times: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      node.until(Math.max(node.now, node.state.wakeAt === Infinity ? node.now : node.state.backoffUntil));
      const { id } = node.done("campaign").at(-1) ?? { id: 0 };
      times.push(node.now);
      node.feed({ type: "won", id, term: round + 1, deadline: Infinity });
      node.feed({ type: "onPromote-settled", error: new Error("no") });
      node.feed({ type: "onDemote-settled", error: undefined });
      node.feed({ type: "resigned", id });
      node.settle();
    }
    expect(node.done("promote")).toHaveLength(6);
    gaps(times).forEach((gap, index) => expect(gap).toBeGreaterThanOrEqual((10 * 2 ** index) / 2 - 1e-9));
  });

  test("given a promotion that succeeded, when the next one fails, then the backoff starts anew", () => {
    const node = orphan({ backoffMin: 10, backoffMax: 300 });
    losing(node, 1_000);
    node.until(1_400);
    expect(node.state.attempt).toBeDefined();
    node.feed({ type: "won", id: node.done("campaign").at(-1)?.id ?? 0, term: 6, deadline: Infinity });
    expect(node.state.failures).toBeGreaterThan(0);
    node.feed({ type: "onPromote-settled", error: undefined });
    node.feed({ type: "step-down", id: 7, successor: undefined });
    node.feed({ type: "onDemote-settled", error: undefined });
    node.feed({ type: "resigned", id: node.done("resign").at(-1)?.id ?? 0 });
    node.settle();
    expect(node.state.failures).toBe(0);
  });

  test("given a disabled spell, when it ends, then it campaigns", () => {
    const node = contender({}, { enabled: false });
    node.until(1_000);
    expect(node.done("campaign")).toEqual([]);
    node.feed({ type: "set-enabled", enabled: true });
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given a backoff that has grown, when the watcher is disabled and enabled, then it starts anew", () => {
    const node = contender({ backoffMin: 300, backoffMax: 300 });
    node.until(TIMEOUT);
    node.feed({ type: "defeated", id: node.done("campaign")[0]?.id ?? 0, message: "held", holder: undefined });
    node.feed({ type: "set-enabled", enabled: false }, 360);
    node.feed({ type: "set-enabled", enabled: true }, 370);
    expect(node.done("campaign")).toHaveLength(2);
  });

  test("given an instance started as primary that backs off, when the watcher is enabled, then it campaigns at once", () => {
    const node = contender({ backoffMin: 300, backoffMax: 300 }, { enabled: false, ambition: true });
    node.feed({ type: "undecided", id: node.done("campaign")[0]?.id ?? 0, error: new Error("the disk is full") }, 5);
    node.feed({ type: "set-enabled", enabled: true }, 10);
    expect(node.done("campaign")).toHaveLength(2);
  });

  test.for(["shutdown", "silence"] as const)(
    "given a fence that never settles, when another primary has come and gone by %s since, then the instance campaigns",
    (how) => {
      const node = contender({ fence: true });
      node.hear(peer("b").heartbeat(), 40);
      node.until(40 + TIMEOUT);
      node.feed({ type: "defeated", id: node.done("campaign")[0]?.id ?? 0, message: "held", holder: holderOf("b") });
      expect(node.done("fence")).toHaveLength(1);
      const c = peer("c");
      node.hear(c.heartbeat({ term: 6 }), 500);
      if (how === "shutdown") node.hear(c.shutdown({ term: 6 }), 600);
      node.until(2_000);
      expect(node.done("campaign")).toHaveLength(2);
    },
  );
});

describe("L2: after the last fault there is a primary", () => {
  test("given a crashed primary, when one enabled candidate can reach the bus, then it is primary after one timeout, with nothing to spare", () => {
    const node = instance();
    const b = peer("b");
    for (let at = 0; at <= 500; at += INTERVAL) node.hear(b.heartbeat(), at);
    node.until(500 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a rival that claimed and crashed, when nobody else is there, then there is a primary within two timeouts and the election's own time", () => {
    const node = instance();
    node.hear(peer("b").heartbeat(), 0);
    node.hear(peer("c").claim({ term: 6 }), TIMEOUT - 1);
    node.until(2 * TIMEOUT + 2 * WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test("given a bus that acknowledged nothing for a while, when it does again, then there is a primary within one backoff and the election's own time", () => {
    const node = instance({ backoffMax: 200 }, { acknowledges: false });
    node.until(5_000);
    const before = node.sent("claim").length;
    node.until(5_000 + TIMEOUT + 200);
    expect(node.sent("claim").length).toBeGreaterThan(before);
    node.feed({ type: "sent", receipt: node.receipt("claim"), ok: true, sentAt: node.now });
    node.until(node.now + 2 * TIMEOUT);
    expect(node.done("promote").length + node.sent("claim").length).toBeGreaterThan(before + 1);
  });
});

test("L3: given a group in which nobody was ever primary, when a timeout has passed since it was live, then an enabled candidate is promoted", () => {
  const node = instance();
  node.until(TIMEOUT);
  expect(node.state.role).toBe("primary");
});

describe("L4: no failback by itself", () => {
  test("given a returning ex-primary, when another is primary, then it becomes a secondary and stays one", () => {
    const node = serving({ priority: 255 });
    const b = peer("b");
    node.hear(b.heartbeat({ term: 2 }), 360);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    for (let at = 400; at < 5_000; at += INTERVAL) {
      node.until(at);
      node.hear(b.heartbeat({ term: 2 }), at);
    }
    expect(node.state.role).toBe("secondary");
    expect(node.sent("claim")).toEqual([]);
  });

  test("given an instance of the highest priority, when it starts beside a primary, then it stays secondary", () => {
    const node = instance({ priority: 255 });
    const b = peer("b");
    for (let at = 0; at < 3_000; at += INTERVAL) {
      node.until(at);
      node.hear(b.heartbeat(), at);
    }
    expect(node.sent("claim")).toEqual([]);
  });
});
