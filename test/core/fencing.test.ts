import { describe, expect, test } from "vitest";
import {
  appointed,
  contender,
  elected,
  instance,
  INTERVAL,
  peer,
  serving,
  TIMEOUT,
  TRUST,
  type Instance,
} from "./support.ts";

/** When the first mandate of `elected` ends unless it is proven again: its first heartbeat was sent at 350. */
const LAPSE = TIMEOUT + TRUST;

const proof = (node: Instance, sentAt: number, connection = 1) =>
  ({
    type: "sent",
    receipt: { for: "heartbeat", office: node.state.office?.id ?? 0, connection },
    ok: true,
    sentAt,
  }) as const;

describe("S3: the deadline", () => {
  test("given a primary whose heartbeats are acknowledged, when each is, then the deadline is 2/3 of its own timeout after it was sent", () => {
    const node = elected();
    expect(node.state.office?.deadline).toBeCloseTo(LAPSE);
    node.feed(proof(node, 400), 430);
    expect(node.state.office?.deadline).toBeCloseTo(400 + TRUST);
  });

  test("given acknowledgements that arrive out of order, when an older one comes last, then the deadline does not move back", () => {
    const node = elected();
    node.feed(proof(node, 420), 430);
    node.feed(proof(node, 400), 440);
    expect(node.state.office?.deadline).toBeCloseTo(420 + TRUST);
  });

  test("given a heartbeat that the bus did not take, when that is told, then the deadline stands", () => {
    const node = elected();
    node.feed({ ...proof(node, 400), ok: false }, 430);
    expect(node.state.office?.deadline).toBeCloseTo(LAPSE);
  });

  test("given a heartbeat of an earlier office, when it is acknowledged, then it proves nothing about this one", () => {
    const node = elected();
    node.feed({ type: "sent", receipt: { for: "heartbeat", office: 99, connection: 1 }, ok: true, sentAt: 400 }, 430);
    expect(node.state.office?.deadline).toBeCloseTo(LAPSE);
  });

  test("given a heartbeat sent in an earlier connection, when it is acknowledged, then it proves nothing", () => {
    const node = elected();
    node.feed({ type: "link", up: true, connection: 2 }, 400);
    node.feed(proof(node, 400, 1), 430);
    expect(node.state.office?.deadline).toBeCloseTo(LAPSE);
  });

  test("given a link that is down, when an acknowledgement still comes, then it proves nothing", () => {
    const node = elected();
    node.feed({ type: "link", up: false, connection: 1 }, 400);
    node.feed(proof(node, 399), 430);
    expect(node.state.office?.deadline).toBeCloseTo(LAPSE);
  });

  test("given a primary that cannot prove itself, when the deadline comes, then it fences itself and says that it is isolated", () => {
    const node = elected({}, {});
    node.feed({ type: "link", up: false, connection: 1 }, 400);
    node.until(LAPSE - 0.01);
    expect(node.state.role).toBe("primary");
    node.until(LAPSE);
    expect(node.told("rolechange")).toMatchObject([{ newRole: "secondary", term: 1, reason: { code: "lapsed" } }]);
    expect(node.told("isolated")).toMatchObject([{ term: 1, reason: { code: "link-down" } }]);
    expect(node.done("abort")).toHaveLength(1);
  });

  test("given a primary whose bus is there but acknowledges nothing, when the deadline comes, then it says that it is isolated", () => {
    const node = elected();
    node.feed({ type: "tick" }, LAPSE);
    expect(node.told("isolated")).toMatchObject([{ term: 1, reason: { code: "lapsed" } }]);
  });

  test("given a mandate that lapsed, when an acknowledgement arrives later, then it never comes back", () => {
    const node = elected();
    node.feed(proof(node, 570), LAPSE);
    expect(node.state.role).toBe("secondary");
    node.feed(proof(node, 575), LAPSE + 1);
    expect(node.state.role).toBe("secondary");
    expect(node.state.office?.deadline).toBeCloseTo(LAPSE);
  });

  test("given a mandate that lapsed, when the work stops, then no shutdown is said: others count the timeout", () => {
    const node = serving();
    node.feed({ type: "tick" }, LAPSE);
    node.forget();
    node.feed({ type: "onDemote-settled", error: undefined }, LAPSE + 5);
    expect(node.done("send")).toEqual([]);
    expect(node.state.office).toBeUndefined();
  });

  test("given a mandate that lapsed, when the instance watches again, then it waits a whole timeout like any other", () => {
    const node = serving();
    node.feed({ type: "tick" }, LAPSE);
    node.feed({ type: "onDemote-settled", error: undefined }, 600);
    node.until(600 + TIMEOUT - 0.01);
    expect(node.done("promote")).toEqual([]);
    node.until(600 + TIMEOUT);
    expect(node.done("promote")).toHaveLength(1);
  });

  test("given a primary and a secondary that hears its last heartbeat at once, when the bus is cut, then the primary is fenced before the secondary may win", () => {
    const primary = elected();
    const secondary = instance({ instanceId: "b", incarnation: "b#1" });
    secondary.until(TIMEOUT - 20);
    secondary.hear(peer("a", "a#1").heartbeat({ term: 1 }), TIMEOUT);
    secondary.until(TIMEOUT + TRUST + 1);
    primary.feed({ type: "link", up: false, connection: 1 }, TIMEOUT + 1);
    primary.until(TIMEOUT + TRUST + 1);
    expect([primary.state.role, secondary.state.role]).toEqual(["secondary", "secondary"]);
    secondary.until(2 * TIMEOUT);
    expect(secondary.state.role).toBe("primary");
  });

  test("given the deadline of a mandate, when a leaving primary reaches it, then its heartbeats stop too", () => {
    const node = serving({ demoteTimeout: 1_000 });
    node.feed({ type: "step-down", id: 1, successor: undefined }, 360);
    node.feed({ type: "link", up: false, connection: 1 }, 370);
    node.feed({ type: "link", up: true, connection: 2 }, 371);
    node.forget();
    node.feed({ type: "tick" }, LAPSE);
    expect(node.done("send")).toEqual([]);
    expect(node.state.office?.status).toBe("fenced");
  });
});

describe("S2: trust is checked before anything is done", () => {
  test("given a program that was paused past the deadline, when any input is taken, then the mandate is fenced before it", () => {
    const node = serving();
    node.hear(peer("b").probe(), LAPSE + 60_000);
    expect(node.order()).toEqual(["emit isolated", "emit rolechange", "abort", "demote"]);
    expect(node.sent("heartbeat")).toEqual([]);
  });

  test("given an onPromote that returns past the deadline, when it has, then nobody is told that the promotion is complete", () => {
    const node = elected();
    node.feed({ type: "onPromote-settled", error: undefined }, LAPSE);
    expect(node.sent("promoted")).toEqual([]);
    expect(node.done("demote")).toHaveLength(1);
  });

  test("given a machine that was suspended, when the deadline has passed meanwhile, then the mandate is fenced", () => {
    const node = serving();
    node.feed({ type: "suspended", duration: LAPSE - 360, message: "suspended" }, 360);
    expect(node.told("rolechange")).toMatchObject([{ newRole: "secondary", reason: { code: "lapsed" } }]);
    expect(node.told("isolated")).toHaveLength(1);
  });

  test("given a secondary, when its machine was suspended, then nothing happens", () => {
    const node = instance();
    node.feed({ type: "suspended", duration: 60_000, message: "suspended" }, 10);
    expect(node.order()).toEqual([]);
  });
});

describe("S3: leases", () => {
  const leased = (deadline: number): Instance => appointed({ deadline: true }, {}, { deadline });

  test("given a lease, when heartbeats are acknowledged, then they prove nothing about it", () => {
    const node = leased(200);
    node.feed(proof(node, 100), 110);
    expect(node.state.office?.deadline).toBe(200);
  });

  test("given a lease, when it is renewed, then the deadline is the renewal's, and never an earlier one", () => {
    const node = leased(200);
    const id = node.state.office?.id ?? 0;
    node.feed({ type: "renewed", id, deadline: 300 }, 110);
    expect(node.state.office?.deadline).toBe(300);
    node.feed({ type: "renewed", id, deadline: 250 }, 120);
    node.feed({ type: "renewed", id: 99, deadline: 400 }, 130);
    expect(node.state.office?.deadline).toBe(300);
  });

  test("given a lease, when it is renewed after its deadline, then it does not come back", () => {
    const node = leased(200);
    node.feed({ type: "renewed", id: node.state.office?.id ?? 0, deadline: 500 }, 200);
    expect(node.state.role).toBe("secondary");
  });

  test("given a lease whose work is being stopped, when it is renewed, then it goes on, so that nobody takes over under running work", () => {
    const node = leased(200);
    node.feed({ type: "step-down", id: 1, successor: undefined }, 10);
    node.feed({ type: "renewed", id: node.state.office?.id ?? 0, deadline: 300 }, 110);
    expect(node.state.office?.deadline).toBe(300);
  });

  test("given a mandate that is past its deadline at birth, when it is won, then it is resigned, and tried again after a backoff", () => {
    const node = contender({ deadline: true }, { ambition: true });
    const id = node.done("campaign")[0]?.id ?? 0;
    node.feed({ type: "won", id, term: 3, deadline: 50 }, 50);
    expect(node.done("resign")).toEqual([{ type: "resign", id, successor: undefined }]);
    expect(node.done("promote")).toEqual([]);
    expect(node.told("error")).toHaveLength(1);
    node.until(60);
    expect(node.done("campaign")).toHaveLength(2);
  });

  test("given a lease that lapsed, when the work has stopped, then it is given up, in case it is still ours", () => {
    const node = leased(200);
    node.feed({ type: "tick" }, 200);
    node.feed({ type: "onDemote-settled", error: undefined }, 210);
    expect(node.done("resign")).toHaveLength(1);
  });
});

describe("locks have no deadline", () => {
  test("given a primary by a kernel lock, when the bus is away, then it stays primary and is not isolated", () => {
    const node = appointed();
    node.feed({ type: "link", up: false, connection: 1 }, 10);
    node.until(10 * TIMEOUT);
    expect(node.state.role).toBe("primary");
    expect(node.told("isolated")).toEqual([]);
  });
});

describe("a primary that keeps its role when isolated", () => {
  const keeper = (): Instance => serving({ keepsWhenIsolated: true });

  test("given a link that drops in time, when the deadline passes, then it stays primary and has said that it is isolated", () => {
    const node = keeper();
    node.feed({ type: "link", up: false, connection: 1 }, 360);
    node.until(10 * TIMEOUT);
    expect(node.state.role).toBe("primary");
    expect(node.told("isolated")).toHaveLength(1);
  });

  test("given a link that returns, when a heartbeat is acknowledged there, then the deadline counts again", () => {
    const node = keeper();
    node.feed({ type: "link", up: false, connection: 1 }, 360);
    node.feed({ type: "link", up: true, connection: 2 }, 1_000);
    expect(node.state.office?.deadline).toBe(Infinity);
    node.feed(proof(node, 1_000, 2), 1_010);
    expect(node.state.office?.deadline).toBeCloseTo(1_000 + TRUST);
    node.feed({ type: "link", up: false, connection: 2 }, 1_020);
    expect(node.told("isolated")).toHaveLength(2);
  });

  test("given a link that is up but acknowledges nothing, when the deadline comes, then it fences itself as any other", () => {
    const node = keeper();
    node.feed({ type: "tick" }, LAPSE);
    expect(node.state.role).toBe("secondary");
  });

  test("given another that was promoted meanwhile, when it is heard, then the keeper yields", () => {
    const node = keeper();
    node.feed({ type: "link", up: false, connection: 1 }, 360);
    node.feed({ type: "link", up: true, connection: 2 }, 1_000);
    node.hear(peer("b").heartbeat({ term: 2 }), 1_001);
    expect(node.state.role).toBe("secondary");
  });
});

describe("isolated", () => {
  test("given a primary whose link drops, when it does, then it is isolated, and says so once in an office", () => {
    const node = elected();
    node.feed({ type: "link", up: false, connection: 1 }, 360);
    node.feed({ type: "link", up: true, connection: 2 }, 370);
    node.feed({ type: "link", up: false, connection: 2 }, 380);
    expect(node.told("isolated")).toMatchObject([{ term: 1, reason: { code: "link-down" } }]);
  });

  test("given a primary whose link returns in time, when its heartbeat is acknowledged, then it stays primary", () => {
    const node = serving();
    node.feed({ type: "link", up: false, connection: 1 }, 360);
    node.feed({ type: "link", up: true, connection: 2 }, 500);
    expect(node.sent("heartbeat")).toHaveLength(1);
    node.until(500 + 10 * INTERVAL);
    expect(node.state.role).toBe("primary");
  });

  test("given a link that is down, when heartbeats fall due, then they are dropped and not queued", () => {
    const node = appointed();
    node.feed({ type: "link", up: false, connection: 1 }, 10);
    node.until(5 * INTERVAL);
    expect(node.sent("heartbeat")).toEqual([]);
    node.feed({ type: "link", up: true, connection: 2 }, 5 * INTERVAL + 1);
    expect(node.sent("heartbeat")).toHaveLength(1);
  });
});
