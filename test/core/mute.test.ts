import { describe, expect, test } from "vitest";
import type { SendFault } from "../../src/core/input.ts";
import { appointed, elected, INTERVAL, instance, peer, TIMEOUT, type Instance } from "./support.ts";

const TAKEN: SendFault = { message: "The port is taken.", everybodys: true };
const BROKEN: SendFault = { message: "The socket is broken.", everybodys: false };

/** What becomes of the last heartbeat. */
const sent = (node: Instance, ok: boolean, fault?: SendFault): void =>
  node.feed({ type: "sent", receipt: node.receipt("heartbeat"), ok, sentAt: node.now, fault });

/** A primary by a lock of whose heartbeats none leaves, from 0 on. */
function silenced(until: number, fault: SendFault | undefined, node = primary()): Instance {
  while (node.now < until) {
    const { length } = node.done("send");
    node.until(Math.min(until, node.state.wakeAt));
    if (node.done("send").length > length) sent(node, false, fault);
  }
  return node;
}

const primary = (overrides: Parameters<typeof appointed>[0] = {}): Instance =>
  appointed(overrides, { acknowledges: false });

/** The same, which has heard of another instance. */
function accompanied(): Instance {
  const node = primary();
  node.hear(peer("c").probe());
  node.settle();
  return node;
}

const isolations = (node: Instance): string[] =>
  node.told("isolated").map(({ reason }) => `${reason.code}: ${reason.message}`);

describe("a primary whose heartbeats do not leave", () => {
  test("given one that failed, when the next one leaves, then nothing is told", () => {
    const node = primary();
    node.until(INTERVAL);
    sent(node, false, TAKEN);
    node.until(2 * INTERVAL);
    sent(node, true);
    silenced(3 * INTERVAL, TAKEN, node);
    expect(node.told("isolated")).toEqual([]);
  });

  test("given that they fail for an interval, when the next one fails, then it is isolated, says why, once, and stays primary", () => {
    const node = silenced(10 * TIMEOUT, TAKEN);
    expect(isolations(node)).toEqual([
      "unpublished: No heartbeat of this primary leaves. The port is taken. Nobody else could publish there, so it stays primary, and tries again.",
    ]);
    expect(node.state.role).toBe("primary");
  });

  test("given heartbeats that leave again, when they do, then that is noted, and told again when they do not", () => {
    const node = silenced(TIMEOUT, TAKEN);
    node.until(4 * INTERVAL);
    sent(node, true);
    expect(node.state.office?.mute).toBeUndefined();
    expect(node.done("journal").at(-1)).toMatchObject({ reason: { code: "unpublished" } });
    silenced(4 * INTERVAL + TIMEOUT, TAKEN, node);
    expect(node.told("isolated")).toHaveLength(2);
  });

  test("given a fault that may be its own, when it lasts for a timeout and somebody stands by, then it hands over and holds back", () => {
    const node = primary();
    node.feed({ type: "standbys", count: 1 });
    silenced(INTERVAL + TIMEOUT - 1, BROKEN, node);
    expect(isolations(node)[0]).toContain("it hands over if that lasts for 350 ms");
    expect(node.state.role).toBe("primary");
    silenced(INTERVAL + TIMEOUT, BROKEN, node);
    expect(node.told("rolechange")).toMatchObject([{ newRole: "secondary", reason: { code: "unpublished" } }]);
    node.feed({ type: "onDemote-settled", error: undefined });
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 });
    sent(node, false);
    const left = node.now;
    node.until(left + TIMEOUT - 1);
    expect(node.done("campaign")).toEqual([]);
  });

  test("given a fault that is everybody's, when it is another one for once, then the primary stays", () => {
    const node = silenced(5 * TIMEOUT, TAKEN, accompanied());
    silenced(5 * TIMEOUT + INTERVAL, BROKEN, node);
    expect(node.state.role).toBe("primary");
    silenced(6 * TIMEOUT, TAKEN, node);
    silenced(7 * TIMEOUT - 1, BROKEN, node);
    expect(node.state.role).toBe("primary");
    silenced(7 * TIMEOUT + 2 * INTERVAL, BROKEN, node);
    expect(node.state.role).toBe("secondary");
  });

  test("given an election that does not tell who stands by, when the fault may be its own, then it hands over if somebody was ever heard", () => {
    expect(silenced(2 * TIMEOUT, BROKEN).state.role).toBe("primary");
    expect(silenced(2 * TIMEOUT, BROKEN, accompanied()).state.role).toBe("secondary");
  });

  test("given that nobody stands by, when the fault may be its own, then it stays primary", () => {
    const node = primary();
    node.feed({ type: "standbys", count: 0 });
    silenced(5 * TIMEOUT, BROKEN, node);
    expect(node.state.role).toBe("primary");
    expect(isolations(node)[0]).toContain("Nobody else stands by");
  });

  test("given that nobody stood by, when somebody comes, then it hands over", () => {
    const node = primary();
    node.feed({ type: "standbys", count: 0 });
    silenced(5 * TIMEOUT, BROKEN, node);
    node.feed({ type: "standbys", count: 1 });
    expect(node.state.role).toBe("secondary");
  });

  /** It has left, and nobody has taken over: it is primary again. */
  function returned(): Instance {
    const node = silenced(INTERVAL + TIMEOUT, BROKEN, accompanied());
    node.feed({ type: "onDemote-settled", error: undefined });
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 });
    node.feed({ type: "sent", receipt: node.receipt("farewell"), ok: false, sentAt: node.now });
    node.until(node.now + 2 * TIMEOUT);
    node.feed({ type: "won", id: node.done("campaign").at(-1)?.id ?? 0, term: 8, deadline: Infinity });
    node.feed({ type: "onPromote-settled", error: undefined });
    return node;
  }

  test("given one that handed over in vain, when it is primary again and still not heard, then it stays primary", () => {
    const node = returned();
    silenced(node.now + 5 * TIMEOUT, BROKEN, node);
    expect(node.state.role).toBe("primary");
    expect(node.told("isolated")).toHaveLength(2);
  });

  test.for([
    ["its heartbeats left meanwhile", (node: Instance) => sent(node, true)],
    [
      "another was primary meanwhile",
      (node: Instance) => {
        node.hear(peer("b").heartbeat({ term: 9 }));
        node.feed({ type: "onDemote-settled", error: undefined });
        node.feed({ type: "resigned", id: node.done("resign").at(-1)?.id ?? 0 });
        node.until(node.now + 3 * TIMEOUT);
        node.feed({ type: "won", id: node.done("campaign").at(-1)?.id ?? 0, term: 10, deadline: Infinity });
        node.feed({ type: "onPromote-settled", error: undefined });
      },
    ],
  ] as const)("given one that handed over in vain, when %s, then it may hand over again", ([, happens]) => {
    const node = returned();
    happens(node);
    silenced(node.now + 3 * TIMEOUT, BROKEN, node);
    expect(node.state.role).toBe("secondary");
  });

  test("given a lease, when its heartbeats do not leave, then it is isolated as well", () => {
    const node = silenced(TIMEOUT, TAKEN, appointed({ deadline: true }, { acknowledges: false }, { deadline: 10_000 }));
    expect(node.told("isolated")).toHaveLength(1);
  });

  test("given claims, when heartbeats are not acknowledged, then the mandate lapses, and nothing else is told", () => {
    const node = elected();
    const receipt = { for: "heartbeat", office: node.state.office?.id ?? 0, connection: 1 } as const;
    for (let at = TIMEOUT; at < 2 * TIMEOUT; at += INTERVAL)
      node.feed({ type: "sent", receipt, ok: false, sentAt: at, fault: BROKEN }, at);
    expect(isolations(node).filter((told) => told.startsWith("unpublished"))).toEqual([]);
  });

  test("given a primary by assertion, when its heartbeats do not leave, then it says so, and stays primary", () => {
    const node = instance({ election: "asserted", deadline: false }, { acknowledges: false });
    node.hear(peer("c").probe());
    node.feed({ type: "onPromote-settled", error: undefined });
    silenced(5 * TIMEOUT, BROKEN, node);
    expect(isolations(node)).toHaveLength(1);
    expect(node.state.role).toBe("primary");
  });

  test("given heartbeats of an earlier office or connection, when they fail, then that says nothing of this one", () => {
    const node = primary();
    node.until(INTERVAL);
    const old = node.receipt("heartbeat");
    node.feed({ type: "link", up: false, connection: 1 }, 110);
    node.feed({ type: "sent", receipt: old, ok: false, sentAt: 100, fault: BROKEN });
    node.feed({ type: "link", up: true, connection: 2 }, 300);
    node.feed({ type: "sent", receipt: old, ok: false, sentAt: 100, fault: BROKEN });
    expect(node.state.office?.mute).toBeUndefined();
  });

  test("given a new connection, when a heartbeat fails in it, then an interval counts anew", () => {
    const node = primary();
    node.until(INTERVAL);
    sent(node, false, BROKEN);
    node.feed({ type: "link", up: false, connection: 1 }, 110);
    node.feed({ type: "link", up: true, connection: 2 }, 1_000);
    sent(node, false, BROKEN);
    expect(node.told("isolated")).toEqual([]);
  });
});
