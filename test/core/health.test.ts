import { describe, expect, test } from "vitest";
import { appointed, contender, instance, INTERVAL, peer, serving, TIMEOUT, WINDOW, type Instance } from "./support.ts";

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
  healthy(node);
  const { id } = node.done("campaign")[0] ?? { id: 0 };
  node.forget();
  node.feed({ type: "won", id, term: 7, deadline: Infinity });
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
    const heartbeats = node.sent("heartbeat");
    expect(heartbeats.length).toBeGreaterThan(1);
    expect(heartbeats.every(({ leaving, failing }) => leaving === true && failing === true)).toBe(true);
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

  test("given a health check that does not answer within one interval, when it is given up, then the program is told, once", () => {
    const node = patient();
    node.until(5 * INTERVAL);
    expect(node.told("error")).toMatchObject([
      { reason: { code: "unhealthy" } },
      { reason: { code: "demote-timeout" } },
    ]);
  });

  test("given a primary that steps down, when its health check does not answer meanwhile, then it is not blamed", () => {
    const node = patient();
    node.feed({ type: "step-down", id: 7, successor: undefined }, 10);
    node.until(INTERVAL + 9);
    expect(node.told("error")).toEqual([]);
  });

  test("given a primary whose health check has answered, when it answers a probe a moment later, then the next check waits for the grid", () => {
    const node = patient();
    healthy(node);
    node.hear(peer("b").probe(), 2);
    node.until(INTERVAL - 1);
    expect(node.sent("heartbeat")).toHaveLength(2);
    expect(node.done("health")).toHaveLength(1);
  });

  test("given a candidate that is asked just before it wins, when it is primary, then it is asked again with its next heartbeat", () => {
    const node = contender({ health: true });
    const b = peer("b");
    healthy(node);
    node.hear(b.heartbeat(), 40);
    node.until(INTERVAL);
    node.hear(b.shutdown(), INTERVAL + 10);
    node.feed({ type: "won", id: node.done("campaign")[0]?.id ?? 0, term: 7, deadline: Infinity }, INTERVAL + 20);
    healthy(node);
    node.until(2 * INTERVAL + 20 - 1);
    expect(node.done("health")).toHaveLength(2);
    node.until(2 * INTERVAL + 20);
    expect(node.done("health")).toHaveLength(3);
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
    const checkup = { healthy: true };
    const node = serving({ health: true }, { checkup });
    checkup.healthy = false;
    node.until(TIMEOUT + INTERVAL);
    expect(node.sent("shutdown")).toEqual([]);
    node.feed({ type: "onDemote-settled", error: undefined }, 460);
    expect(node.sent("shutdown")).toHaveLength(1);
  });
});

describe("a candidate without an office", () => {
  /** A candidate whose check says what the test wants, beside a primary that has just left. */
  function orphan(checkup: { healthy: boolean | undefined }): Instance {
    const node = contender({ health: true }, { checkup });
    const b = peer("b");
    node.settle();
    node.hear(b.heartbeat(), 40);
    node.hear(b.shutdown(), 50);
    return node;
  }

  test("given a candidate, when it is live on the bus and at every interval, then it is asked, so that a failover need not wait", () => {
    const node = contender({ health: true }, { checkup: { healthy: true } });
    node.until(10 * INTERVAL - 1);
    expect(node.done("health")).toHaveLength(10);
    expect(node.state.health.ok).toBe(true);
  });

  test("given a candidate that is healthy, when there is evidence, then it campaigns at once", () => {
    expect(orphan({ healthy: true }).done("campaign")).toHaveLength(1);
  });

  test.for([false, undefined])(
    "given a standby whose check says %s all along, when the primary leaves, then it does not campaign",
    (healthy) => {
      const node = orphan({ healthy });
      node.until(10 * TIMEOUT);
      expect(node.done("campaign")).toEqual([]);
    },
  );

  test("given an unhealthy instance, when intervals pass, then it is asked again", () => {
    const node = orphan({ healthy: false });
    node.until(10 * INTERVAL - 1);
    expect(node.done("health")).toHaveLength(10);
  });

  test("given an unhealthy instance, when the health check says yes again, then it campaigns", () => {
    const checkup = { healthy: false };
    const node = orphan(checkup);
    node.until(2 * TIMEOUT);
    checkup.healthy = true;
    node.until(2 * TIMEOUT + INTERVAL);
    expect(node.done("campaign")).toHaveLength(1);
    expect(node.done("journal").some(({ reason }) => reason.code === "unhealthy")).toBe(true);
  });

  test("given a check that never settles, when hours pass, then it is never joined by a second one", () => {
    const node = orphan({ healthy: undefined });
    node.until(1_000 * INTERVAL);
    expect(node.done("health")).toHaveLength(1);
    expect(node.state.health.ok).toBe(false);
  });

  test("given a check that settles late, when it does, then that answer says nothing, and the next one is asked at once", () => {
    const node = orphan({ healthy: undefined });
    node.until(5 * INTERVAL);
    node.feed({ type: "health", id: node.state.health.asking, ok: true, message: "" });
    expect(node.state.health.ok).toBe(false);
    expect(node.done("health")).toHaveLength(2);
    healthy(node);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given a program that stood still, when it wakes to evidence, then an old yes is not enough to campaign", () => {
    const node = orphan({ healthy: true });
    const stopped = contender({ health: true });
    healthy(stopped);
    const b = peer("b");
    stopped.hear(b.heartbeat(), 40);
    stopped.hear(b.shutdown(), 5_000);
    expect(node.done("campaign")).toHaveLength(1);
    expect(stopped.done("campaign")).toEqual([]);
    healthy(stopped);
    expect(stopped.done("campaign")).toHaveLength(1);
  });

  test("given a program that was late by less than an interval, when it wakes to evidence, then the last yes is enough to campaign", () => {
    const node = contender({ health: true });
    healthy(node);
    const b = peer("b");
    node.hear(b.heartbeat(), 40);
    node.hear(b.shutdown(), 1.5 * INTERVAL);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given answers like the one before, when they come, then the journal has none of them", () => {
    const checkup = { healthy: true };
    const node = contender({ health: true }, { checkup });
    const news = (): number => node.done("journal").filter(({ reason }) => reason.code === "unhealthy").length;
    node.until(3 * INTERVAL);
    expect(news()).toBe(0);
    checkup.healthy = false;
    node.until(6 * INTERVAL);
    expect(news()).toBe(1);
    checkup.healthy = true;
    node.until(9 * INTERVAL);
    expect(news()).toBe(2);
  });

  test("given a check that settles late with a yes, when it does, then the journal has the yes in time only", () => {
    const node = contender({ health: true });
    const news = (): readonly string[] =>
      node
        .done("journal")
        .map(({ reason }) => reason.message)
        .filter((message) => message.includes("yes again"));
    node.until(INTERVAL);
    healthy(node);
    expect(news()).toEqual([]);
    healthy(node);
    expect(news()).toHaveLength(1);
  });

  test("given an unhealthy program that stood still, when its check says yes, then the journal has it", () => {
    const node = contender({ health: true });
    unhealthy(node);
    node.feed({ type: "tick" }, 5_000);
    healthy(node);
    expect(node.done("journal").at(-1)?.reason.message).toContain("yes again");
  });

  test("given a standing claim, when the health check says no, then it is taken back", () => {
    const checkup = { healthy: true };
    const node = instance({ health: true }, { checkup });
    node.until(TIMEOUT - WINDOW + 1);
    expect(node.state.attempt).toBeDefined();
    node.feed({ type: "health", id: node.state.health.asking, ok: false, message: "no" });
    checkup.healthy = false;
    expect(node.sent("yield")).toHaveLength(1);
    node.until(10 * TIMEOUT);
    expect(node.done("promote")).toEqual([]);
    expect(node.state.role).toBe("secondary");
  });

  test("given a primary that lost its mandate while the check ran, when the check says no, then it is unhealthy without an office too", () => {
    const node = patient();
    node.hear(peer("b").heartbeat({ term: 8 }), 10);
    unhealthy(node);
    expect(node.state.health.ok).toBe(false);
    expect(node.told("rolechange").at(-1)).toMatchObject({ reason: { code: "superseded" } });
  });

  test("given an observer, when time passes, then nothing is asked", () => {
    const node = instance({ health: true, election: "none" });
    node.until(10 * TIMEOUT);
    expect(node.done("health")).toEqual([]);
  });
});
