import { describe, expect, test } from "vitest";
import { contender, instance, peer, reference, serving, TIMEOUT, TRUST, type Instance } from "./support.ts";

describe("who is primary", () => {
  test("given a new primary, when it is first heard, then the program is told, once for each mandate", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 5 }), 10);
    node.hear(b.promoted({ term: 5 }), 20);
    node.hear(b.heartbeat({ term: 6 }), 30);
    node.hear(peer("b", "b#2").heartbeat({ term: 6 }), 40);
    expect(node.told("promoted")).toMatchObject([
      { instanceId: "b", term: 5, reason: { code: "promoted" } },
      { instanceId: "b", term: 6 },
      { instanceId: "b", term: 6 },
    ]);
  });

  test("given a heartbeat, when it is heard, then what it says of its sender is known", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ interval: 70, timeout: 360, leaving: true }), 10, "link-of-b");
    expect(node.state.primary).toMatchObject({
      instanceId: "b",
      incarnation: "b#1",
      term: 5,
      interval: 70,
      timeout: 360,
      leaving: true,
      heardAt: 10,
      from: "link-of-b",
    });
  });

  test("given a primary of the reference's format, when it is heard, then it is a primary of term 0", () => {
    const node = contender();
    node.hear(reference("golang-A").heartbeat(), 10);
    expect(node.state.primary).toMatchObject({ instanceId: "golang-A", incarnation: undefined, term: 0 });
    node.until(10 + TIMEOUT);
    expect(node.told("evidence")).toMatchObject([{ kind: "silence", instanceId: "golang-A" }]);
  });

  test("given a primary, when a primary of the reference's format is heard, then it stays, and its term is the higher", () => {
    const node = serving();
    node.hear(reference("golang-A").heartbeat(), 360);
    expect(node.state.role).toBe("primary");
  });
});

describe("timings that cannot work together", () => {
  const reports = (node: Instance): number => node.told("misconfigured").length;

  test.for([
    { what: "a timeout more than ten times ours", timings: { timeout: 10 * TIMEOUT + 1 }, deadline: false },
    { what: "an interval of which no two fit into the timeout", timings: { interval: 176 }, deadline: true },
    { what: "a timeout of which ours is no more than 2/3", timings: { timeout: TIMEOUT * 1.5 }, deadline: true },
    { what: "a timeout that is no more than 2/3 of ours", timings: { timeout: TRUST }, deadline: true },
  ])("given $what, when it is announced, then its sender is misconfigured, and said once", ({ timings, deadline }) => {
    for (const say of ["heartbeat", "claim"] as const) {
      const node = instance({ deadline });
      const b = peer("b");
      node.hear(b[say](timings), 10);
      node.hear(b[say](timings), 20);
      expect(node.told("misconfigured")).toMatchObject([{ instanceId: "b", reason: { code: "misconfigured" } }]);
    }
  });

  test.for([
    { what: "the same timings", timings: {}, deadline: true },
    { what: "a timeout of just ten times ours under a lock", timings: { timeout: 10 * TIMEOUT }, deadline: false },
    { what: "a timeout just below 3/2 of ours", timings: { timeout: TIMEOUT * 1.5 - 1 }, deadline: true },
    { what: "a timeout far from ours under a lock", timings: { timeout: 2 * TIMEOUT }, deadline: false },
    { what: "an interval of which two just fit", timings: { interval: 175 }, deadline: true },
  ])("given $what, when it is announced, then nobody is misconfigured", ({ timings, deadline }) => {
    const node = instance({ deadline });
    node.hear(peer("b").heartbeat(timings), 10);
    expect(reports(node)).toBe(0);
  });

  test("given a peer that does not say its timings, when it is heard, then it is not misconfigured", () => {
    const node = instance();
    node.hear(reference("golang-A").heartbeat(), 10);
    expect(reports(node)).toBe(0);
  });

  test("given two misconfigured peers, when both are heard, then both are reported", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ timeout: 4_000 }), 10);
    node.hear(peer("c").heartbeat({ timeout: 4_000 }), 20);
    expect(node.told("misconfigured").map(({ instanceId }) => instanceId)).toEqual(["b", "c"]);
  });
});

describe("versions", () => {
  test("given a peer of a higher major version, when it is heard, then it is refused and counted, and reported once", () => {
    const node = instance();
    node.feed({ type: "unsupported", instanceId: "b", version: 2 }, 10);
    node.feed({ type: "unsupported", instanceId: "b", version: 2 }, 20);
    expect(node.done("drop")).toEqual([
      { type: "drop", why: "unsupported" },
      { type: "drop", why: "unsupported" },
    ]);
    expect(node.told("misconfigured")).toMatchObject([{ instanceId: "b", reason: { code: "misconfigured" } }]);
    expect(node.told("misconfigured")[0]?.reason.message).toContain("version 2");
  });
});

describe("what is remembered of whom", () => {
  test("given more senders than are remembered, when a new one is heard, then the one not heard for longest is forgotten", () => {
    const node = instance();
    const faithful = peer("faithful");
    const first = peer("first");
    node.hear(faithful.probe(), 1);
    node.hear(first.probe(), 1);
    for (let count = 0; count < 255; count += 1) {
      node.hear(faithful.probe(), 2);
      node.hear(peer(`p${count}`).probe(), 2);
    }
    const { peers, latest } = node.state;
    expect(latest?.key).toBe("p254#1");
    expect(peers.size).toBe(255);
    expect(peers.has("faithful#1")).toBe(true);
    expect(peers.has("first#1")).toBe(false);
  });

  test("given a sender that is heard again after many others, when more are heard than are remembered, then it is not the one that is forgotten", () => {
    const node = instance();
    const again = peer("again");
    node.hear(again.probe(), 1);
    for (let count = 0; count < 200; count += 1) node.hear(peer(`p${count}`).probe(), 2);
    node.hear(again.probe(), 3);
    for (let count = 200; count < 300; count += 1) node.hear(peer(`p${count}`).probe(), 4);
    expect(node.state.peers.has("again#1")).toBe(true);
    expect(node.state.peers.has("p0#1")).toBe(false);
  });

  test("given claims of ever new incarnations, when they are heard, then what is remembered of them is bounded too", () => {
    const node = instance({}, { enabled: false });
    for (let count = 0; count < 1_000; count += 1) {
      node.until(count * TIMEOUT);
      node.hear(peer("b", `b#${count}`).claim({ term: count }), count * TIMEOUT);
    }
    expect(node.state.rivals.size).toBeLessThanOrEqual(256);
  });

  test("given a state, when a step is made from it, then the state itself is unchanged", () => {
    const node = serving();
    const before = node.state;
    const copy = structuredClone({ ...before, settings: undefined });
    node.hear(peer("b").claim(), 360);
    node.hear(peer("b").heartbeat({ term: 9 }), 370);
    expect({ ...before, settings: undefined }).toEqual(copy);
  });
});
