import { describe, expect, test } from "vitest";
import type { Arrival } from "../../src/detector.ts";
import { contender, holderOf, instance, INTERVAL, peer, TIMEOUT, WINDOW, type Instance } from "./support.ts";

const silences = (node: ReturnType<typeof instance>): number =>
  node.told("evidence").filter(({ kind }) => kind === "silence").length;

describe("silence", () => {
  test("given a heard primary, when heartbeatTimeout passes without a heartbeat, then silence is evidence at that moment and not before", () => {
    const node = contender();
    node.hear(peer("b").heartbeat(), 40);
    node.until(40 + TIMEOUT - 0.01);
    expect(silences(node)).toBe(0);
    node.until(40 + TIMEOUT);
    expect(silences(node)).toBe(1);
  });

  test("given a heard primary, when it says that its promotion is complete, then that is life like a heartbeat", () => {
    const node = contender();
    const b = peer("b");
    node.hear(b.heartbeat(), 40);
    node.hear(b.promoted(), 140);
    node.until(140 + TIMEOUT - 0.01);
    expect(silences(node)).toBe(0);
  });

  test("L3: given a secondary that never heard a primary, when heartbeatTimeout has passed since its subscription was live, then that is silence", () => {
    const node = contender({}, { opened: false });
    node.feed({ type: "opened", connection: 1, barrier: true }, 1_000);
    node.until(1_000 + TIMEOUT - 0.01);
    expect(silences(node)).toBe(0);
    node.until(1_000 + TIMEOUT);
    expect(node.told("evidence")).toEqual([
      { kind: "silence", reason: { code: "silence", message: expect.stringContaining(`${TIMEOUT} ms`) as string } },
    ]);
  });

  test("given evidence of silence, when it is told, then it names whom it is against", () => {
    const node = contender();
    node.hear(peer("b").heartbeat({ term: 5 }), 40);
    node.until(40 + TIMEOUT);
    expect(node.told("evidence")).toMatchObject([{ kind: "silence", instanceId: "b", term: 5 }]);
  });

  test("given standing silence, when more time passes, then it is told once", () => {
    const node = contender({}, { enabled: false });
    node.until(10 * TIMEOUT);
    expect(silences(node)).toBe(1);
  });

  test("given a tick that comes early or twice, when it is taken, then nothing is done", () => {
    const node = instance();
    node.hear(peer("b").heartbeat(), 40);
    node.settle();
    node.forget();
    const { wakeAt } = node.state;
    node.feed({ type: "tick" }, 41);
    node.feed({ type: "tick" }, 41);
    expect(node.order()).toEqual([]);
    expect(node.state.wakeAt).toBe(wakeAt);
  });

  test("given a detector of the program's own, when a heartbeat arrives, then silence is what the detector says", () => {
    const arrivals: Arrival[] = [];
    const detector = {
      name: "patient",
      initial: 0,
      observe: (state: unknown, arrival: Arrival): unknown => {
        arrivals.push(arrival);
        return (state as number) + 1;
      },
      deadline: (state: unknown, arrival: Arrival): number => arrival.at + 1_000 * (state as number),
    };
    const node = contender({ detector, probes: false });
    const b = peer("b");
    node.hear(b.heartbeat({ slot: 3, lateness: 2, interval: 90, timeout: 400 }), 40);
    expect(arrivals).toEqual([{ at: 40, interval: 90, slot: 3, lateness: 2, timeout: 400, stalled: false }]);
    expect(node.state.wakeAt).toBe(1_040);
    node.hear(b.heartbeat({ slot: 4 }), 140);
    expect(node.state.wakeAt).toBe(2_140);
  });

  test("given a detector that has learnt a primary's rhythm, when another mandate is heard, then it starts anew", () => {
    const detector = {
      name: "counting",
      initial: 0,
      observe: (state: unknown): unknown => (state as number) + 1,
      deadline: (state: unknown, arrival: Arrival): number => arrival.at + TIMEOUT * (state as number),
    };
    const node = contender({ detector });
    const b = peer("b");
    node.hear(b.heartbeat(), 10);
    node.hear(b.heartbeat(), 20);
    expect(node.state.watch.detector).toBe(2);
    node.hear(peer("c").heartbeat({ term: 6 }), 30);
    expect(node.state.watch.detector).toBe(1);
  });
});

describe("S3: the wait is the larger of the own and the announced timeout", () => {
  test.for([
    { announced: TIMEOUT - 100, wait: TIMEOUT },
    { announced: 500, wait: 500 },
    { announced: 10 * TIMEOUT, wait: 10 * TIMEOUT },
    { announced: 10 * TIMEOUT + 1, wait: TIMEOUT },
  ])(
    "given a primary that announces a timeout of $announced ms, when it falls silent, then the secondary waits $wait ms",
    ({ announced, wait }) => {
      const node = contender();
      node.hear(peer("b").heartbeat({ timeout: announced }), 40);
      node.until(40 + wait - 0.01);
      expect(silences(node)).toBe(0);
      node.until(40 + wait);
      expect(silences(node)).toBe(1);
    },
  );

  test("given a primary that announced a longer timeout, when it greets without saying one, then the announced one stays in force", () => {
    const node = contender();
    node.hear(peer("b").heartbeat({ timeout: 600 }), 40);
    node.feed({ type: "greeted", holder: holderOf("b") }, 140);
    node.until(140 + 600 - 0.01);
    expect(silences(node)).toBe(0);
  });

  test("given a primary that announced a longer timeout, when another mandate is heard without one, then the own timeout counts", () => {
    const node = contender();
    node.hear(peer("b").heartbeat({ timeout: 600 }), 40);
    node.feed({ type: "greeted", holder: holderOf("c", 6) }, 140);
    node.until(140 + TIMEOUT);
    expect(silences(node)).toBe(1);
  });

  test("given a link that returns, when the last primary announced a longer timeout, then the secondary waits that long", () => {
    const node = contender();
    node.hear(peer("b").heartbeat({ timeout: 600 }), 40);
    node.feed({ type: "link", up: false, connection: 1 }, 50);
    node.feed({ type: "link", up: true, connection: 2 }, 60);
    node.until(60 + 600 - 0.01);
    expect(silences(node)).toBe(0);
    node.until(60 + 600);
    expect(silences(node)).toBe(1);
  });
});

describe("S6: a late observer is not a dead primary", () => {
  test("given a deadline of silence that has passed, when it is judged, then everything that has arrived is read first", () => {
    const node = contender();
    node.feed({ type: "tick" }, TIMEOUT);
    expect(node.done("read")).toEqual([{ type: "read", asOf: TIMEOUT }]);
    expect(node.told("evidence")).toEqual([]);
    node.feed({ type: "read", asOf: TIMEOUT });
    expect(silences(node)).toBe(1);
  });

  test("given a deadline of silence that has passed, when the turn of reading brings a heartbeat, then there is no evidence", () => {
    const node = contender();
    node.feed({ type: "tick" }, TIMEOUT);
    node.hear(peer("b").heartbeat());
    node.settle();
    expect(node.told("evidence")).toEqual([]);
    expect(node.done("campaign")).toEqual([]);
  });

  test("given a turn of reading under way, when ticks come, then it is not asked for twice", () => {
    const node = contender();
    node.feed({ type: "tick" }, TIMEOUT);
    node.feed({ type: "tick" }, TIMEOUT + 1);
    expect(node.done("read")).toHaveLength(1);
  });

  test("given a turn of reading that began before the deadline, when it ends after it, then it proves nothing about the deadline", () => {
    const node = instance({ probes: false });
    node.feed({ type: "tick" }, TIMEOUT - WINDOW);
    expect(node.done("read")).toEqual([{ type: "read", asOf: TIMEOUT - WINDOW }]);
    node.feed({ type: "read", asOf: TIMEOUT - WINDOW }, TIMEOUT + 5);
    expect(node.told("evidence")).toEqual([]);
    expect(node.done("read").at(-1)).toEqual({ type: "read", asOf: TIMEOUT + 5 });
  });

  test("given a secondary whose own timer came later than one interval, when silence is due, then it waits one interval more", () => {
    const node = contender({ probes: false });
    node.feed({ type: "tick" }, TIMEOUT + INTERVAL + 1);
    node.settle();
    expect(node.told("evidence")).toEqual([]);
    node.until(TIMEOUT + INTERVAL + 1 + INTERVAL - 0.01);
    expect(node.told("evidence")).toEqual([]);
    node.until(TIMEOUT + INTERVAL + 1 + INTERVAL);
    expect(silences(node)).toBe(1);
  });

  test("given a deadline that was noticed on time, when the turn of reading after it comes later than one interval, then it waits one interval more", () => {
    const node = contender({ probes: false });
    node.feed({ type: "tick" }, TIMEOUT);
    node.feed({ type: "read", asOf: TIMEOUT }, TIMEOUT + INTERVAL + 1);
    expect(node.told("evidence")).toEqual([]);
    node.until(TIMEOUT + INTERVAL + 1 + INTERVAL);
    expect(silences(node)).toBe(1);
  });

  test("given a secondary that blames itself, when it does, then the journal says so", () => {
    const node = contender({ probes: false });
    node.feed({ type: "tick" }, TIMEOUT + 150);
    expect(node.done("journal").map(({ reason }) => reason.code)).toContain("stalled");
  });

  test("given a secondary whose own timer came late by one interval and no more, when silence is due, then it does not blame itself", () => {
    const node = contender({ probes: false });
    node.feed({ type: "tick" }, TIMEOUT + INTERVAL);
    node.settle();
    expect(silences(node)).toBe(1);
  });

  test("given a secondary that has blamed itself, when it is late again without a fresh heartbeat, then it does not wait again", () => {
    const node = contender({ probes: false });
    node.feed({ type: "tick" }, TIMEOUT + 150);
    node.feed({ type: "tick" }, TIMEOUT + 150 + INTERVAL + 150);
    node.settle();
    expect(silences(node)).toBe(1);
  });

  test("given a secondary that has blamed itself, when it is late again after a fresh heartbeat, then it waits again", () => {
    const node = contender({ probes: false });
    node.feed({ type: "tick" }, TIMEOUT + 150);
    node.hear(peer("b").heartbeat(), TIMEOUT + 160);
    node.feed({ type: "tick" }, 2 * TIMEOUT + 160 + 150);
    node.settle();
    expect(silences(node)).toBe(0);
  });

  test("given a secondary that was late while silence was far away, when silence falls due, then it has not been excused for nothing", () => {
    const node = instance({ timeout: 1_000, probes: false });
    node.feed({ type: "check", id: 1 }, 0);
    node.feed({ type: "tick" }, 250);
    expect(node.state.watch.excused).toBe(false);
  });

  test("given a late candidate under claims, when its claim is due, then it too waits one interval more", () => {
    const node = instance();
    node.feed({ type: "tick" }, TIMEOUT + 150);
    node.settle();
    expect(node.sent("claim")).toEqual([]);
    node.until(TIMEOUT + 150 + INTERVAL - WINDOW);
    expect(node.sent("claim")).toHaveLength(1);
  });

  test("given evidence other than silence, when it is heard, then it needs no turn of reading", () => {
    const node = contender();
    const b = peer("b");
    node.hear(b.heartbeat(), 40);
    node.hear(b.shutdown(), 50);
    expect(node.done("campaign")).toHaveLength(1);
    expect(node.done("read")).toEqual([]);
  });
});

describe("questions to a witness before the deadline", () => {
  const witnessed = (interval: number): Instance => {
    const node = contender({ witness: true, interval });
    node.hear(peer("b").heartbeat({ interval }), 40);
    return node;
  };

  /** When each question was asked, as a share of the timeout. */
  const asked = (node: Instance): number[] => {
    const times: number[] = [];
    while (node.state.wakeAt < 40 + TIMEOUT) {
      const { length } = node.done("ask");
      node.until(node.state.wakeAt);
      if (node.done("ask").length > length) times.push((node.now - 40) / TIMEOUT);
    }
    return times;
  };

  test("given half a timeout of silence, when it goes on, then the primary is asked four times, evenly, and not just before the end", () => {
    const node = witnessed(50);
    expect(asked(node)).toEqual([4, 5, 6, 7].map((eighths): unknown => expect.closeTo(eighths / 8)));
    expect(node.sent("probe")).toHaveLength(4);
  });

  test("given intervals of more than a third of the timeout, when a heartbeat may still come, then nobody is asked", () => {
    expect(asked(witnessed(0.45 * TIMEOUT))[0]).toBeCloseTo(1.5 * 0.45);
    expect(asked(witnessed(TIMEOUT / 2))[0]).toBeCloseTo(3 / 4);
    expect(asked(witnessed(TIMEOUT / 2))).toHaveLength(4);
  });

  test("given an instance that was late for several questions, when it wakes, then it asks once for all of them", () => {
    const node = witnessed(50);
    node.feed({ type: "tick" }, 40 + 0.8 * TIMEOUT);
    expect(node.done("ask")).toHaveLength(1);
    node.until(40 + 3 * TIMEOUT);
    expect(node.done("ask")).toHaveLength(2);
  });

  test("given a heartbeat, when silence begins anew, then the questions do, too", () => {
    const node = witnessed(50);
    node.until(40 + TIMEOUT - 1);
    node.hear(peer("b").heartbeat({ seq: 9, interval: 50 }));
    node.until(40 + 2 * TIMEOUT - 2);
    expect(node.done("ask")).toHaveLength(8);
  });
});

describe("a probe before the deadline", () => {
  test("given a bus that can carry a probe, when silence is a claimWindow away, then the primary is asked, once", () => {
    const node = contender();
    node.hear(peer("b").heartbeat(), 40);
    node.until(40 + TIMEOUT - WINDOW - 0.01);
    expect(node.done("ask")).toEqual([]);
    node.until(40 + TIMEOUT - 0.01);
    expect(node.done("ask")).toHaveLength(1);
    expect(node.sent("probe")).toHaveLength(1);
  });

  test("given a bus that can carry no probe, when silence is near, then nobody is asked", () => {
    const node = contender({ probes: false });
    node.until(TIMEOUT);
    expect(node.done("ask")).toEqual([]);
  });

  test("given claims, when silence is near, then a candidate's claim is the question, and only who cannot claim asks", () => {
    const candidate = instance();
    candidate.until(TIMEOUT);
    expect(candidate.done("ask")).toEqual([]);
    expect(candidate.sent("probe")).toEqual([]);
    expect(candidate.sent("claim")).toHaveLength(1);
    const observer = instance({}, { enabled: false });
    observer.until(TIMEOUT);
    expect(observer.done("ask")).toHaveLength(1);
    expect(observer.sent("probe")).toHaveLength(1);
  });

  test("given a bus on which only the primary publishes, when it is asked, then no message is sent", () => {
    const node = contender({ publish: "primary" });
    node.until(TIMEOUT - 1);
    expect(node.done("ask")).toHaveLength(1);
    expect(node.done("send")).toEqual([]);
  });

  test("given a fresh heartbeat, when silence is near again, then the primary is asked again", () => {
    const node = contender();
    node.until(TIMEOUT - 1);
    node.hear(peer("b").heartbeat());
    node.until(2 * TIMEOUT - 2);
    expect(node.done("ask")).toHaveLength(2);
  });

  test("given a primary, when it is asked with a probe, then it answers with a heartbeat at once", () => {
    const node = instance();
    node.until(TIMEOUT + 10);
    node.forget();
    node.hear(peer("b").probe(), TIMEOUT + 20);
    expect(node.sent("heartbeat")).toHaveLength(1);
  });

  test("given a secondary, when it hears a probe, then it says nothing", () => {
    const node = instance();
    node.hear(peer("b").probe(), 20);
    expect(node.done("send")).toEqual([]);
  });
});
