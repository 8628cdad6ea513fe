import { describe, expect, test } from "vitest";
import {
  contender,
  holderOf,
  instance,
  listener,
  peer,
  reference,
  TIMEOUT,
  WINDOW,
  type Instance,
  type Voice,
} from "./support.ts";

/** A secondary that has heard `b` as primary of term 5. */
function follower(node: Instance = contender()): { node: Instance; b: Voice } {
  const b = peer("b");
  node.hear(b.heartbeat(), 40, "link-of-b");
  node.settle();
  node.forget();
  return { node, b };
}

const refused = { type: "evidence", evidence: { kind: "refused", incarnation: "b#1" } } as const;
const unlinked = { type: "unlinked", from: "link-of-b", incarnation: undefined } as const;

describe("shutdown", () => {
  test("given a heard primary, when it says that it has left, then the secondary campaigns now", () => {
    const { node, b } = follower();
    node.hear(b.shutdown(), 50);
    expect(node.told("evidence")).toMatchObject([{ kind: "shutdown", instanceId: "b", term: 5 }]);
    expect(node.done("campaign")).toMatchObject([{ highestTerm: 5, evidence: "shutdown" }]);
  });

  test("given claims, when the primary says that it has left, then the claim is made now and wins after one claimWindow", () => {
    const { node, b } = follower(listener());
    node.hear(b.shutdown(), 50);
    expect(node.sent("claim")).toMatchObject([{ term: 6 }]);
    node.until(50 + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test.for([4, 5, 6])(
    "given a primary of term 5, when another instance says that it has left term %i, then nothing is known against the primary",
    (term) => {
      const { node } = follower();
      node.hear(peer("c").shutdown({ term }), 50);
      expect(node.told("evidence")).toEqual([]);
      expect(node.done("campaign")).toEqual([]);
    },
  );

  test("given a heard primary, when its shutdown of an earlier term arrives, then nothing is known against it", () => {
    const { node, b } = follower();
    node.hear(b.heartbeat({ term: 7 }), 50);
    node.hear(b.shutdown({ term: 5 }), 60);
    expect(node.told("evidence")).toEqual([]);
  });

  test("given a primary that has left, when a heartbeat of that term still arrives, then it is no life", () => {
    const { node, b } = follower(contender({}, { enabled: false }));
    const late = b.heartbeat();
    node.hear({ ...b.shutdown(), seq: 2 }, 50);
    node.hear({ ...late, seq: 3 }, 60);
    expect(node.done("drop")).toEqual([{ type: "drop", why: "posthumous" }]);
    expect(node.state.watch.evidence?.kind).toBe("shutdown");
  });

  test("given a primary that has left, when it is primary again in a new term, then it is heard", () => {
    const { node, b } = follower(contender({}, { enabled: false }));
    node.hear(b.shutdown(), 50);
    node.hear(b.heartbeat({ term: 6 }), 60);
    expect(node.state.primary).toMatchObject({ instanceId: "b", term: 6 });
  });

  test("given a shutdown of a mandate that was never heard, when its heartbeat arrives afterwards, then it is no life", () => {
    const node = contender();
    const b = peer("b");
    node.hear(b.shutdown(), 10);
    node.hear(b.heartbeat(), 20);
    expect(node.state.primary).toBeUndefined();
    expect(node.done("drop")).toEqual([{ type: "drop", why: "posthumous" }]);
  });

  test("given a primary of the reference's format, when it says that it has left, then the secondary campaigns now, and its next life is heard", () => {
    const node = contender({}, { enabled: false });
    const go = reference("golang-A");
    node.hear(go.heartbeat(), 10);
    node.hear(go.shutdown(), 20);
    expect(node.told("evidence")).toMatchObject([{ kind: "shutdown", instanceId: "golang-A", term: 0 }]);
    node.hear(go.heartbeat(), 30);
    expect(node.state.watch.evidence).toBeUndefined();
  });

  test("given an election that tells of a resignation, when it names a successor, then that is a shutdown with its successor", () => {
    const { node } = follower();
    node.feed({ type: "evidence", evidence: { kind: "shutdown", incarnation: "b#1", successor: "a" } }, 50);
    expect(node.told("evidence")).toMatchObject([{ kind: "shutdown" }]);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given an election that told of a resignation, when a greeting of that mandate comes late, then it is no life", () => {
    const { node } = follower(contender({}, { enabled: false }));
    node.feed({ type: "evidence", evidence: { kind: "shutdown", incarnation: "b#1" } }, 50);
    node.feed({ type: "greeted", holder: holderOf("b") }, 60);
    expect(node.state.watch.evidence?.kind).toBe("shutdown");
  });
});

describe("a named successor", () => {
  test("given a shutdown that names this instance, when it is heard, then it campaigns at once", () => {
    const { node, b } = follower(listener());
    node.hear(b.shutdown({ successor: "a" }), 50);
    expect(node.sent("claim")).toMatchObject([{ successor: true }]);
  });

  test("given a shutdown that names another, when it is heard, then this instance waits one claimWindow", () => {
    const { node, b } = follower(listener());
    node.hear(b.shutdown({ successor: "c" }), 50);
    node.until(50 + WINDOW - 0.01);
    expect(node.sent("claim")).toEqual([]);
    node.until(50 + WINDOW);
    expect(node.sent("claim")).toMatchObject([{ successor: false }]);
  });

  test("given a shutdown that names another, when an outside election decides, then this instance waits one claimWindow too", () => {
    const { node, b } = follower();
    node.hear(b.shutdown({ successor: "c" }), 50);
    expect(node.done("campaign")).toEqual([]);
    node.until(50 + WINDOW);
    expect(node.done("campaign")).toHaveLength(1);
  });
});

describe("refused", () => {
  test("given the mandate last heard, when the kernel refuses its holder's port, then the secondary campaigns now", () => {
    const { node } = follower();
    node.feed(refused, 50);
    expect(node.told("evidence")).toMatchObject([{ kind: "refused", instanceId: "b" }]);
    expect(node.done("campaign")).toMatchObject([{ evidence: "refused" }]);
  });

  test("given a mandate that was only greeted, when the kernel refuses its holder's port, then the secondary campaigns now", () => {
    const node = contender();
    node.feed({ type: "greeted", holder: holderOf("b") }, 10);
    node.feed(refused, 50);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given another mandate than the one last heard, when the kernel refuses its holder's port, then nothing is known against the primary", () => {
    const { node } = follower();
    node.feed({ type: "evidence", evidence: { kind: "refused", incarnation: "c#1" } }, 50);
    expect(node.told("evidence")).toEqual([]);
    expect(node.done("campaign")).toEqual([]);
  });

  test("given a refused holder, when its heartbeats still arrive, then they are no life", () => {
    const { node, b } = follower(contender({}, { enabled: false }));
    node.feed(refused, 50);
    node.hear(b.heartbeat(), 60);
    expect(node.done("drop")).toEqual([{ type: "drop", why: "posthumous" }]);
    expect(node.state.watch.evidence?.kind).toBe("refused");
  });

  test("given an instance that bound the lock and let it go before it had a mandate, when it wins a later term, then it is heard", () => {
    const node = contender({}, { enabled: false });
    node.feed({ type: "greeted", holder: holderOf("b", null) }, 10);
    node.feed(refused, 20);
    node.feed({ type: "greeted", holder: holderOf("b", 1) }, 30);
    node.hear(peer("b").heartbeat({ term: 1 }), 40);
    expect(node.state.primary).toMatchObject({ instanceId: "b", term: 1 });
  });

  test("given a refused holder, when a lower mandate shows life, then the proof stands", () => {
    const { node } = follower(contender({}, { enabled: false }));
    node.feed(refused, 50);
    node.hear(peer("c").heartbeat({ term: 4 }), 60);
    expect(node.state.watch.evidence?.kind).toBe("refused");
  });
});

describe("unlinked", () => {
  test("given a secondary that is not eager, when the primary's connection is lost, then it asks the primary and does not campaign", () => {
    const { node } = follower();
    node.feed(unlinked, 50);
    expect(node.told("evidence")).toMatchObject([{ kind: "unlinked", instanceId: "b" }]);
    expect(node.sent("probe")).toHaveLength(1);
    expect(node.done("ask")).toHaveLength(1);
    node.until(40 + TIMEOUT - 0.01);
    expect(node.done("campaign")).toEqual([]);
  });

  test("given a secondary that is not eager and a lost connection, when the deadline passes all the same, then it campaigns on silence", () => {
    const { node } = follower();
    node.feed(unlinked, 50);
    node.until(40 + TIMEOUT);
    expect(node.done("campaign")).toMatchObject([{ evidence: "silence" }]);
  });

  test("given claims and no eagerness, when the primary's connection is lost, then no claim wins before the whole timeout", () => {
    const { node } = follower(instance());
    node.feed(unlinked, 50);
    node.until(40 + TIMEOUT - 0.01);
    expect(node.state.role).toBe("secondary");
    node.until(40 + TIMEOUT);
    expect(node.state.role).toBe("primary");
  });

  test("given an eager secondary, when the primary's connection is lost, then it campaigns now and asks nobody", () => {
    const { node } = follower(contender({ eager: true }));
    node.feed(unlinked, 50);
    expect(node.done("campaign")).toMatchObject([{ evidence: "unlinked" }]);
    expect(node.done("ask")).toEqual([]);
  });

  test("given claims and eagerness, when the primary's connection is lost, then its claim wins after one claimWindow", () => {
    const { node } = follower(listener({ eager: true }));
    node.feed(unlinked, 50);
    node.until(50 + WINDOW);
    expect(node.state.role).toBe("primary");
  });

  test.for([
    { how: "by the connection that brought its heartbeats", from: "link-of-b", incarnation: undefined, meant: true },
    { how: "by its incarnation", from: undefined, incarnation: "b#1", meant: true },
    { how: "by nothing", from: undefined, incarnation: undefined, meant: true },
    { how: "by somebody else's connection", from: "link-of-c", incarnation: undefined, meant: false },
    { how: "by somebody else's incarnation", from: undefined, incarnation: "c#1", meant: false },
  ])("given a lost connection named $how, when it is told, then it is held against the primary: $meant", (lost) => {
    const { node } = follower();
    node.feed({ type: "unlinked", from: lost.from, incarnation: lost.incarnation }, 50);
    expect(node.told("evidence")).toHaveLength(lost.meant ? 1 : 0);
  });

  test("given no primary was ever heard, when a connection is lost, then nothing is known", () => {
    const node = contender();
    node.feed({ type: "unlinked", from: undefined, incarnation: undefined }, 10);
    expect(node.told("evidence")).toEqual([]);
  });

  test("given heartbeats that name no connection after one that did, when that connection is lost, then it is the primary's still", () => {
    const { node, b } = follower();
    node.hear(b.heartbeat(), 60);
    node.feed(unlinked, 70);
    expect(node.told("evidence")).toHaveLength(1);
  });
});

describe("the strength of evidence", () => {
  test("given a hint, when proof follows, then the secondary acts on the proof", () => {
    const { node } = follower();
    node.feed(unlinked, 50);
    node.feed(refused, 53);
    expect(node.told("evidence").map(({ kind }) => kind)).toEqual(["unlinked", "refused"]);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given proof, when a hint follows, then it adds nothing", () => {
    const { node, b } = follower(contender({}, { enabled: false }));
    node.hear(b.shutdown(), 50);
    node.feed(unlinked, 53);
    node.feed(refused, 54);
    expect(node.told("evidence").map(({ kind }) => kind)).toEqual(["shutdown"]);
  });

  test("given silence, when the primary's shutdown is heard after all, then that is stronger", () => {
    const { node, b } = follower(contender({}, { enabled: false }));
    node.until(40 + TIMEOUT);
    node.hear(b.shutdown(), 400);
    expect(node.told("evidence").map(({ kind }) => kind)).toEqual(["silence", "shutdown"]);
  });

  test("given shutdown, when time passes, then silence is not told as well", () => {
    const { node, b } = follower(contender({}, { enabled: false }));
    node.hear(b.shutdown(), 50);
    node.until(5 * TIMEOUT);
    expect(node.told("evidence").map(({ kind }) => kind)).toEqual(["shutdown"]);
  });
});

describe("rule 9: evidence dies", () => {
  const gone = (enabled = false): { node: Instance; b: Voice } => {
    const found = follower(instance({}, { enabled }));
    found.node.hear(found.b.shutdown(), 50);
    expect(found.node.state.watch.evidence?.kind).toBe("shutdown");
    return found;
  };

  test.for([5, 6])(
    "given evidence against term 5, when a heartbeat of term %i is heard, then the evidence is over",
    (term) => {
      const { node } = gone();
      node.hear(peer("c").heartbeat({ term }), 60);
      expect(node.state.watch.evidence).toBeUndefined();
    },
  );

  test.for([5, 6])(
    "given evidence against term 5, when a claim to term %i is heard, then the evidence is over",
    (term) => {
      const { node } = gone();
      node.hear(peer("c").claim({ term }), 60);
      expect(node.state.watch.evidence).toBeUndefined();
    },
  );

  test("given evidence against term 5, when a claim to term 4 is heard, then the evidence stands", () => {
    const { node } = gone();
    node.hear(peer("c").claim({ term: 4 }), 60);
    expect(node.state.watch.evidence?.kind).toBe("shutdown");
  });

  test("given evidence, when the link drops, then the evidence is over", () => {
    const { node } = gone();
    node.feed({ type: "link", up: false, connection: 1 }, 60);
    expect(node.state.watch.evidence).toBeUndefined();
  });

  test("given evidence, when the watcher is enabled, then the evidence is over", () => {
    const { node } = gone();
    node.feed({ type: "set-enabled", enabled: true }, 60);
    expect(node.state.watch.evidence).toBeUndefined();
    expect(node.sent("claim")).toEqual([]);
  });

  test("given evidence, when an enabled watcher is enabled again, then nothing changes", () => {
    const { node } = gone(true);
    node.feed({ type: "set-enabled", enabled: true }, 60);
    expect(node.state.watch.evidence?.kind).toBe("shutdown");
  });

  test("given lasting silence, when the watcher is enabled, then the silence is found again at once", () => {
    const { node } = follower(contender({}, { enabled: false }));
    node.until(1_000);
    node.feed({ type: "set-enabled", enabled: true }, 1_000);
    expect(node.done("campaign")).toMatchObject([{ evidence: "silence" }]);
  });

  test("given a link that is down, when evidence is brought, then it is not taken", () => {
    const { node } = follower();
    node.feed({ type: "link", up: false, connection: 1 }, 50);
    node.feed(refused, 60);
    node.feed({ type: "link", up: true, connection: 2 }, 70);
    expect(node.told("evidence")).toEqual([]);
    expect(node.done("campaign")).toEqual([]);
  });
});
