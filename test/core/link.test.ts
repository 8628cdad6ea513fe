import { describe, expect, test } from "vitest";
import { contender, instance, peer, TIMEOUT, WINDOW } from "./support.ts";

const down = (connection: number) => ({ type: "link", up: false, connection }) as const;
const up = (connection: number) => ({ type: "link", up: true, connection }) as const;

describe("S7: a broker that is away is not a dead primary", () => {
  test.for(["claims", "campaign"] as const)(
    "given a secondary under %s whose own link is down, when silence would be due, then it does not campaign",
    (election) => {
      const node = instance({ election });
      node.hear(peer("b").heartbeat(), 40);
      node.feed(down(1), 100);
      node.until(10 * TIMEOUT);
      expect(node.told("evidence")).toEqual([]);
      expect([...node.sent("claim"), ...node.done("campaign")]).toEqual([]);
    },
  );

  test.for(["claims", "campaign"] as const)(
    "given a secondary under %s whose link was down, when it returns, then it waits a whole timeout",
    (election) => {
      const node = instance({ election });
      node.hear(peer("b").heartbeat(), 40);
      node.feed(down(1), 100);
      node.feed(up(2), 2_000);
      node.until(2_000 + TIMEOUT - WINDOW - 0.01);
      expect([...node.sent("claim"), ...node.done("campaign")]).toEqual([]);
      node.until(2_000 + TIMEOUT);
      expect(node.told("evidence")).toMatchObject([{ kind: "silence" }]);
      expect([...node.sent("claim"), ...node.done("campaign")]).toHaveLength(1);
    },
  );

  test("given a claim that the bus has acknowledged, when the link goes before its window closes, then it never wins", () => {
    const node = instance();
    node.until(TIMEOUT - WINDOW + 1);
    expect(node.sent("claim")).toHaveLength(1);
    node.feed(down(1));
    expect(node.state.attempt).toBeUndefined();
    node.until(10 * TIMEOUT);
    expect(node.done("promote")).toEqual([]);
  });

  test("given claims and a link that returns, when a whole timeout has not passed, then no claim wins", () => {
    const node = instance();
    node.feed(down(1), 100);
    node.feed(up(2), 2_000);
    node.until(2_000 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(2_000 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given claims and a detector with a deadline of its own, when the link has just returned, then no claim wins before a whole timeout", () => {
    const detector = {
      name: "hasty",
      initial: null,
      observe: () => null,
      deadline: (_: unknown, { at }: { at: number }) => at + 20,
    };
    const node = instance({ detector });
    node.feed(down(1), 1_000);
    node.feed(up(2), 2_000);
    const b = peer("b");
    node.hear(b.heartbeat(), 2_001);
    node.hear(b.shutdown(), 2_002);
    const c = peer("c");
    node.hear(c.claim({ term: 6 }), 2_003);
    node.hear(c.yields(1), 2_004);
    node.feed({ type: "set-enabled", enabled: false }, 2_005);
    node.feed({ type: "set-enabled", enabled: true }, 2_006);
    node.until(2_000 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
  });

  test("given a link that is down, when the instance would speak, then nothing is sent, and nothing is queued", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.hear(peer("c").heartbeat({ term: 4 }), 20);
    node.feed(down(1), 21);
    node.until(200);
    node.feed(up(2), 210);
    node.until(300);
    expect(node.sent("stale")).toEqual([]);
  });

  test("given a campaign under way, when the link drops, then it is cancelled, and a mandate won all the same is resigned", () => {
    const node = contender({}, { ambition: true });
    const id = node.done("campaign")[0]?.id ?? 0;
    node.feed(down(1), 10);
    expect(node.done("cancel")).toEqual([{ type: "cancel", id }]);
    node.feed({ type: "won", id, term: 1, deadline: Infinity }, 20);
    expect(node.done("resign")).toHaveLength(1);
    expect(node.state.role).toBe("secondary");
  });

  test("given a link that is down from the start, when the watcher goes live, then it waits for the link", () => {
    const node = instance();
    node.feed(down(1), 0);
    node.until(3 * TIMEOUT);
    expect(node.done("send")).toEqual([]);
  });
});

describe("rule 9: a link event carries its connection's number", () => {
  test("given a newer connection that is up, when the late down of an old one arrives, then it undoes nothing", () => {
    const node = instance();
    node.feed(up(2), 100);
    node.feed(down(1), 110);
    expect(node.state.link).toMatchObject({ up: true, connection: 2 });
  });

  test("given a link that is down, when the up of an older connection arrives late, then it stays down", () => {
    const node = instance();
    node.feed(down(3), 100);
    node.feed(up(2), 110);
    expect(node.state.link).toMatchObject({ up: false, connection: 3 });
  });

  test("given a connection that is up, when it is told to be up again, then nothing changes", () => {
    const node = instance();
    node.hear(peer("b").heartbeat(), 40);
    node.forget();
    node.feed(up(1), 100);
    expect(node.order()).toEqual([]);
    expect(node.state.watch.silenceAt).toBe(40 + TIMEOUT);
  });

  test("given a connection that is up, when a newer one is up without a down between, then whatever was missed, nobody wins for a whole timeout", () => {
    const node = instance();
    node.feed(up(2), 200);
    node.until(200 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
  });

  test("given a link that goes down and up, when it does, then the program is told", () => {
    const node = instance();
    node.feed(down(1), 100);
    node.feed(up(2), 110);
    expect(node.told("link")).toMatchObject([
      { up: false, reason: { code: "link-down" } },
      { up: true, reason: { code: "link-up" } },
    ]);
  });

  test("given a bus whose acknowledgement is no barrier in its next connection, when a claim is made there, then it is made as on any such bus", () => {
    const node = instance();
    node.feed(down(1), 100);
    node.feed({ ...up(2), barrier: false }, 110);
    expect(node.state.barrier).toBe(false);
    node.feed(down(2), 120);
    expect(node.state.barrier).toBe(false);
    node.feed(up(3), 130);
    expect(node.state.barrier).toBe(false);
    node.feed({ ...up(4), barrier: true }, 140);
    expect(node.state.barrier).toBe(true);
  });

  test("given a watcher that is not live, when its link changes, then nothing happens", () => {
    const node = instance({}, { opened: false });
    node.feed(down(1), 10);
    expect(node.order()).toEqual([]);
  });
});
