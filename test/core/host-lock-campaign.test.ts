import { describe, expect, test } from "vitest";
import {
  appointed,
  contender,
  holderOf,
  instance,
  peer,
  reference,
  TIMEOUT,
  WINDOW,
  type Instance,
} from "./support.ts";

const campaignOf = (node: Instance): number => node.done("campaign").at(-1)?.id ?? 0;

/** A candidate that campaigns since silence was evidence against `b`, at 390. */
function doubter(overrides: Parameters<typeof contender>[0] = {}): Instance {
  const node = contender(overrides);
  node.hear(peer("b").heartbeat({ term: 5 }), 40);
  node.until(40 + TIMEOUT);
  expect(node.done("campaign")).toMatchObject([{ evidence: "silence" }]);
  return node;
}

const held = (node: Instance, holder = holderOf("b")) =>
  ({ type: "defeated", id: campaignOf(node), message: "The lock is held.", holder }) as const;

describe("campaigning for an outside mandate", () => {
  test("given a candidate, when it wins, then it is primary of the election's term", () => {
    const node = doubter();
    node.feed({ type: "won", id: campaignOf(node), term: 9, deadline: Infinity }, 400);
    expect(node.told("rolechange")).toMatchObject([{ newRole: "primary", term: 9, reason: { code: "silence" } }]);
    expect(node.state.terms).toEqual({ mandate: 9, highest: 9 });
  });

  test("given a campaign under way, when time passes, then there is no second one", () => {
    const node = doubter();
    node.until(3_000);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given a secondary without evidence, when time passes, then it does not campaign", () => {
    const node = contender();
    node.until(TIMEOUT - 1);
    expect(node.done("campaign")).toEqual([]);
  });

  test("given an instance started as primary, when it is live, then it campaigns at once, enabled or not", () => {
    const node = contender({}, { enabled: false, ambition: true });
    expect(node.done("campaign")).toMatchObject([{ highestTerm: 0, evidence: undefined }]);
    node.feed({ type: "won", id: campaignOf(node), term: 1, deadline: Infinity }, 5);
    expect(node.told("rolechange")).toMatchObject([{ newRole: "primary", reason: { code: "started" } }]);
  });

  test("given an instance started as primary, when another holds the mandate, then it starts as a secondary and says so", () => {
    const node = contender({}, { enabled: false, ambition: true });
    node.feed(held(node), 5);
    expect(node.told("lostrace")).toMatchObject([{ instanceId: "b", term: 5, reason: { code: "lostrace" } }]);
    node.until(200);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given an instance started as primary, when a primary is heard first, then it starts as a secondary and says so", () => {
    const node = contender({}, { enabled: false, ambition: true });
    const id = campaignOf(node);
    node.hear(peer("b").heartbeat(), 3);
    expect(node.done("cancel")).toEqual([{ type: "cancel", id }]);
    expect(node.told("lostrace")).toMatchObject([{ instanceId: "b", term: 5 }]);
    node.until(TIMEOUT + 3);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given an instance started as primary, when nobody could decide, then it tries again", () => {
    const node = contender({}, { enabled: false, ambition: true });
    node.feed({ type: "undecided", id: campaignOf(node), error: new Error("the disk is full") }, 5);
    node.until(20);
    expect(node.done("campaign")).toHaveLength(2);
  });

  test("given an instance started as primary, when it has been primary, then it is a candidate like any other", () => {
    const node = appointed({}, { enabled: false });
    node.hear(peer("b").heartbeat({ term: 8 }), 10);
    node.feed({ type: "onDemote-settled", error: undefined }, 20);
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 }, 21);
    node.until(3_000);
    expect(node.done("campaign")).toEqual([]);
  });

  test("given a campaign under way, when a heartbeat is heard, then it is cancelled, and a mandate won all the same is resigned", () => {
    const node = doubter();
    const id = campaignOf(node);
    node.hear(peer("c").heartbeat({ term: 6 }), 395);
    expect(node.done("cancel")).toEqual([{ type: "cancel", id }]);
    node.feed({ type: "won", id, term: 7, deadline: Infinity }, 400);
    expect(node.done("resign")).toEqual([{ type: "resign", id, successor: undefined }]);
    expect(node.state.role).toBe("secondary");
    expect(node.told("error")).toEqual([]);
  });

  test("given a campaign under way, when the watcher is disabled, then it is cancelled, and a mandate won all the same is resigned", () => {
    const node = doubter();
    const id = campaignOf(node);
    node.feed({ type: "set-enabled", enabled: false }, 395);
    expect(node.done("cancel")).toHaveLength(1);
    node.feed({ type: "won", id, term: 7, deadline: Infinity }, 400);
    expect(node.done("resign")).toHaveLength(1);
  });

  test("given an instance that is not enabled, when it would campaign, then it says once what it would do, and does nothing", () => {
    const node = contender({}, { enabled: false });
    node.hear(peer("b").heartbeat({ term: 5 }), 40);
    node.until(3_000);
    expect(node.told("wouldpromote")).toMatchObject([{ kind: "silence", term: 5, reason: { code: "disabled" } }]);
    expect(node.done("campaign")).toEqual([]);
  });

  test("given a primary that was disabled and stepped down, when its office is over, then it says what it would do when it would do it: after a timeout", () => {
    const node = appointed({}, { enabled: false });
    node.feed({ type: "step-down", id: 1, successor: undefined }, 10);
    node.feed({ type: "onDemote-settled", error: undefined }, 20);
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 }, 20);
    node.settle();
    node.until(20 + TIMEOUT - 0.01);
    expect(node.told("wouldpromote")).toEqual([]);
    node.until(20 + TIMEOUT);
    expect(node.told("wouldpromote")).toHaveLength(1);
  });

  test("given an instance that is not enabled, when the primary leaves and names another, then it says what it would do one claimWindow later", () => {
    const node = contender({}, { enabled: false });
    const b = peer("b");
    node.hear(b.heartbeat(), 40);
    node.hear(b.shutdown({ successor: "c" }), 50);
    node.until(50 + WINDOW - 0.01);
    expect(node.told("wouldpromote")).toEqual([]);
    node.until(50 + WINDOW);
    expect(node.told("wouldpromote")).toHaveLength(1);
  });

  test("given an instance that is not enabled under claims, when it would campaign, then it says so", () => {
    const node = instance({}, { enabled: false });
    node.until(3_000);
    expect(node.told("wouldpromote")).toHaveLength(1);
    expect(node.sent("claim")).toEqual([]);
  });

  test("given an instance that is not enabled, when the evidence is only a hint, then it says nothing", () => {
    const node = contender({}, { enabled: false });
    node.hear(peer("b").heartbeat(), 40);
    node.feed({ type: "unlinked", from: undefined, incarnation: undefined }, 50);
    expect(node.told("wouldpromote")).toEqual([]);
  });

  test("given an observer, when the primary is gone, then it never campaigns, and has nothing to say of what it would do", () => {
    for (const enabled of [true, false]) {
      const node = instance({ election: "none" }, { enabled });
      const b = peer("b");
      node.hear(b.heartbeat(), 40);
      node.hear(b.shutdown(), 50);
      node.until(3_000);
      expect(node.told("evidence")).toHaveLength(1);
      expect([...node.done("campaign"), ...node.sent("claim"), ...node.told("wouldpromote")]).toEqual([]);
    }
  });
});

describe("a greeting is life", () => {
  test("given a holder that greets, when it does, then it is the primary, as after a heartbeat, but not heard on the bus", () => {
    const node = contender();
    node.feed({ type: "greeted", holder: holderOf("b", 5) }, 100);
    expect(node.state.primary).toMatchObject({ instanceId: "b", term: 5, heardAt: -Infinity });
    node.until(100 + TIMEOUT - 0.01);
    expect(node.told("evidence")).toEqual([]);
    node.until(100 + TIMEOUT);
    expect(node.told("evidence")).toMatchObject([{ kind: "silence" }]);
  });

  test("given a primary that was heard on the bus, when it greets, then it was last heard when it last beat", () => {
    const node = contender();
    node.hear(peer("b").heartbeat(), 40);
    node.feed({ type: "greeted", holder: holderOf("b", 5) }, 100);
    expect(node.state.primary?.heardAt).toBe(40);
  });

  test("given a primary of the reference's format, when it is heard, then it was last heard then", () => {
    const node = contender();
    node.hear(reference("golang-A").heartbeat(), 40);
    expect(node.state.primary?.heardAt).toBe(40);
  });

  test("given a winner that has not written its term down yet, when it greets, then that is no mandate", () => {
    const node = contender();
    node.feed({ type: "greeted", holder: holderOf("b", null) }, 100);
    expect(node.state.primary).toBeUndefined();
  });

  test("given an instance that is greeted by itself, when it is, then that is no life", () => {
    const node = contender();
    node.feed({ type: "greeted", holder: holderOf("a") }, 100);
    expect(node.state.primary).toBeUndefined();
  });

  test("given a mandate that was resigned, when the process of an earlier one is gone, then a late greeting of it is no life", () => {
    const node = contender({}, { enabled: false });
    const b = peer("b");
    node.hear(b.heartbeat({ term: 5 }), 10);
    node.hear(b.shutdown({ term: 6 }), 20);
    node.feed({ type: "evidence", evidence: { kind: "refused", incarnation: "b#1" } }, 30);
    node.feed({ type: "greeted", holder: holderOf("b", 6) }, 40);
    expect(node.state.primary?.term).toBe(5);
    expect(node.state.watch.evidence?.kind).toBe("shutdown");
  });

  test("given a holder whose process is gone, when its greeting is read late, then it is no life", () => {
    const node = contender({}, { enabled: false });
    node.feed({ type: "greeted", holder: holderOf("b") }, 10);
    node.feed({ type: "evidence", evidence: { kind: "refused", incarnation: "b#1" } }, 20);
    node.feed({ type: "greeted", holder: holderOf("b") }, 30);
    expect(node.state.watch.evidence?.kind).toBe("refused");
  });
});

describe("a hung holder", () => {
  test("given a holder that is silent for a whole timeout but keeps its lock, when the campaign says so, then it is primary-unresponsive, once", () => {
    const node = doubter();
    for (let round = 0; round < 3; round += 1) {
      node.feed(held(node));
      node.until(node.now + 100);
    }
    expect(node.told("primary-unresponsive")).toEqual([
      { holder: holderOf("b"), fencing: false, reason: { code: "unresponsive", message: "The lock is held." } },
    ]);
    expect(node.told("lostrace")).toEqual([]);
    expect(node.done("fence")).toEqual([]);
  });

  /** Loses every campaign to this holder until then. */
  const losing = (node: Instance, until: number, holder = holderOf("b")): void => {
    while (node.now < until)
      if (node.state.attempt === undefined) node.until(Math.min(until, node.state.wakeAt));
      else node.feed(held(node, holder));
  };

  test("given a holder that nobody ever heard, when it has just won, then that is a lost race: it has not been silent for a timeout", () => {
    const node = contender({ fence: true });
    node.until(TIMEOUT);
    node.feed(held(node));
    expect(node.told("lostrace")).toMatchObject([{ instanceId: "b" }]);
    losing(node, 2 * TIMEOUT - 1);
    expect(node.told("primary-unresponsive")).toEqual([]);
    expect(node.done("fence")).toEqual([]);
  });

  test.for([undefined, "golang-A"])(
    "given a holder that nobody ever heard, beside %s, when it has held the lock for a whole timeout, then it is unresponsive",
    (silent) => {
      const node = contender({ fence: true });
      if (silent !== undefined) node.hear(reference(silent).heartbeat(), 1);
      losing(node, 3 * TIMEOUT);
      expect(node.told("primary-unresponsive")).toHaveLength(1);
      expect(node.done("fence")).toHaveLength(1);
    },
  );

  test("given holders that follow one another, when each has held the lock for less than a timeout, then nobody is unresponsive", () => {
    const node = contender({ fence: true });
    for (let round = 0; round < 5; round += 1)
      losing(node, TIMEOUT + (round + 1) * (TIMEOUT - 50), holderOf(`p${round}`));
    expect(node.done("fence")).toEqual([]);
  });

  test("given a link that was down, when it is up again, then a holder is given a whole timeout anew", () => {
    const node = contender({ fence: true });
    losing(node, TIMEOUT + 100);
    node.feed({ type: "link", up: false, connection: 1 });
    node.feed({ type: "link", up: true, connection: 2 });
    losing(node, 3 * TIMEOUT + 90);
    expect(node.done("fence")).toEqual([]);
  });

  test("given an election that names this very instance as the holder, when the campaign is lost, then it does not fence itself", () => {
    const node = contender({ fence: true });
    losing(node, 10 * TIMEOUT, { instanceId: "a", incarnation: "a#1", term: 5 });
    expect(node.told("primary-unresponsive")).toEqual([]);
    expect(node.done("fence")).toEqual([]);
  });

  test("given a holder that is not the silent primary, when the campaign says so, then that is a lost race and nobody is fenced", () => {
    const node = doubter({ fence: true });
    node.feed(held(node, holderOf("c", 6)));
    expect(node.told("lostrace")).toMatchObject([{ instanceId: "c", term: 6 }]);
    expect(node.told("primary-unresponsive")).toEqual([]);
    expect(node.done("fence")).toEqual([]);
  });

  test("given a campaign on other evidence than silence, when the lock is held, then nobody is fenced", () => {
    const node = contender({ fence: true });
    const b = peer("b");
    node.hear(b.heartbeat(), 40);
    node.hear(b.shutdown(), 50);
    node.feed(held(node), 55);
    expect(node.done("fence")).toEqual([]);
    expect(node.told("lostrace")).toHaveLength(1);
  });

  test("given silence and a lock held by nobody known, when the campaign is lost, then nobody is fenced", () => {
    const node = doubter({ fence: true });
    node.feed({ type: "defeated", id: campaignOf(node), message: "Somebody was faster.", holder: undefined });
    expect(node.done("fence")).toEqual([]);
    expect(node.told("lostrace")).toEqual([{ reason: { code: "lostrace", message: "Somebody was faster." } }]);
  });

  test("given a fence, when the holder hangs, then it is told whom to fence, and nobody campaigns while it acts", () => {
    const node = doubter({ fence: true });
    node.feed(held(node));
    expect(node.done("fence")).toMatchObject([{ type: "fence", holder: holderOf("b") }]);
    expect(node.told("primary-unresponsive")).toMatchObject([{ fencing: true }]);
    node.until(1_300);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given a fence that still acts, when another primary is heard and falls silent, then nobody waits for the fence", () => {
    const node = doubter({ fence: true });
    node.feed(held(node));
    node.hear(peer("c").heartbeat({ term: 6 }), 400);
    node.until(400 + TIMEOUT);
    expect(node.done("campaign")).toHaveLength(2);
  });

  test("given a fence that never settles, when promoteTimeout has passed, then it is told, and the instance campaigns again", () => {
    const node = doubter({ fence: true });
    node.feed(held(node));
    node.until(5_000);
    expect(node.told("error")).toMatchObject([
      { reason: { message: expect.stringContaining("The fence did not settle") as string } },
    ]);
    expect(node.done("campaign")).toHaveLength(2);
    node.feed(held(node));
    node.until(60_000);
    expect(node.done("fence")).toHaveLength(1);
    expect(node.told("error").filter(({ error }) => error.message.includes("fence"))).toHaveLength(1);
  });

  test("given a fence that acts, when the holder is heard and falls silent again, then the instance campaigns without it, and calls no second one beside it", () => {
    const node = doubter({ fence: true });
    node.feed(held(node));
    node.hear(peer("b", "b#1").heartbeat({ seq: 9 }), 400);
    node.until(400 + TIMEOUT);
    expect(node.done("campaign")).toHaveLength(2);
    node.feed(held(node));
    expect(node.done("fence")).toHaveLength(1);
  });

  test("given a fence that acts, when silence is found again after an older mandate was heard, then nobody campaigns: silence is no proof", () => {
    const node = doubter({ fence: true });
    node.feed(held(node));
    node.hear(peer("c").heartbeat({ term: 4 }), 400);
    node.until(400 + TIMEOUT + 500);
    expect(node.told("evidence")).toHaveLength(2);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given a fence that acts, when an earlier one's answer comes again, then it is still waited for", () => {
    const node = doubter({ fence: true });
    node.feed(held(node));
    const { id } = node.done("fence")[0] ?? { id: 0 };
    node.feed({ type: "fenced", id, ok: true }, 400);
    losing(node, 400 + TIMEOUT);
    while (node.done("fence").length < 2) losing(node, node.now + 10);
    const { length } = node.done("campaign");
    const again = node.now;
    node.feed({ type: "fenced", id, ok: true }, again + 1);
    node.until(again + 900);
    expect(node.done("campaign")).toHaveLength(length);
  });

  test("given long timeouts, when an election does not decide, then it has three of them", () => {
    const node = contender({ timeout: 4_000, interval: 1_000 });
    node.until(4_000 * 4 - 1);
    expect(node.done("campaign")).toHaveLength(1);
    expect(node.done("cancel")).toEqual([]);
    node.until(4_000 * 4);
    expect(node.done("cancel")).toHaveLength(1);
  });

  test("given an election that never decides, when its time is over, then it is called off and told, and the instance campaigns again", () => {
    const node = doubter();
    node.until(20_000);
    expect(node.done("cancel").length).toBeGreaterThan(1);
    expect(node.done("campaign").length).toBeGreaterThan(2);
    expect(node.told("error")[0]).toMatchObject({
      reason: { code: "failed", message: expect.stringContaining("5000 ms") as string },
    });
  });

  test("given a fence that has acted, when it says so, then the next campaign decides, at once", () => {
    const node = doubter({ fence: true, backoffMin: 300 });
    node.feed(held(node));
    node.feed({ type: "fenced", id: node.done("fence").at(-1)?.id ?? 0, ok: true }, 400);
    expect(node.done("campaign")).toHaveLength(2);
    expect(node.state.role).toBe("secondary");
  });

  test.for([true, false])(
    "given a fence that says %s while the lock stays held, when campaigns go on, then it is not called again for that holder before a timeout has passed",
    (ok) => {
      const node = doubter({ fence: true });
      node.feed(held(node));
      expect(node.done("fence")).toHaveLength(1);
      node.feed({ type: "fenced", id: node.done("fence").at(-1)?.id ?? 0, ok }, 400);
      losing(node, 400 + TIMEOUT - 1);
      expect(node.done("campaign").length).toBeGreaterThan(2);
      expect(node.done("fence")).toHaveLength(1);
      losing(node, 400 + 3 * TIMEOUT);
      expect(node.done("fence")).toHaveLength(2);
    },
  );

  test("given a fence that has settled, when another holder hangs, then it is called for that one", () => {
    const node = doubter({ fence: true });
    node.feed(held(node));
    node.feed({ type: "fenced", id: node.done("fence").at(-1)?.id ?? 0, ok: false }, 400);
    node.hear(peer("c").heartbeat({ term: 6 }), 401);
    node.until(401 + TIMEOUT);
    node.feed(held(node, holderOf("c", 6)));
    expect(node.done("fence")).toHaveLength(2);
  });

  test("given a fence that says yes while the lock stays held, when it is not called again, then the instance waits out its backoff", () => {
    const node = doubter({ fence: true, backoffMin: 300 });
    node.feed(held(node));
    node.feed({ type: "fenced", id: node.done("fence").at(-1)?.id ?? 0, ok: true }, 400);
    node.feed(held(node), 401);
    expect(node.done("campaign")).toHaveLength(2);
    node.until(401 + 350);
    expect(node.done("campaign")).toHaveLength(3);
  });

  test("given a fence that did nothing, when it says so, then the instance tries again after its backoff", () => {
    const node = doubter({ fence: true, backoffMin: 300 });
    node.feed(held(node));
    node.feed({ type: "fenced", id: node.done("fence").at(-1)?.id ?? 0, ok: false }, 400);
    expect(node.done("campaign")).toHaveLength(1);
    node.until(400 + 300);
    expect(node.done("campaign")).toHaveLength(2);
  });

  test("given a fence that still acts, when the kernel proves that the holder is gone, then nobody waits for the fence", () => {
    const node = doubter({ fence: true });
    node.feed(held(node));
    node.feed({ type: "evidence", evidence: { kind: "refused", incarnation: "b#1" } }, 400);
    expect(node.done("campaign")).toHaveLength(2);
  });

  test("given a fence that acts late, when another primary has come and gone since, then it is no reason to hurry", () => {
    const node = doubter({ fence: true, backoffMin: 300 });
    const c = peer("c");
    node.feed(held(node));
    node.hear(c.heartbeat({ term: 6 }), 400);
    node.hear(c.shutdown({ term: 6 }), 410);
    node.feed({ type: "undecided", id: campaignOf(node), error: new Error("the disk is full") }, 415);
    node.feed({ type: "fenced", id: node.done("fence").at(-1)?.id ?? 0, ok: true }, 420);
    expect(node.done("campaign")).toHaveLength(2);
  });
});

describe("a holder that proves that it lives", () => {
  const lives = (node: Instance, holder = holderOf("b")) => ({ ...held(node, holder), alive: true }) as const;

  test("given a holder that was not heard for a whole timeout, when it answers the campaign, then nobody is fenced, and it is the primary as before", () => {
    const node = doubter({ fence: true });
    node.feed(lives(node));
    expect(node.done("fence")).toEqual([]);
    expect(node.told("primary-unresponsive")).toEqual([]);
    expect(node.told("lostrace")).toMatchObject([{ instanceId: "b" }]);
    expect(node.state.watch.evidence).toBeUndefined();
    node.until(390 + TIMEOUT - 0.01);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given a holder that answers each time, when its heartbeats never come again, then there is a campaign a timeout, and never a fence", () => {
    const node = doubter({ fence: true });
    while (node.now < 20 * TIMEOUT)
      if (node.state.attempt === undefined) node.until(Math.min(20 * TIMEOUT, node.state.wakeAt));
      else node.feed(lives(node));
    expect(node.done("fence")).toEqual([]);
    expect(node.done("campaign").length).toBeLessThanOrEqual(20);
  });

  test("given a holder of a term that cannot be believed, when it answers, then nobody is fenced", () => {
    const node = contender({ fence: true });
    node.hear(peer("c").heartbeat({ term: 1 }), 1);
    const high = holderOf("b", Number.MAX_SAFE_INTEGER - 1);
    while (node.now < 20 * TIMEOUT)
      if (node.state.attempt === undefined) node.until(Math.min(20 * TIMEOUT, node.state.wakeAt));
      else node.feed(lives(node, high));
    expect(node.done("fence")).toEqual([]);
  });

  test("given a holder that was never heard, when it greets with a term that cannot be believed, then it has not been silent since", () => {
    const node = contender({ fence: true });
    node.hear(peer("c", "c#1").heartbeat({ term: 1 }), 1);
    node.feed({ type: "evidence", evidence: { kind: "refused", incarnation: "c#1" } }, 2);
    const suspect = { instanceId: "b", incarnation: "b#1", term: Number.MAX_SAFE_INTEGER - 1 };
    for (let round = 0; round < 20; round += 1) {
      node.until(node.now + TIMEOUT / 2);
      node.feed({ type: "greeted", holder: suspect });
      if (node.state.attempt !== undefined) node.feed(held(node, suspect));
    }
    expect(node.done("fence")).toEqual([]);
  });

  test("given a campaign that was called off, when it is told late that the holder lives, then that is no news", () => {
    const node = doubter();
    const late = lives(node);
    node.feed({ type: "set-enabled", enabled: false }, 395);
    node.until(500);
    node.feed(late);
    expect(node.state.watch.since).toBe(40);
  });

  test("given a holder that was asked and did not answer, when the campaign says so, then it hangs", () => {
    const node = doubter({ fence: true });
    node.feed({ ...held(node), alive: false });
    expect(node.told("primary-unresponsive")).toHaveLength(1);
    expect(node.done("fence")).toHaveLength(1);
  });

  test("given questions that the lock answers, when no heartbeat comes, then there is no evidence and no campaign at all", () => {
    const node = contender({ fence: true, witness: true });
    node.hear(peer("b").heartbeat({ term: 5 }), 40);
    const end = 10 * TIMEOUT;
    let answered = 0;
    while (node.now < end) {
      node.until(Math.min(end, node.state.wakeAt));
      const asked = node.done("ask");
      if (asked.length === answered) continue;
      answered = asked.length;
      const number = asked.at(-1)?.number ?? 0;
      node.feed({ type: "answered", via: "lock", number, instanceId: "b", incarnation: "b#1", term: 5 });
    }
    expect(node.told("evidence")).toEqual([]);
    expect(node.done("campaign")).toEqual([]);
    expect(node.told("primary-unheard")).toHaveLength(1);
  });
});
