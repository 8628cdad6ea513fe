import { describe, expect, test } from "vitest";
import { appointed, contender, instance, INTERVAL, peer, serving, TIMEOUT, type Instance } from "./support.ts";

const healthy = (node: Instance): void => {
  node.feed({ type: "health", id: node.done("health").at(-1)?.id ?? 0, ok: true, message: "" });
};
const unhealthy = (node: Instance): void => {
  node.feed({
    type: "health",
    id: node.done("health").at(-1)?.id ?? 0,
    ok: false,
    message: "The health check said no.",
  });
};

/** A serving primary with a health check, the first one unanswered. */
function patient(): Instance {
  const node = contender({ health: true }, { ambition: true });
  node.feed({ type: "won", id: node.done("campaign")[0]?.id ?? 0, term: 7, deadline: Infinity });
  node.feed({ type: "onPromote-settled", error: undefined });
  node.settle();
  return node;
}

describe("health gates the heartbeat", () => {
  test("given a primary with a health check, when it comes into office and at every interval, then it asks", () => {
    const node = patient();
    expect(node.done("health")).toMatchObject([{ timeout: INTERVAL }]);
    healthy(node);
    node.until(INTERVAL);
    expect(node.done("health")).toHaveLength(2);
    healthy(node);
    node.until(2 * INTERVAL);
    expect(node.done("health")).toHaveLength(3);
    expect(node.state.role).toBe("primary");
  });

  test("given a primary without a health check, when intervals pass, then nothing is asked", () => {
    const node = appointed();
    node.until(5 * INTERVAL);
    expect(node.done("health")).toEqual([]);
    expect(node.state.role).toBe("primary");
  });

  test("given a primary whose health check says no, when it does, then it steps down and sends only leaving heartbeats", () => {
    const node = patient();
    node.until(30);
    node.forget();
    node.feed({ type: "health", id: node.state.health.asking, ok: false, message: "The health check said no." });
    expect(node.told("rolechange")).toMatchObject([
      { newRole: "secondary", reason: { code: "unhealthy", message: "The health check said no." } },
    ]);
    node.until(INTERVAL);
    expect(node.sent("heartbeat")).toMatchObject([{ leaving: true }]);
  });

  test("given a primary whose health check does not answer within one interval, when the next heartbeat is due, then it steps down and that one is a leaving one", () => {
    const node = patient();
    node.forget();
    node.until(INTERVAL - 0.01);
    expect(node.state.role).toBe("primary");
    node.until(INTERVAL);
    expect(node.told("rolechange")).toMatchObject([{ newRole: "secondary", reason: { code: "unhealthy" } }]);
    expect(node.sent("heartbeat")).toMatchObject([{ leaving: true }]);
  });

  test("given a primary that stalls, when its health check was asked late, then it has a whole interval to answer all the same", () => {
    const node = patient();
    healthy(node);
    node.feed({ type: "tick" }, INTERVAL + 95);
    expect(node.done("health")).toHaveLength(2);
    node.until(2 * INTERVAL);
    expect(node.state.role).toBe("primary");
    expect(node.done("health")).toHaveLength(2);
    node.until(4 * INTERVAL);
    expect(node.told("rolechange").at(-1)).toMatchObject({ newRole: "secondary", reason: { code: "unhealthy" } });
  });

  test("given a health check that was asked a moment late, when one interval has passed since, then the primary steps down, not an interval later", () => {
    const node = patient();
    healthy(node);
    node.feed({ type: "tick" }, INTERVAL + 0.4);
    node.until(2 * INTERVAL + 0.4);
    expect(node.state.role).toBe("secondary");
  });

  test("given a health check that is under way, when the primary answers a probe out of turn, then it is not blamed", () => {
    const node = patient();
    node.hear(peer("b").probe(), 50);
    expect(node.state.role).toBe("primary");
    expect(node.done("health")).toHaveLength(1);
  });

  test("given a late answer to an earlier check, when it comes, then it says nothing about now", () => {
    const node = patient();
    const first = node.done("health")[0]?.id ?? 0;
    healthy(node);
    node.until(INTERVAL);
    node.feed({ type: "health", id: first, ok: false, message: "no" });
    expect(node.state.role).toBe("primary");
  });

  test("given a serving primary under claims, when it is unhealthy, then it resigns when its work has stopped", () => {
    const node = serving({ health: true });
    node.feed({ type: "health", id: node.state.health.asking, ok: false, message: "no" }, 360);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    expect(node.sent("shutdown")).toHaveLength(1);
  });
});

describe("an unhealthy instance", () => {
  /** Unhealthy, out of office, and the only candidate. */
  function ill(): Instance {
    const node = patient();
    unhealthy(node);
    node.feed({ type: "onDemote-settled", error: undefined }, 10);
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 }, 10);
    node.settle();
    node.forget();
    return node;
  }

  test("given an unhealthy instance, when nobody is primary, then it does not campaign", () => {
    const node = ill();
    node.until(10 * TIMEOUT);
    expect(node.done("campaign")).toEqual([]);
  });

  test("given an unhealthy instance, when intervals pass, then it asks again", () => {
    const node = ill();
    node.until(10 * INTERVAL);
    expect(node.done("health").length).toBeGreaterThanOrEqual(9);
    expect(node.done("health").length).toBeLessThanOrEqual(10);
  });

  test("given an unhealthy instance, when the health check says yes again, then it campaigns", () => {
    const node = ill();
    node.until(2 * TIMEOUT);
    healthy(node);
    expect(node.done("campaign")).toHaveLength(1);
    expect(node.done("journal").some(({ reason }) => reason.code === "unhealthy")).toBe(true);
  });

  test("given an instance that is healthy again, when intervals pass without an office, then it asks no more", () => {
    const node = ill();
    node.until(INTERVAL + 10);
    healthy(node);
    node.forget();
    node.until(5 * INTERVAL);
    expect(node.done("health")).toEqual([]);
  });

  test("given a primary that lost its mandate while the check ran, when the check says no, then it is unhealthy without an office too", () => {
    const node = patient();
    node.hear(peer("b").heartbeat({ term: 8 }), 10);
    unhealthy(node);
    expect(node.state.health.ok).toBe(false);
    expect(node.told("rolechange").at(-1)).toMatchObject({ reason: { code: "superseded" } });
  });

  test("given a secondary that was never primary, when time passes, then nothing is asked", () => {
    const node = instance({ health: true }, { enabled: false });
    node.until(10 * TIMEOUT);
    expect(node.done("health")).toEqual([]);
  });
});
