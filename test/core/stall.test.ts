import { describe, expect, test } from "vitest";
import { exchange, instance, TIMEOUT, WINDOW, type Instance } from "./support.ts";

const CLAIMED = TIMEOUT - WINDOW;
const QUARTER = WINDOW / 4;

/** A candidate on a bus that proves nothing, whose claim, made at 300 for a window until 350, stands. */
function candidate(...[overrides, options]: Parameters<typeof instance>): Instance {
  const node = instance(overrides, { barrier: false, ...options });
  node.until(CLAIMED);
  expect(node.sent("claim")).toHaveLength(1);
  return node;
}

describe("a claim on a bus whose acknowledgement is no barrier", () => {
  test("given a program that is awake, when the window has closed, then the claim wins, and the window was looked at four times", () => {
    const node = candidate();
    const woken: number[] = [];
    while (node.state.role === "secondary") {
      woken.push(node.state.wakeAt);
      node.until(node.state.wakeAt);
    }
    expect(woken).toEqual([1, 2, 3, 4].map((part) => CLAIMED + part * QUARTER));
  });

  test("given a program that stood still in the window, when it goes on, then the window closes later by what was seen of the stop", () => {
    const node = candidate();
    node.feed({ type: "tick" }, CLAIMED + 40);
    node.until(TIMEOUT + 40 - QUARTER - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(TIMEOUT + 40 - QUARTER);
    expect(node.state.role).toBe("primary");
  });

  test("given a program that stood still twice, when the window closes, then both stops count", () => {
    const node = candidate();
    node.feed({ type: "tick" }, CLAIMED + QUARTER + 20);
    node.feed({ type: "tick" }, node.state.wakeAt + 30);
    node.until(TIMEOUT + 50 - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(TIMEOUT + 50);
    expect(node.state.role).toBe("primary");
  });

  test("given a program that stood still, when a message is read before the timer fires, then the stop counts all the same, once", () => {
    const node = candidate();
    node.feed({ type: "audience" }, CLAIMED + QUARTER + 20);
    node.feed({ type: "tick" });
    node.until(TIMEOUT + 20 - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(TIMEOUT + 20);
    expect(node.state.role).toBe("primary");
  });

  test("given a program that stood still until after the window, when it goes on, then the claim is decided when all that came has been read", () => {
    const node = candidate();
    node.until(CLAIMED + 3 * QUARTER);
    node.feed({ type: "tick" }, TIMEOUT + 70);
    expect(node.state.role).toBe("secondary");
    node.settle();
    expect(node.state.role).toBe("primary");
  });

  test("given a link that went and came back, when the program stood still in a window of the new connection, then the stop counts", () => {
    const node = instance({}, { barrier: false });
    node.feed({ type: "link", up: false, connection: 1 }, 10);
    node.feed({ type: "link", up: true, connection: 2 }, 20);
    node.until(20 + CLAIMED);
    node.feed({ type: "tick" }, 20 + CLAIMED + 40);
    node.until(20 + TIMEOUT + 40 - QUARTER - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(20 + TIMEOUT + 40 - QUARTER);
    expect(node.state.role).toBe("primary");
  });

  test("given a timer that is late by an eighth of the window each time, when the window closes, then it is no longer for that", () => {
    const node = candidate();
    for (let part = 1; part <= 4; part += 1) {
      node.feed({ type: "tick" }, Math.min(node.state.wakeAt + QUARTER / 2, TIMEOUT));
      node.settle();
    }
    expect(node.now).toBe(TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given two candidates that stood still when they had claimed, when their claims arrive half a window after both went on, then only the better one is primary", () => {
    const nodes = [candidate({ instanceId: "a" }), candidate({ instanceId: "b", incarnation: "b#1" })] as const;
    for (const node of nodes) node.feed({ type: "tick" }, CLAIMED + QUARTER + 30);
    const arrives = CLAIMED + QUARTER + 30 + WINDOW / 2;
    expect(arrives).toBeGreaterThan(TIMEOUT);
    for (const node of nodes) node.until(arrives);
    exchange(...nodes);
    expect(nodes.map(({ state }) => state.role)).toEqual(["secondary", "secondary"]);
    for (const node of nodes) node.until(TIMEOUT + 30);
    exchange(...nodes);
    for (const node of nodes) node.until(CLAIMED + TIMEOUT);
    expect(nodes.map(({ state }) => state.role)).toEqual(["primary", "secondary"]);
  });
});

test("given a bus whose acknowledgement is a barrier, when the program stood still in the window, then the claim wins on time and wakes nobody before", () => {
  const node = instance();
  node.until(CLAIMED);
  expect(node.state.wakeAt).toBe(TIMEOUT);
  node.feed({ type: "tick" }, CLAIMED + 40);
  node.until(TIMEOUT);
  expect(node.state.role).toBe("primary");
});
