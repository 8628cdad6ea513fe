import { describe, expect, test } from "vitest";
import {
  appointed,
  contender,
  instance,
  INTERVAL,
  listener,
  peer,
  serving,
  TIMEOUT,
  WINDOW,
  type Instance,
} from "./support.ts";

/** Stepped down at 360, resigned and a secondary again at 370. */
function retired(successor?: string): Instance {
  const node = serving();
  node.feed({ type: "step-down", id: 7, successor }, 360);
  node.feed({ type: "onDemote-settled", error: undefined }, 370);
  node.settle();
  return node;
}

describe("stepDown()", () => {
  test("given a primary that stepped down, when another is promoted, then that one is named", () => {
    const node = retired("b");
    node.hear(peer("b").heartbeat({ term: 2 }), 380);
    expect(node.done("handed-over")).toEqual([{ type: "handed-over", id: 7, successor: "b" }]);
  });

  test("given a primary that stepped down, when it hears claims only, then the answer waits", () => {
    const node = retired();
    node.hear(peer("b").claim({ term: 2 }), 380);
    expect(node.done("handed-over")).toEqual([]);
  });

  test("given a primary that stepped down, when nobody is promoted within a timeout, then nobody is named", () => {
    const node = retired();
    node.until(370 + TIMEOUT - 0.01);
    expect(node.done("handed-over")).toEqual([]);
    node.until(370 + TIMEOUT);
    expect(node.done("handed-over")).toEqual([{ type: "handed-over", id: 7, successor: undefined }]);
  });

  test("given a slow onDemote, when a timeout passes meanwhile, then the timeout of the handover counts from the resignation", () => {
    const node = serving({ demoteTimeout: 5_000 });
    node.feed({ type: "step-down", id: 7, successor: undefined }, 360);
    node.until(360 + 2 * TIMEOUT);
    expect(node.done("handed-over")).toEqual([]);
  });

  test("given a higher primary that is heard while the work still stops, when it is, then stepDown() waits until the mandate is given up", () => {
    const node = serving();
    const b = peer("b");
    node.feed({ type: "step-down", id: 7, successor: undefined }, 360);
    node.hear(b.heartbeat({ term: 2 }), 365);
    expect(node.done("handed-over")).toEqual([]);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    node.hear(b.heartbeat({ term: 2 }), 380);
    expect(node.done("handed-over")).toEqual([{ type: "handed-over", id: 7, successor: "b" }]);
  });

  test("given an election that takes as long to hear of it as the work took to stop, when another serves then, then that one is named", () => {
    const node = appointed({ demoteTimeout: 500 });
    node.feed({ type: "step-down", id: 7, successor: undefined }, 0);
    node.until(490);
    node.feed({ type: "onDemote-settled", error: undefined });
    node.until(980);
    expect(node.told("error")).toEqual([]);
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 });
    node.settle();
    node.hear(peer("b").heartbeat({ term: 8 }), 990);
    expect(node.done("handed-over")).toEqual([{ type: "handed-over", id: 7, successor: "b" }]);
  });

  test("given a secondary, when it is asked to step down, then nobody is named", () => {
    const node = instance();
    node.feed({ type: "step-down", id: 7, successor: "b" }, 10);
    expect(node.done("handed-over")).toEqual([{ type: "handed-over", id: 7, successor: undefined }]);
  });

  test("given a primary that is stepping down, when it is asked again, then nobody is named for the second question", () => {
    const node = serving();
    node.feed({ type: "step-down", id: 7, successor: "b" }, 360);
    node.feed({ type: "step-down", id: 8, successor: "c" }, 361);
    expect(node.done("handed-over")).toEqual([{ type: "handed-over", id: 8, successor: undefined }]);
    node.feed({ type: "onDemote-settled", error: undefined }, 370);
    expect(node.sent("shutdown")).toMatchObject([{ successor: "b" }]);
  });

  test("given a primary that stepped down, when it is shut down meanwhile, then nobody is named", () => {
    const node = retired();
    node.feed({ type: "shutdown" }, 380);
    expect(node.done("handed-over")).toEqual([{ type: "handed-over", id: 7, successor: undefined }]);
  });

  test("given the one that stepped down, when nobody takes over, then it holds back one timeout, and then campaigns", () => {
    const node = retired();
    node.until(370 + TIMEOUT - 0.01);
    expect(node.sent("claim")).toEqual([]);
    node.until(370 + TIMEOUT + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test("given the one that stepped down, when it is disabled and enabled again, then it holds back no more", () => {
    const node = retired();
    node.feed({ type: "set-enabled", enabled: false }, 380);
    node.feed({ type: "set-enabled", enabled: true }, 390);
    node.until(370 + TIMEOUT - WINDOW);
    expect(node.sent("claim")).toHaveLength(1);
  });

  test("given a primary that resigned for another reason, when nobody takes over, then it may campaign after its backoff", () => {
    const checkup = { healthy: true };
    const other = serving({ health: true }, { checkup });
    checkup.healthy = false;
    other.until(TIMEOUT + INTERVAL);
    checkup.healthy = true;
    other.feed({ type: "onDemote-settled", error: undefined }, 460);
    other.settle();
    other.until(460 + 2 * INTERVAL + WINDOW);
    expect(other.sent("claim").length).toBeGreaterThan(0);
  });
});

describe("a named successor", () => {
  /** A candidate beside a primary `p` of term 5 that leaves at 100 and names a successor. */
  function beside(overrides: Parameters<typeof instance>[0], successor: string): Instance {
    const node = listener(overrides);
    const p = peer("p");
    node.hear(p.heartbeat(), 0);
    node.hear(p.shutdown({ successor }), 100);
    node.settle();
    return node;
  }

  test("given a named successor of the worst rank, when the primary leaves, then it is promoted, and the others have claimed nothing", () => {
    const z = beside({ instanceId: "z", incarnation: "z#1" }, "z");
    const a = beside({ priority: 9 }, "z");
    const claim = z.sent("claim")[0];
    expect(claim).toMatchObject({ successor: true });
    if (claim !== undefined) a.hear(claim, 101);
    z.until(100 + WINDOW);
    a.until(100 + WINDOW);
    expect(z.state.role).toBe("primary");
    expect(a.sent("claim")).toEqual([]);
  });

  test("given a named successor that is dead, when one claimWindow has passed, then another claims, so that it costs no more", () => {
    const a = beside({}, "z");
    a.until(100 + 2 * WINDOW);
    expect(a.state.role).toBe("primary");
  });

  test("given a named successor that has come and gone, when it is gone, then nobody waits for it any more", () => {
    const node = contender({ eager: true });
    const p = peer("p");
    node.hear(p.heartbeat(), 0);
    node.hear(p.shutdown({ successor: "z" }), 100);
    node.hear(peer("z").heartbeat({ term: 6 }), 110);
    expect(node.done("campaign")).toEqual([]);
    node.feed({ type: "unlinked", from: undefined, incarnation: "z#1" }, 120);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given the courtesy to a named successor, when the watcher is disabled and enabled again, then it owes none", () => {
    const node = listener();
    const p = peer("p");
    node.hear(p.heartbeat(), 0);
    node.hear(p.shutdown({ successor: "z" }), TIMEOUT - WINDOW - 20);
    node.feed({ type: "set-enabled", enabled: false }, TIMEOUT - WINDOW - 10);
    node.feed({ type: "set-enabled", enabled: true }, TIMEOUT - WINDOW - 10);
    node.until(TIMEOUT - WINDOW);
    expect(node.sent("claim")).toHaveLength(1);
  });
});
