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

  test("given a primary by assertion that was demoted, when time passes, then it never campaigns, and reports no evidence", () => {
    const node = asserted();
    node.feed({ type: "onPromote-settled", error: undefined });
    node.hear(peer("b").heartbeat({ term: 1 }), 10);
    expect(node.state.role).toBe("secondary");
    node.feed({ type: "onDemote-settled", error: undefined }, 20);
    node.feed({ type: "set-enabled", enabled: true }, 30);
    node.until(10 * TIMEOUT);
    expect(node.done("campaign")).toEqual([]);
    expect(node.sent("claim")).toEqual([]);
    expect(node.told("evidence")).toEqual([]);
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
