import { describe, expect, test } from "vitest";
import { contender, holderOf, instance, peer, TIMEOUT, type Instance } from "./support.ts";

const greet = (node: Instance, at: number, term = 5): void => {
  node.until(at);
  node.feed({ type: "greeted", holder: holderOf("b", term) });
};

describe("a primary that answers, but whose heartbeats do not arrive", () => {
  test("given a primary that is only greeted, when a whole timeout has passed without a heartbeat, then that is told, once, and it stays the primary", () => {
    const node = contender({ fence: true });
    greet(node, 0);
    for (let at = 100; at < TIMEOUT; at += 100) greet(node, at);
    expect(node.told("primary-unheard")).toEqual([]);
    greet(node, TIMEOUT);
    greet(node, 3 * TIMEOUT);
    expect(node.told("primary-unheard")).toMatchObject([
      {
        instanceId: "b",
        term: 5,
        reason: { code: "unheard", message: expect.stringContaining("350 ms none") as string },
      },
    ]);
    expect(node.state.primary).toMatchObject({ instanceId: "b", unheard: true });
  });

  test("given a primary that was heard, when only greetings come after that, then the timeout counts from its last heartbeat", () => {
    const node = contender();
    const b = peer("b");
    node.hear(b.heartbeat(), 40);
    greet(node, 40 + TIMEOUT - 1);
    expect(node.told("primary-unheard")).toEqual([]);
    greet(node, 40 + TIMEOUT);
    expect(node.told("primary-unheard")).toHaveLength(1);
  });

  test("given a primary that was unheard, when it is heard again and falls silent again, then that is told again", () => {
    const node = contender();
    const b = peer("b");
    greet(node, 0);
    greet(node, TIMEOUT);
    node.until(400);
    node.hear(b.heartbeat());
    expect(node.state.primary?.unheard).toBe(false);
    expect(node.done("journal").at(-1)).toMatchObject({ reason: { code: "unheard" } });
    node.hear(b.heartbeat(), 410);
    expect(node.done("journal").filter(({ reason }) => reason.code === "unheard")).toHaveLength(2);
    greet(node, 410 + TIMEOUT);
    expect(node.told("primary-unheard")).toHaveLength(2);
  });

  test("given the next mandate, when it is greeted first, then it has a timeout to be heard", () => {
    const node = contender();
    greet(node, 0);
    greet(node, TIMEOUT - 1);
    greet(node, 2 * TIMEOUT - 2);
    greet(node, 2 * TIMEOUT, 6);
    greet(node, 2.9 * TIMEOUT, 6);
    expect(node.told("primary-unheard")).toMatchObject([{ term: 5 }]);
    greet(node, 3 * TIMEOUT, 6);
    expect(node.told("primary-unheard")).toMatchObject([{ term: 5 }, { term: 6 }]);
  });

  test("given a primary that announces a longer timeout, when the own one has passed, then it is not unheard yet", () => {
    const node = contender();
    node.hear(peer("b").heartbeat({ timeout: 3 * TIMEOUT }), 0);
    greet(node, 2 * TIMEOUT);
    expect(node.told("primary-unheard")).toEqual([]);
  });

  test("given a link that was down, when it is up again, then a whole timeout counts anew", () => {
    const node = contender();
    node.hear(peer("b").heartbeat(), 0);
    node.feed({ type: "link", up: false, connection: 1 }, 10);
    node.feed({ type: "link", up: true, connection: 2 }, 1_000);
    greet(node, 1_000 + TIMEOUT - 1);
    expect(node.told("primary-unheard")).toEqual([]);
    greet(node, 1_000 + TIMEOUT);
    expect(node.told("primary-unheard")).toHaveLength(1);
  });

  test("given a program that stood still, when it is greeted first, then heartbeats may lie unread, and nothing is told", () => {
    const node = contender();
    node.hear(peer("b").heartbeat(), 0);
    node.feed({ type: "tick" }, 10 * TIMEOUT);
    node.feed({ type: "greeted", holder: holderOf("b", 5) }, 10 * TIMEOUT + 5);
    expect(node.told("primary-unheard")).toEqual([]);
  });

  test("given an observer, when the primary is only greeted, then it tells so, too", () => {
    const node = instance({ election: "none" });
    greet(node, 0);
    greet(node, TIMEOUT);
    expect(node.told("primary-unheard")).toHaveLength(1);
  });
});
