import { describe, expect, test } from "vitest";
import { appointed, elected, instance, INTERVAL, peer, serving, TIMEOUT, type Instance } from "./support.ts";

const promoted = (error?: Error) => ({ type: "onPromote-settled", error }) as const;
const demoted = (error?: Error) => ({ type: "onDemote-settled", error }) as const;
const stepDown = { type: "step-down", id: 1, successor: undefined } as const;

describe("S5: coming into office", () => {
  test("given a claim that wins, when it does, then the role turns, heartbeats start and onPromote is called, in this order", () => {
    const node = instance();
    node.until(TIMEOUT - 1);
    node.forget();
    node.until(TIMEOUT);
    expect(node.order()).toEqual(["read", "emit evidence", "emit rolechange", "send heartbeat", "promote"]);
    expect(node.state.role).toBe("primary");
  });

  test("given a bus on which only the primary publishes, when the mandate is won, then the publishing side is taken before the first heartbeat", () => {
    const node = instance({ election: "campaign", deadline: false, publish: "primary" }, { ambition: true });
    const id = node.done("campaign").at(-1)?.id ?? 0;
    node.forget();
    node.feed({ type: "won", id, term: 3, deadline: Infinity });
    expect(node.order()).toEqual(["emit rolechange", "lead", "send heartbeat", "promote"]);
  });

  test("given a publishing side that is taken late, when it is, then a heartbeat is sent at once", () => {
    const node = appointed({ publish: "primary" });
    node.feed({ type: "leading" }, 7);
    expect(node.sent("heartbeat")).toHaveLength(1);
  });

  test("given an onPromote that is slow, when intervals pass, then heartbeats go on", () => {
    const node = elected();
    node.until(TIMEOUT + 3 * INTERVAL);
    expect(node.sent("heartbeat").map(({ slot }) => slot)).toEqual([1, 2, 3]);
  });

  test("given an onPromote that has returned, when it has, then instance.promoted tells the others", () => {
    const node = elected();
    expect(node.sent("promoted")).toEqual([]);
    node.feed(promoted());
    expect(node.sent("promoted")).toMatchObject([{ term: 1, interval: INTERVAL, timeout: TIMEOUT, priority: 0 }]);
    expect(node.state.work.stage).toBe("serving");
  });

  test("given a promotion, when onPromote is called, then it is given the term and the reason", () => {
    const node = instance();
    node.until(TIMEOUT);
    expect(node.done("promote")).toMatchObject([{ term: 1, reason: { code: "silence" } }]);
  });

  test("given a primary, when it beats, then the heartbeat carries term, slot and its timings", () => {
    const node = elected({ priority: 4 });
    node.until(TIMEOUT + INTERVAL);
    expect(node.sent("heartbeat")).toMatchObject([
      {
        term: 1,
        slot: 1,
        lateness: 0,
        interval: INTERVAL,
        timeout: TIMEOUT,
        priority: 4,
        instanceId: "a",
        incarnation: "a#1",
      },
    ]);
    expect(node.sent("heartbeat")[0]).not.toHaveProperty("leaving");
  });

  test("given a primary that stalls, when it beats again, then it skips slots and stays on its grid", () => {
    const node = appointed();
    node.feed({ type: "tick" }, 2.5 * INTERVAL);
    node.until(3 * INTERVAL);
    expect(node.sent("heartbeat")).toMatchObject([
      { slot: 2, lateness: 50 },
      { slot: 3, lateness: 0 },
    ]);
  });

  test("given a primary, when it answers somebody out of turn, then the grid does not shift", () => {
    const node = appointed();
    node.feed({ type: "audience" }, 30);
    node.until(INTERVAL);
    expect(node.sent("heartbeat")).toMatchObject([
      { slot: 0, lateness: 30 },
      { slot: 1, lateness: 0 },
    ]);
  });

  test("given a crowd that asks at once, when the primary answers, then with one heartbeat", () => {
    const node = appointed();
    for (const name of ["b", "c", "d"]) node.hear(peer(name).probe(), 30);
    node.until(40);
    expect(node.sent("heartbeat")).toHaveLength(2);
  });

  test("given a primary, when somebody new listens, then it says at once that it is there", () => {
    const node = appointed();
    node.feed({ type: "audience" }, 30);
    expect(node.sent("heartbeat")).toHaveLength(1);
  });
});

describe("S5: leaving by will, in order", () => {
  test("given a serving primary, when it leaves, then the role turns, the signal aborts and onDemote is called, in this order", () => {
    const node = serving();
    node.feed(stepDown, 360);
    expect(node.order()).toEqual(["emit rolechange", "abort", "demote"]);
    expect(node.state.role).toBe("secondary");
    expect(node.done("demote")).toMatchObject([{ term: 1, reason: { code: "stepdown" } }]);
  });

  test("given work that is being stopped, when intervals pass, then heartbeats marked leaving go on", () => {
    const node = serving();
    node.feed(stepDown, 360);
    node.until(TIMEOUT + INTERVAL);
    expect(node.sent("heartbeat")).toMatchObject([{ leaving: true, term: 1 }]);
  });

  test("given work that is being stopped, when a heartbeat is acknowledged, then the mandate is still proven", () => {
    const node = serving({ demoteTimeout: 1_000 });
    node.feed(stepDown, 360);
    node.until(TIMEOUT + 6 * INTERVAL);
    expect(node.state.office?.status).toBe("leaving");
  });

  test("given an onDemote that settles, when it has, then the lock is resigned first and the shutdown said after", () => {
    const node = appointed();
    node.feed(stepDown, 10);
    node.forget();
    node.feed(demoted(), 20);
    expect(node.order()).toEqual(["resign"]);
    const id = node.done("resign")[0]?.id ?? 0;
    node.feed({ type: "resigned", id }, 25);
    expect(node.order()).toEqual(["resign", "send shutdown"]);
    node.settle();
    expect(node.state.office).toBeUndefined();
  });

  test("given another mandate's resignation, when it is reported, then this one is not said goodbye for", () => {
    const node = appointed();
    node.feed(stepDown, 10);
    node.feed(demoted(), 20);
    node.feed({ type: "resigned", id: 99 }, 25);
    expect(node.sent("shutdown")).toEqual([]);
  });

  test("given claims, when onDemote settles, then the shutdown itself is the resignation and carries term, seq and successor", () => {
    const node = serving();
    node.feed({ type: "step-down", id: 1, successor: "b" }, 360);
    node.feed(demoted(), 370);
    expect(node.done("resign")).toEqual([]);
    expect(node.sent("shutdown")).toMatchObject([
      { term: 1, successor: "b", reason: "Stepped down on request.", incarnation: "a#1" },
    ]);
    expect(node.sent("shutdown")[0]?.seq).toBeGreaterThan(0);
  });

  test("given a shutdown that was said, when it is acknowledged, then no more heartbeats are sent", () => {
    const node = serving();
    node.feed(stepDown, 360);
    node.feed(demoted(), 370);
    node.settle();
    node.forget();
    node.until(700);
    expect(node.sent("heartbeat")).toEqual([]);
  });

  test("given a shutdown that the bus does not take, when an interval has passed, then that is an error and the office is over", () => {
    const node = appointed({}, { acknowledges: false });
    node.feed(stepDown, 10);
    node.feed(demoted(), 20);
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 }, 20);
    node.until(20 + INTERVAL - 1);
    expect(node.state.office?.status).toBe("farewell");
    node.until(20 + INTERVAL);
    expect(node.state.office).toBeUndefined();
    expect(node.told("error")).toHaveLength(1);
  });

  test("given a link that is down, when the office is left, then it ends without a goodbye", () => {
    const node = appointed();
    node.feed({ type: "link", up: false, connection: 1 }, 5);
    node.feed(stepDown, 10);
    node.feed(demoted(), 20);
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 }, 25);
    expect(node.state.office).toBeUndefined();
    expect(node.sent("shutdown")).toEqual([]);
  });

  test("given an election that does not confirm the resignation, when demoteTimeout has passed, then that is an error and the office is over", () => {
    const node = appointed();
    node.feed(stepDown, 10);
    node.feed(demoted(), 20);
    node.until(20 + 110);
    expect(node.told("error")).toHaveLength(1);
    expect(node.state.office).toBeUndefined();
  });

  test("given a bus on which only the primary publishes, when the office is over, then the publishing side is given up", () => {
    const node = appointed({ publish: "primary" });
    node.feed(stepDown, 10);
    node.feed(demoted(), 20);
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 }, 25);
    node.settle();
    expect(node.order().slice(-2)).toEqual(["send shutdown", "follow"]);
  });

  test("given a primary, when it is disabled, then nothing changes until it loses the mandate", () => {
    const node = serving();
    node.feed({ type: "set-enabled", enabled: false }, 360);
    expect(node.state.role).toBe("primary");
    expect(node.order()).toEqual([]);
    node.hear(peer("b").heartbeat({ term: 2 }), 370);
    node.feed(demoted(), 380);
    node.until(3_000);
    expect(node.done("promote")).toEqual([]);
  });
});

describe("S5: callbacks never overlap and strictly alternate", () => {
  test("given an onPromote that still runs, when the mandate is lost, then its signal is aborted first, and onDemote waits until it has settled", () => {
    const node = elected();
    node.hear(peer("b").heartbeat({ term: 2 }), 360);
    expect(node.order()).toEqual(["emit rolechange", "abort", "emit promoted"]);
    node.feed(promoted(), 370);
    expect(node.done("demote")).toHaveLength(1);
    expect(node.sent("promoted")).toEqual([]);
  });

  test("given an onPromote that throws, when it has, then its signal is aborted, onDemote is called, and only then is the mandate resigned", () => {
    const node = appointed();
    node.feed(stepDown, 1);
    node.feed(demoted(), 2);
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 }, 3);
    node.settle();
    node.until(1_000);
    node.feed({ type: "won", id: node.done("campaign").at(-1)?.id ?? 0, term: 8, deadline: Infinity });
    node.forget();
    node.feed(promoted(new Error("no disk")));
    expect(node.order()).toEqual(["emit error", "emit rolechange", "abort", "send heartbeat", "demote"]);
    expect(node.told("error")).toMatchObject([{ reason: { code: "promote-failed", message: "no disk" } }]);
    node.feed(demoted());
    expect(node.order().slice(5)).toEqual(["resign"]);
  });

  test("given an onPromote that outlives promoteTimeout, when it does, then its signal is aborted and its end is awaited before onDemote", () => {
    const node = elected();
    node.until(TIMEOUT + 1_000 - 0.01);
    expect(node.state.role).toBe("primary");
    node.forget();
    node.until(TIMEOUT + 1_000);
    expect(node.order().filter((what) => what !== "send heartbeat")).toEqual([
      "emit error",
      "emit rolechange",
      "abort",
    ]);
    expect(node.told("error")).toMatchObject([{ reason: { code: "promote-timeout" } }]);
    node.feed(promoted());
    expect(node.done("demote")).toHaveLength(1);
    expect(node.sent("shutdown")).toEqual([]);
    node.feed(demoted());
    expect(node.sent("shutdown")).toHaveLength(1);
  });

  test("given a mandate lost while the work is being stopped, when onDemote settles, then it has been called once, and nothing is said", () => {
    const node = serving();
    node.feed(stepDown, 360);
    node.hear(peer("b").heartbeat({ term: 2 }), 370);
    node.feed(demoted(), 380);
    expect(node.done("demote")).toHaveLength(1);
    expect(node.sent("shutdown")).toEqual([]);
    expect(node.state.office).toBeUndefined();
  });

  test("given an office that is being left, when a new mandate could be won, then nobody campaigns before onDemote has settled", () => {
    const node = serving();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 2 }), 360);
    node.hear(b.shutdown({ term: 2 }), 370);
    node.until(380);
    expect(node.sent("claim")).toEqual([]);
    expect(node.done("promote")).toEqual([]);
  });

  test("given an onPromote that settles without an office, when it does, then nothing happens", () => {
    const node = instance();
    node.feed(promoted(), 10);
    node.feed(demoted(), 20);
    expect(node.order()).toEqual([]);
  });

  test("given an onDemote that throws, when it has, then that is an error, and the mandate is resigned all the same", () => {
    const node = serving();
    node.feed(stepDown, 360);
    node.feed(demoted(new Error("still busy")), 370);
    expect(node.told("error")).toMatchObject([{ reason: { code: "demote-failed", message: "still busy" } }]);
    expect(node.sent("shutdown")).toHaveLength(1);
  });

  test("given a mandate that the election says is lost, when it does, then the work stops, and nothing is resigned", () => {
    const node = appointed();
    node.feed({ type: "lost", id: node.state.office?.id ?? 0, message: "The listener closed." }, 10);
    expect(node.order()).toEqual(["emit rolechange", "abort", "demote"]);
    expect(node.told("rolechange")).toMatchObject([{ reason: { code: "lost", message: "The listener closed." } }]);
    node.feed(demoted(), 20);
    expect(node.done("resign")).toEqual([]);
    expect(node.sent("shutdown")).toEqual([]);
  });

  test("given the loss of another mandate, when the election tells, then this one stands", () => {
    const node = appointed();
    node.feed({ type: "lost", id: 99, message: "lost" }, 10);
    expect(node.state.role).toBe("primary");
  });

  test("given a lock and a higher mandate on the bus, when the work has stopped, then the lock is given up and no shutdown said", () => {
    const node = appointed();
    node.hear(peer("b").heartbeat({ term: 8 }), 10);
    expect(node.done("resign")).toEqual([]);
    node.feed(demoted(), 20);
    expect(node.done("resign")).toHaveLength(1);
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 }, 25);
    expect(node.sent("shutdown")).toEqual([]);
    expect(node.state.office).toBeUndefined();
  });
});

describe("S5: an onDemote that outlives demoteTimeout", () => {
  const overrun = (overrides: Parameters<typeof appointed>[0] = {}): Instance => {
    const node = appointed(overrides);
    node.feed(stepDown, 10);
    node.until(10 + 110 - 0.01);
    expect(node.told("error")).toEqual([]);
    node.until(10 + 110);
    return node;
  };

  test("given such an onDemote, when it is overdue, then that is an error event and heartbeats and renewals stop", () => {
    const node = overrun();
    expect(node.told("error")).toMatchObject([{ reason: { code: "demote-timeout" } }]);
    expect(node.done("abandon")).toHaveLength(1);
    node.forget();
    node.until(2_000);
    expect(node.sent("heartbeat")).toEqual([]);
    expect(node.told("error")).toEqual([]);
  });

  test("given such an onDemote, when it is overdue, then the lock is not given up", () => {
    const node = overrun();
    node.until(2_000);
    expect(node.done("resign")).toEqual([]);
    expect(node.sent("shutdown")).toEqual([]);
  });

  test("given such an onDemote and the option to release, when it is overdue, then the lock is given up", () => {
    const node = overrun({ releaseOnOverrun: true });
    expect(node.done("resign")).toHaveLength(1);
    expect(node.done("abandon")).toEqual([]);
    node.feed(demoted(), 500);
    expect(node.done("resign")).toHaveLength(1);
    expect(node.state.office).toBeUndefined();
  });

  test("given such an onDemote, when a primary is gone, then this instance does not campaign until it really settles", () => {
    const node = overrun();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 8 }), 200);
    node.hear(b.shutdown({ term: 8 }), 210);
    node.until(3 * TIMEOUT);
    expect(node.done("campaign")).toEqual([]);
    node.feed(demoted());
    node.feed({ type: "resigned", id: node.done("resign")[0]?.id ?? 0 });
    node.until(6 * TIMEOUT);
    expect(node.done("campaign").length).toBeGreaterThan(0);
  });

  test("given such an onDemote, when it settles after all, then the lock is resigned", () => {
    const node = overrun();
    node.feed(demoted(), 500);
    expect(node.done("resign")).toHaveLength(1);
  });

  test("given claims, when onDemote is overdue, then heartbeats stop and no shutdown is said", () => {
    const node = serving();
    node.feed(stepDown, 360);
    node.until(360 + 110);
    node.forget();
    node.until(1_000);
    expect(node.done("send")).toEqual([]);
    expect(node.state.office).toBeDefined();
  });

  test("given an onPromote that goes on after its signal, when demoteTimeout has passed, then the error names onPromote", () => {
    const node = elected();
    node.feed(stepDown, 360);
    node.until(360 + 110);
    expect(node.told("error")).toMatchObject([
      { reason: { code: "demote-timeout", message: expect.stringMatching(/^onPromote did not/) as string } },
    ]);
  });

  test("given a mandate that lapsed, when the work does not stop in time, then it is overdue from the loss", () => {
    const node = serving({}, {});
    node.feed({ type: "suspended", duration: TIMEOUT, message: "suspended" }, 360);
    node.until(360 + 110 - 0.01);
    expect(node.told("error")).toEqual([]);
    node.until(360 + 110);
    expect(node.told("error")).toHaveLength(1);
  });

  test("given a mandate lost while the work was being stopped, when the work does not stop in time, then it is overdue from the beginning", () => {
    const node = serving();
    node.feed(stepDown, 360);
    node.feed({ type: "suspended", duration: TIMEOUT, message: "suspended" }, 400);
    node.until(360 + 110);
    expect(node.told("error")).toHaveLength(1);
  });
});

describe("shutdown()", () => {
  test("given an instance that was never started, when it is shut down, then it is over", () => {
    const node = instance({}, { opened: false });
    node.feed({ type: "shutdown" });
    expect(node.order()).toEqual(["ended"]);
    node.feed({ type: "opened", connection: 1, barrier: true });
    expect(node.state.life).toBe("ended");
  });

  test("given a secondary, when it is shut down, then its claim is withdrawn and it is over", () => {
    const node = instance();
    node.until(TIMEOUT - 10);
    node.forget();
    node.feed({ type: "shutdown" });
    expect(node.order()).toEqual(["send yield", "ended"]);
    expect(node.state.wakeAt).toBe(Infinity);
  });

  test("given a campaign under way, when the instance is shut down, then the campaign is cancelled and a mandate won all the same is resigned", () => {
    const node = instance({ election: "campaign" }, { ambition: true });
    const id = node.done("campaign")[0]?.id ?? 0;
    node.forget();
    node.feed({ type: "shutdown" }, 10);
    expect(node.order()).toEqual(["cancel", "ended"]);
    node.feed({ type: "won", id, term: 3, deadline: Infinity }, 20);
    expect(node.order()).toEqual(["cancel", "ended", "resign"]);
  });

  test("given a primary, when it is shut down, then it leaves in order and is over when its goodbye is out", () => {
    const node = serving();
    node.feed({ type: "shutdown" }, 360);
    node.feed(demoted(), 370);
    expect(node.order()).toEqual(["emit rolechange", "abort", "demote", "send shutdown"]);
    node.settle();
    expect(node.order().at(-1)).toBe("ended");
    expect(node.done("ended")).toEqual([{ type: "ended", error: undefined }]);
  });

  test("given an instance that is being shut down, when it is shut down again, then nothing more happens", () => {
    const node = serving();
    node.feed({ type: "shutdown" }, 360);
    node.forget();
    node.feed({ type: "shutdown" }, 361);
    expect(node.order()).toEqual([]);
  });

  test("given a primary that is stepping down, when it is shut down, then it goes on leaving and is over at the end", () => {
    const node = serving();
    node.feed(stepDown, 360);
    node.feed({ type: "shutdown" }, 361);
    node.feed(demoted(), 370);
    node.settle();
    expect(node.done("demote")).toHaveLength(1);
    expect(node.done("ended")).toHaveLength(1);
  });

  test("given a shutdown, when onDemote outlives demoteTimeout, then shutdown() rejects", () => {
    const node = serving();
    node.feed({ type: "shutdown" }, 360);
    node.until(360 + 110);
    expect(node.done("ended")[0]?.error?.message).toContain("demoteTimeout (110 ms)");
  });

  test("given an onDemote that has outlived demoteTimeout already, when the instance is shut down, then shutdown() rejects", () => {
    const node = serving();
    node.feed(stepDown, 360);
    node.until(360 + 200);
    node.feed({ type: "shutdown" });
    node.until(3_000);
    expect(node.done("ended")[0]?.error).toBeInstanceOf(Error);
  });

  test("given a watcher that is over, when anything happens, then nothing is done", () => {
    const node = instance();
    node.feed({ type: "shutdown" });
    node.forget();
    node.hear(peer("b").heartbeat(), 10);
    node.feed({ type: "step-down", id: 1, successor: undefined }, 20);
    node.feed({ type: "tick" }, 3_000);
    expect(node.order()).toEqual([]);
  });

  test("given a bus that is open before the watcher is live, when the primary is heard in between, then it is known", () => {
    const node = instance({}, { opened: false });
    node.hear(peer("b").heartbeat(), 10);
    node.feed({ type: "tick" }, 3_000);
    expect(node.order()).not.toContain("campaign");
    expect(node.state.primary).toMatchObject({ instanceId: "b" });
  });

  test("given a watcher that is live, when it is opened again, then nothing changes", () => {
    const node = serving();
    node.feed({ type: "opened", connection: 2, barrier: true }, 360);
    expect(node.state.link.connection).toBe(1);
  });
});
