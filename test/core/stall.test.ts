import { describe, expect, test } from "vitest";
import { exchange, instance, peer, TIMEOUT, WINDOW, type Instance } from "./support.ts";

const CLAIMED = TIMEOUT - WINDOW;
const QUARTER = WINDOW / 4;

/** A candidate on a bus without a barrier, whose claim, made at 300 for a window until 350, stands. */
function candidate(...[overrides, options]: Parameters<typeof instance>): Instance {
  const node = instance(overrides, { barrier: false, ...options });
  node.until(CLAIMED);
  expect(node.sent("claim")).toHaveLength(1);
  return node;
}

/** It is primary from that moment on, and not before. */
function winsAt(node: Instance, at: number): void {
  node.until(at - 0.01);
  expect(node.state.role).toBe("secondary");
  node.until(at);
  expect(node.state.role).toBe("primary");
}

/** Every tick, and every end of a turn of reading, comes so late. */
function goesOnLate(node: Instance, late: number): void {
  const { asOf } = node.done("read").at(-1) ?? { asOf: -Infinity };
  if (node.state.reading) node.feed({ type: "read", asOf }, node.now + late);
  else node.feed({ type: "tick" }, node.state.wakeAt + late);
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
    winsAt(node, TIMEOUT + 40 - QUARTER);
  });

  test.each([
    [20, 30],
    [30, 20],
  ])(
    "given a program that stood still for %i ms and for %i, when the window closes, then the longer stop counts",
    (one, other) => {
      const node = candidate();
      node.feed({ type: "tick" }, node.state.wakeAt + one);
      node.feed({ type: "tick" }, node.state.wakeAt + other);
      winsAt(node, TIMEOUT + 30);
    },
  );

  test("given a program that stood still, when a message is read before the timer fires, then the stop counts all the same, once", () => {
    const node = candidate();
    node.feed({ type: "audience" }, CLAIMED + QUARTER + 20);
    node.feed({ type: "tick" });
    winsAt(node, TIMEOUT + 20);
  });

  test("given a program that stood still as the window closed, when it goes on, then the claim is decided as soon as all that came has been read", () => {
    const node = candidate();
    node.until(CLAIMED + 3 * QUARTER);
    node.feed({ type: "tick" }, TIMEOUT + 70);
    expect(node.state.role).toBe("secondary");
    node.settle();
    expect(node.state.role).toBe("primary");
  });

  test("given a turn of reading behind the window that took long, when it ends, then the claim wins", () => {
    const node = candidate();
    while (!node.state.reading) node.feed({ type: "tick" }, node.state.wakeAt);
    goesOnLate(node, WINDOW);
    expect(node.now).toBe(TIMEOUT + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test("given a claim that is held off behind its window, when the program stood still until after it is to be given up, then it is taken back at once", () => {
    const node = candidate();
    node.hear(peer("z").claim({ term: 1 }), CLAIMED + 10);
    node.until(TIMEOUT + WINDOW - 0.01);
    expect(node.sent("yield")).toHaveLength(0);
    node.feed({ type: "tick" }, TIMEOUT + WINDOW + 60);
    expect(node.sent("yield")).toHaveLength(1);
  });

  test.each([
    ["1 ms", 1, 5],
    ["nearly a window", WINDOW - 5, 3],
  ])("given a program that is always late by %s, when it has claimed, then it wins all the same", (_, late, steps) => {
    const node = candidate();
    node.settle();
    for (let step = 0; step < steps; step += 1) goesOnLate(node, late);
    expect(node.state.role).toBe("primary");
    expect(node.now).toBeLessThan(CLAIMED + (TIMEOUT * 2) / 3);
  });

  test("given a link that went and came back, when the program stood still in a window of the new connection, then the stop counts", () => {
    const node = instance({}, { barrier: false });
    node.feed({ type: "link", up: false, connection: 1 }, 10);
    node.feed({ type: "link", up: true, connection: 2 }, 20);
    node.until(20 + CLAIMED);
    node.feed({ type: "tick" }, 20 + CLAIMED + 40);
    winsAt(node, 20 + TIMEOUT + 40 - QUARTER);
  });

  test("given two candidates that stood still when they had claimed, when their claims arrive half a window after both went on, then only the better one is primary", () => {
    const nodes = [candidate({ instanceId: "a" }), candidate({ instanceId: "b", incarnation: "b#1" })] as const;
    const awake = CLAIMED + QUARTER + 30;
    const arrives = awake + WINDOW / 2;
    expect(arrives).toBeGreaterThan(TIMEOUT);
    for (const node of nodes) node.feed({ type: "tick" }, awake);
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
  winsAt(node, TIMEOUT);
});
