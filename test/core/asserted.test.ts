import { describe, expect, test } from "vitest";
import { instance, INTERVAL, peer, TIMEOUT, type Instance } from "./support.ts";

/** What `Watcher.forPrimary` makes. */
function asserted(overrides: Parameters<typeof instance>[0] = {}): Instance {
  return instance({ election: "asserted", deadline: false, ...overrides }, { enabled: false });
}

describe("a primary by assertion", () => {
  test("given a primary by assertion, when it goes live, then it is primary of term 0 without a deadline, and never campaigns", () => {
    const node = asserted();
    expect(node.told("rolechange")).toMatchObject([{ newRole: "primary", term: 0, reason: { code: "asserted" } }]);
    expect(node.state.office?.deadline).toBe(Infinity);
    expect(node.done("campaign")).toEqual([]);
    expect(node.sent("claim")).toEqual([]);
  });

  test("given an initialTerm, when a primary by assertion goes live, then that is its term", () => {
    expect(asserted({ initialTerm: 12 }).state.office?.term).toBe(12);
  });

  test("given a primary by assertion, when intervals pass, then it publishes", () => {
    const node = asserted();
    node.feed({ type: "onPromote-settled", error: undefined });
    node.until(3 * INTERVAL);
    expect(node.sent("heartbeat")).toHaveLength(4);
  });

  test("given a primary by assertion that was demoted by a higher term, when that primary lives, then it stays secondary, and never campaigns", () => {
    const node = asserted();
    node.feed({ type: "onPromote-settled", error: undefined });
    const b = peer("b");
    node.hear(b.heartbeat({ term: 1 }), 10);
    expect(node.state.role).toBe("secondary");
    node.feed({ type: "onDemote-settled", error: undefined }, 20);
    node.feed({ type: "set-enabled", enabled: true }, 30);
    for (let at = 100; at <= 5_000; at += INTERVAL) {
      node.until(at);
      node.hear(b.heartbeat({ term: 1 }), at);
    }
    expect(node.state.role).toBe("secondary");
    expect(node.done("promote")).toHaveLength(1);
    expect(node.sent("claim")).toEqual([]);
    expect(node.told("evidence")).toEqual([]);
  });

  test("given a primary by assertion whose work fails while its link is down, when its backoff is over, then it waits for the link", () => {
    const node = asserted();
    node.feed({ type: "onPromote-settled", error: undefined });
    node.feed({ type: "link", up: false, connection: 1 }, 10);
    node.feed({ type: "work-ended", error: new Error("no") }, 20);
    node.feed({ type: "onDemote-settled", error: undefined }, 30);
    node.until(10 * TIMEOUT);
    expect(node.done("promote")).toHaveLength(1);
    node.feed({ type: "link", up: true, connection: 2 });
    expect(node.done("promote")).toHaveLength(2);
  });

  test("given another primary that falls silent or leaves, when it has, then the one by assertion is primary again, in a higher term", () => {
    for (const leaves of [false, true]) {
      const node = asserted();
      node.feed({ type: "onPromote-settled", error: undefined });
      const b = peer("b");
      node.hear(b.heartbeat({ term: 1 }), 10);
      node.feed({ type: "onDemote-settled", error: undefined }, 20);
      node.settle();
      if (leaves) node.hear(b.shutdown({ term: 1 }), 100);
      node.until(leaves ? 100 + INTERVAL : 10 + TIMEOUT);
      expect(node.state.office).toMatchObject({ term: 2, status: "ruling" });
    }
  });

  test("given another primary and a link that was down, when it returns, then the one by assertion listens for a whole timeout", () => {
    const node = asserted();
    node.feed({ type: "onPromote-settled", error: undefined });
    node.hear(peer("b").heartbeat({ term: 1 }), 10);
    node.feed({ type: "onDemote-settled", error: undefined }, 20);
    node.settle();
    node.feed({ type: "link", up: false, connection: 1 }, 100);
    node.until(2_000);
    expect(node.done("promote")).toHaveLength(1);
    node.feed({ type: "link", up: true, connection: 2 }, 2_000);
    node.until(2_000 + TIMEOUT - 1);
    expect(node.done("promote")).toHaveLength(1);
    node.until(2_000 + TIMEOUT);
    expect(node.done("promote")).toHaveLength(2);
  });

  test("given another primary, when somebody is alive in an older term after it, then the one by assertion waits for that one's silence, too", () => {
    const node = asserted();
    node.feed({ type: "onPromote-settled", error: undefined });
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.feed({ type: "onDemote-settled", error: undefined }, 20);
    node.settle();
    node.hear(peer("c").heartbeat({ term: 4 }), 300);
    node.until(300 + TIMEOUT - 1);
    expect(node.state.role).toBe("secondary");
    node.until(300 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a promotion that fails, when it does, then it is promoted again, each time later, in rising terms", () => {
    const node = asserted({ backoffMin: 20 });
    const times: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      times.push(node.now);
      node.feed({ type: "onPromote-settled", error: new Error("no") });
      node.feed({ type: "onDemote-settled", error: undefined });
      node.settle();
      while (node.state.office === undefined) node.until(node.state.wakeAt);
    }
    expect(node.done("promote").map(({ term }) => term)).toEqual([0, 1, 2, 3, 4]);
    expect((times[3] ?? 0) - (times[2] ?? 0)).toBeGreaterThan((times[1] ?? 0) - (times[0] ?? 0));
  });

  test("given a health check that says no for a while, when it says yes again, then it is primary again", () => {
    const checkup = { healthy: true };
    const node = instance({ election: "asserted", deadline: false, health: true }, { enabled: false, checkup });
    node.settle();
    node.feed({ type: "onPromote-settled", error: undefined });
    checkup.healthy = false;
    node.until(INTERVAL);
    node.feed({ type: "onDemote-settled", error: undefined });
    node.until(5 * INTERVAL);
    expect(node.state.role).toBe("secondary");
    checkup.healthy = true;
    node.until(7 * INTERVAL);
    expect(node.state.role).toBe("primary");
  });

  test("given a primary by assertion, when it is shut down, then instance.shutdown is said", () => {
    const node = asserted();
    node.feed({ type: "onPromote-settled", error: undefined });
    node.feed({ type: "shutdown" }, 10);
    node.feed({ type: "onDemote-settled", error: undefined }, 20);
    expect(node.sent("shutdown")).toMatchObject([{ term: 0 }]);
  });
});

test("given an observer that may not publish, when it would speak, then nothing is sent", () => {
  const node = instance({ election: "none", publish: "nobody" });
  node.hear(peer("b").heartbeat({ term: 5 }), 10);
  node.hear(peer("c").heartbeat({ term: 4 }), 20);
  node.feed({ type: "check", id: 1 }, 30);
  node.until(1_000);
  expect(node.done("send")).toEqual([]);
});
