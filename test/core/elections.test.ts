import { describe, expect, test } from "vitest";
import { contender, holderOf, instance, INTERVAL, peer, reference, serving, TIMEOUT, WINDOW } from "./support.ts";

describe("a group has one election", () => {
  test("given a candidate under claims, when it hears a primary by another election, then it is the odd one: it says so, and does not campaign as long as that primary may live", () => {
    const node = instance({ electionName: "claims" });
    node.hear(peer("b").heartbeat({ election: "host-lock" }), 0);
    expect(node.told("misconfigured")).toMatchObject([
      { instanceId: "b", reason: { message: expect.stringContaining("host-lock") as string } },
    ]);
    node.until(100 * TIMEOUT);
    expect(node.told("evidence")).toHaveLength(1);
    expect(node.sent("claim")).toEqual([]);
  });

  test("given a primary by another election that has left, when nobody of its election takes over for two timeouts, then the odd one campaigns", () => {
    const node = instance({ electionName: "claims" });
    const b = peer("b");
    node.hear(b.heartbeat({ election: "host-lock" }), 0);
    node.hear(b.shutdown(), 10);
    node.until(10 + 2 * TIMEOUT - 1);
    expect(node.state.role).toBe("secondary");
    node.until(10 + 2 * TIMEOUT + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test("given a primary by claims that has fallen silent, when an odd one under a lock has waited for two timeouts more, then it campaigns: claims fence themselves", () => {
    const node = contender({ electionName: "test-lock" });
    node.hear(peer("b").heartbeat({ election: "claims" }), 0);
    node.until(3 * TIMEOUT - 1);
    expect(node.done("campaign")).toEqual([]);
    node.until(3 * TIMEOUT);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given a primary that stays one, when it hears a lower mandate of another election, then it is not the odd one", () => {
    const node = serving({ electionName: "claims" });
    node.hear(peer("b").heartbeat({ term: 0, election: "test-lock" }), 360);
    expect(node.state.role).toBe("primary");
    expect(node.state.odd).toBeUndefined();
  });

  test("given a primary by another election whose process is gone, when two timeouts have passed, then the odd one campaigns", () => {
    const node = contender({ electionName: "test-lock" });
    node.hear(peer("b").heartbeat({ election: "host-lock" }), 0);
    node.feed({ type: "evidence", evidence: { kind: "refused", incarnation: "b#1" } }, 10);
    node.until(10 + 2 * TIMEOUT - 1);
    expect(node.done("campaign")).toEqual([]);
    node.until(10 + 2 * TIMEOUT);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given an odd one that campaigned in the end, when it has won, then it is not the odd one any more", () => {
    const node = contender({ electionName: "test-lock" });
    node.hear(peer("b").heartbeat({ election: "claims" }), 0);
    node.until(3 * TIMEOUT);
    node.feed({ type: "won", id: node.done("campaign")[0]?.id ?? 0, term: 6, deadline: Infinity });
    expect(node.state.role).toBe("primary");
    expect(node.state.odd).toBeUndefined();
  });

  test("given the odd one, when somebody of its own election only means to be primary, then it remains the odd one", () => {
    const node = instance({ electionName: "claims" });
    node.hear(peer("b").heartbeat({ election: "host-lock" }), 0);
    node.hear(peer("c").claim({ election: "claims" }), 10);
    node.until(10 * TIMEOUT);
    expect(node.sent("claim")).toEqual([]);
  });

  test("given a peer whose timings do not fit either, when it uses another election, then both are reported, once each", () => {
    const node = instance({ electionName: "claims" });
    const b = peer("b");
    for (const at of [0, 10, 20]) node.hear(b.heartbeat({ election: "host-lock", timeout: 10 * TIMEOUT + 1 }), at);
    expect(node.told("misconfigured")).toHaveLength(2);
  });

  test("given the odd one, when it finds out, then it tells the others once what it uses", () => {
    const node = contender({ electionName: "test-lock" });
    const b = peer("b");
    for (const at of [0, 10, 20]) node.hear(b.heartbeat({ election: "claims" }), at);
    expect(node.sent("probe")).toMatchObject([{ election: "test-lock" }]);
  });

  test.for([
    ["below the mandate heard", 3],
    ["out of bounds", 2 ** 40],
  ] as const)(
    "given a campaign under way, when a primary by another election is heard in a term %s, then it is called off",
    ([, term]) => {
      const node = contender({ electionName: "test-lock" });
      const c = peer("c");
      node.hear(c.heartbeat({ election: "test-lock" }), 0);
      node.hear(c.shutdown(), 10);
      const id = node.done("campaign")[0]?.id ?? 0;
      node.hear(peer("b").heartbeat({ term, election: "claims" }), 11);
      expect(node.done("cancel")).toEqual([{ type: "cancel", id }]);
      node.feed({ type: "won", id, term: 6, deadline: Infinity }, 12);
      expect(node.done("resign")).toHaveLength(1);
      expect(node.state.role).toBe("secondary");
    },
  );

  test("given the odd one, when the primary goes on, then it does not ask again", () => {
    const node = contender({ electionName: "test-lock" });
    const b = peer("b");
    node.hear(b.heartbeat({ election: "claims" }), 0);
    node.hear(b.heartbeat({ election: "claims" }), INTERVAL);
    expect(node.sent("probe")).toHaveLength(1);
  });

  test("given a candidate, when somebody who is no primary tells of another election, then it campaigns all the same", () => {
    const node = instance({ electionName: "claims" });
    node.hear({ ...peer("b").probe(), election: "test-lock" }, 10);
    expect(node.told("misconfigured")).toHaveLength(1);
    node.until(TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test.for(["probe", "claim"] as const)(
    "given a primary, when a %s tells of another election, then it reports its sender",
    (kind) => {
      const node = serving({ electionName: "claims" });
      const b = peer("b");
      node.hear(kind === "probe" ? { ...b.probe(), election: "test-lock" } : b.claim({ election: "test-lock" }), 360);
      expect(node.told("misconfigured")).toHaveLength(1);
      node.until(360 + INTERVAL);
      expect(node.state.role).toBe("primary");
    },
  );

  test.for([undefined, "claims"])(
    "given a primary that says its election is %s, when it is gone, then a candidate under claims campaigns",
    (election) => {
      const node = instance({ electionName: "claims" });
      node.hear(peer("b").heartbeat({ election }), 0);
      node.until(TIMEOUT);
      expect(node.state.role).toBe("primary");
    },
  );

  test("given a peer of the reference's format, when it is primary, then it goes with any election", () => {
    const node = instance({ electionName: "claims" });
    node.hear(reference("golang-A").heartbeat(), 0);
    expect(node.told("misconfigured")).toEqual([]);
  });

  test("given an observer, which wins no mandates, when primaries name their election, then any goes with it", () => {
    const node = instance({ election: "none", electionName: undefined });
    node.hear(peer("b").heartbeat({ election: "host-lock" }), 0);
    expect(node.told("misconfigured")).toEqual([]);
  });

  test("given the odd one, when a primary by its own election is heard, then it is a candidate again", () => {
    const node = instance({ electionName: "claims" });
    node.hear(peer("b").heartbeat({ election: "host-lock" }), 0);
    node.hear(peer("c").heartbeat({ term: 6, election: "claims" }), 10);
    node.until(10 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given a living mandate of another election that gives no role, when a primary by the own election is heard and leaves, then nobody campaigns beside it", () => {
    const node = contender({ electionName: "test-lock" });
    const b = peer("b");
    node.hear(b.heartbeat({ election: "test-lock" }), 0);
    node.hear(peer("c").heartbeat({ term: 2 ** 40, election: "claims" }), 1);
    node.hear(b.heartbeat({ election: "test-lock" }), 2);
    node.hear(b.shutdown(), 3);
    node.until(1 + 3 * TIMEOUT - 1);
    expect(node.done("campaign")).toEqual([]);
    node.until(1 + 3 * TIMEOUT);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given the odd one, when it is disabled and enabled, then it is a candidate again", () => {
    const node = instance({ electionName: "claims" });
    node.hear(peer("b").heartbeat({ election: "host-lock" }), 0);
    node.feed({ type: "set-enabled", enabled: false }, 10);
    node.feed({ type: "set-enabled", enabled: true }, 20);
    node.until(TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test.for([4, 2 ** 40])(
    "given a living mandate of another election that gives no role (term %s), when it is heard, then nobody campaigns beside it for three timeouts",
    (term) => {
      const node = contender({ electionName: "test-lock" });
      const b = peer("b");
      node.hear(b.heartbeat({ election: "test-lock" }), 0);
      node.hear(peer("c").heartbeat({ term, election: "claims" }), 1);
      node.hear(b.shutdown(), 2);
      node.until(1 + 3 * TIMEOUT - 1);
      expect(node.told("misconfigured").length).toBeGreaterThan(0);
      expect(node.done("campaign")).toEqual([]);
      node.until(1 + 3 * TIMEOUT);
      expect(node.done("campaign")).toHaveLength(1);
    },
  );

  test("given an instance that announces its election, when it claims, beats and asks, then all of them name it", () => {
    const node = instance({ electionName: "claims" });
    node.hear(peer("b").heartbeat(), 0);
    node.until(2 * TIMEOUT);
    expect(node.sent("probe")[0]?.election).toBe("claims");
    expect(node.sent("claim")[0]?.election).toBe("claims");
    expect(node.sent("heartbeat")[0]?.election).toBe("claims");
  });
});

describe("a peer that announces no interval", () => {
  test("given heartbeats that come further apart than our timeout allows, when there were three, then their sender is misconfigured", () => {
    const node = contender({ timeout: 5_500, interval: 1_000 });
    const go = reference("golang-A");
    for (const at of [0, 5_000, 10_000]) node.hear(go.heartbeat(), at);
    expect(node.told("misconfigured")).toMatchObject([
      { instanceId: "golang-A", reason: { message: expect.stringContaining("5000 ms apart") as string } },
    ]);
  });

  test("given a holder that only greets, when it does so again and again, then that shows no interval", () => {
    const node = contender();
    for (const at of [0, 300, 600, 900]) node.feed({ type: "greeted", holder: holderOf("b") }, at);
    expect(node.told("misconfigured")).toEqual([]);
  });

  test("given heartbeats that come often enough, when some are lost, then their sender is not reported", () => {
    const node = contender({ timeout: 5_500, interval: 1_000 });
    const go = reference("golang-A");
    for (const at of [0, 1_000, 2_000, 5_000, 6_000, 7_000]) node.hear(go.heartbeat(), at);
    expect(node.told("misconfigured")).toEqual([]);
  });
});
