import { describe, expect, test } from "vitest";
import { contender, INTERVAL, peer, TIMEOUT } from "./support.ts";

const VACANT = { type: "vacant" } as const;

describe("an election that knows of no holder", () => {
  test("given a candidate that has heard nobody, when the election says that there is no holder, then it campaigns after one interval", () => {
    const node = contender();
    node.feed(VACANT, 1);
    expect(node.told("evidence")).toMatchObject([{ kind: "vacant" }]);
    node.until(INTERVAL);
    expect(node.done("campaign")).toEqual([]);
    node.until(1 + INTERVAL);
    expect(node.done("campaign")).toMatchObject([{ evidence: "vacant" }]);
  });

  test("given a primary that the election cannot know of, when it is heard within the interval, then nobody campaigns", () => {
    const node = contender();
    node.feed(VACANT, 1);
    node.hear(peer("b").heartbeat(), 50);
    node.until(50 + TIMEOUT - 1);
    expect(node.done("campaign")).toEqual([]);
  });

  test("given a primary that was heard before, when the election knows of no holder, then that is no evidence", () => {
    const node = contender();
    node.hear(peer("b").heartbeat(), 1);
    node.feed(VACANT, 2);
    expect(node.told("evidence")).toEqual([]);
  });

  test("given an instance that is not enabled, when there is no holder, then it says what it would do", () => {
    const node = contender({}, { enabled: false });
    node.feed(VACANT, 1);
    node.until(TIMEOUT);
    expect(node.told("wouldpromote")).toMatchObject([{ kind: "vacant" }]);
    expect(node.done("campaign")).toEqual([]);
  });

  test("given evidence already, when the election knows of no holder, then nobody waits because of that", () => {
    const node = contender();
    node.until(TIMEOUT);
    node.feed({ type: "undecided", id: node.done("campaign")[0]?.id ?? 0, error: new Error("the disk is full") });
    node.feed(VACANT);
    node.until(TIMEOUT + INTERVAL / 2);
    expect(node.done("campaign")).toHaveLength(2);
  });
});
