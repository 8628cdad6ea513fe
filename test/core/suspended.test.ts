import { describe, expect, test } from "vitest";
import { elected, instance, serving, TIMEOUT, TRUST, WINDOW, type Instance } from "./support.ts";

/** When the first mandate of `elected` ends unless it is proven again: its first heartbeat was sent at 350. */
const LAPSE = TIMEOUT + TRUST;

const MESSAGE = "The machine was suspended.";

const suspend = (node: Instance, duration: number, at: number): void =>
  node.feed({ type: "suspended", duration, message: MESSAGE }, at);

describe("a machine that was suspended", () => {
  test("given a primary, when its machine was suspended for less than the mandate lasts, then the mandate ends that much earlier", () => {
    const node = serving();
    suspend(node, 100, 360);
    expect(node.state.role).toBe("primary");
    expect(node.state.office?.deadline).toBeCloseTo(LAPSE - 100);
  });

  test("given a primary, when its machine was suspended past the deadline, then that is the reason", () => {
    const node = serving();
    suspend(node, 1_234.4, 360);
    expect(node.told("rolechange")).toMatchObject([{ reason: { code: "lapsed", message: MESSAGE } }]);
  });

  test("given a mandate that has lapsed by the monotonic clock alone, when the machine was suspended too, then that is not the reason", () => {
    const node = serving();
    suspend(node, 60_000, LAPSE);
    expect(node.told("rolechange")).toMatchObject([
      { reason: { code: "lapsed", message: "The mandate was not proven again before its deadline." } },
    ]);
  });

  test("given a primary that is leaving, when its machine was suspended past the deadline, then it is fenced and says nothing more", () => {
    const node = serving({ demoteTimeout: 1_000 });
    node.feed({ type: "step-down", id: 1, successor: undefined }, 360);
    node.forget();
    suspend(node, LAPSE - 360, 360);
    expect(node.state.office?.status).toBe("fenced");
    expect(node.done("send")).toEqual([]);
  });

  test("given a mandate without a deadline, when its machine was suspended, then it stands", () => {
    const node = elected({ keepsWhenIsolated: true });
    node.feed({ type: "link", up: false, connection: 1 }, 360);
    expect(node.state.office?.deadline).toBe(Infinity);
    suspend(node, 60_000, 360);
    expect(node.state.role).toBe("primary");
  });

  test.each([
    ["for less than a mandate lasts, then it wins a mandate that is that much shorter", 100, "primary"],
    ["for as long as a mandate lasts, then it is void", TRUST - WINDOW, "secondary"],
  ] as const)("given a claim, when its machine was suspended %s", (_, duration, role) => {
    const node = instance();
    node.until(TIMEOUT - WINDOW);
    expect(node.sent("claim")).toHaveLength(1);
    suspend(node, duration, TIMEOUT - WINDOW + 10);
    node.until(TIMEOUT);
    expect(node.state.role).toBe(role);
    expect(node.sent("yield")).toHaveLength(role === "primary" ? 0 : 1);
  });

  test("given a claim whose window is longer by every stop, when its machine was suspended, then stops count as before", () => {
    const node = instance({}, { barrier: false });
    node.until(TIMEOUT - WINDOW);
    suspend(node, 30, TIMEOUT - WINDOW + 1);
    const late = 35;
    node.feed({ type: "tick" }, node.state.wakeAt + late);
    const { attempt } = node.state;
    expect(attempt?.kind === "claim" && attempt.closesAt).toBeCloseTo(TIMEOUT + late);
  });
});
