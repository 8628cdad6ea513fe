import { describe, expect, test } from "vitest";
import type { Arrival, Detector } from "../../src/detector.ts";
import { nfde } from "../../src/detectors/nfde.ts";
import { phi } from "../../src/detectors/phi.ts";
import { contender, holderOf, instance, INTERVAL, peer, TIMEOUT, type Instance } from "./support.ts";

/** Convicts so long after the last heartbeat, and writes down what it sees. */
function after(wait: number, seen: Arrival[] = []): Detector {
  return {
    name: "test",
    adaptive: true,
    initial: null,
    observe: (_, arrival) => {
      seen.push(arrival);
      return null;
    },
    deadline: (_, { at }) => at + wait,
  };
}

describe("S3: whatever the detector says, silence is not acted upon before a whole timeout", () => {
  test("given an outside election and a hasty detector, when it convicts, then that is evidence at once, and a campaign only after the timeout", () => {
    const node = contender({ detector: after(50), probes: false });
    node.hear(peer("b").heartbeat(), 40);
    node.until(40 + TIMEOUT - 0.01);
    expect(node.told("evidence")).toMatchObject([{ kind: "silence" }]);
    expect(node.done("campaign")).toEqual([]);
    node.until(40 + TIMEOUT);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given a hasty detector, when the timeout is over, then everything that had arrived is read before the campaign", () => {
    const node = contender({ detector: after(50), probes: false });
    node.hear(peer("b").heartbeat(), 40);
    node.until(40 + TIMEOUT - 1);
    node.feed({ type: "tick" }, 40 + TIMEOUT);
    expect(node.done("campaign")).toEqual([]);
    node.hear(peer("b", "b#1").heartbeat({ seq: 99 }), 40 + TIMEOUT);
    node.settle();
    expect(node.done("campaign")).toEqual([]);
  });

  test("given a hasty detector, when a shutdown or a refusal is heard meanwhile, then the campaign is at once", () => {
    const node = contender({ detector: after(50), probes: false });
    const b = peer("b");
    node.hear(b.heartbeat(), 40);
    node.until(100);
    node.hear(b.shutdown(), 120);
    expect(node.done("campaign")).toHaveLength(1);
  });

  test("given a hasty detector and a fence, when the holder is silent for less than the timeout, then nobody is fenced", () => {
    const node = contender({ detector: after(50), probes: false, fence: true });
    node.hear(peer("b").heartbeat(), 40);
    node.until(40 + TIMEOUT - 0.01);
    expect(node.done("fence")).toEqual([]);
    node.until(40 + TIMEOUT);
    const { id } = node.done("campaign").at(-1) ?? { id: 0 };
    node.feed({ type: "defeated", id, message: "It holds the lock.", holder: holderOf("b") });
    expect(node.done("fence")).toHaveLength(1);
  });

  test.for(["claims", "campaign"] as const)(
    "given %s, an instance that is not enabled and a hasty detector, when it convicts, then what it would do is told after the timeout",
    (election) => {
      const node = instance(
        { detector: after(50), probes: false, election, deadline: election === "claims" },
        { enabled: false },
      );
      node.hear(peer("b").heartbeat(), 40);
      node.until(40 + TIMEOUT - 0.01);
      expect(node.told("wouldpromote")).toEqual([]);
      node.until(40 + TIMEOUT);
      expect(node.told("wouldpromote")).toHaveLength(1);
    },
  );

  test.for(["claims", "campaign"] as const)(
    "given %s and a patient detector, when the timeout has passed, then nothing is done until the detector convicts",
    (election) => {
      const node = instance({ detector: after(500), probes: false, election, deadline: election === "claims" });
      node.hear(peer("b").heartbeat(), 40);
      node.until(40 + 500 - 0.01);
      expect(node.told("evidence")).toEqual([]);
      expect(node.state.office).toBeUndefined();
      expect(node.done("campaign")).toEqual([]);
      node.until(40 + 500);
      if (election === "claims") expect(node.state.role).toBe("primary");
      else expect(node.done("campaign")).toHaveLength(1);
    },
  );

  test("given a patient detector, when silence is evidence, then it says how long the silence was", () => {
    const node = contender({ detector: after(500), probes: false });
    node.hear(peer("b").heartbeat(), 40);
    node.until(540);
    expect(node.told("evidence")).toMatchObject([{ reason: { message: "b was not heard for 500 ms." } }]);
  });
});

describe("a program that has stood still", () => {
  const watched = (seen: Arrival[]): Instance => {
    const node = instance({ detector: after(TIMEOUT, seen) });
    node.hear(peer("b").heartbeat(), 10);
    return node;
  };

  test("given a detector that learns, when nothing else is due, then the instance wakes twice an interval", () => {
    const node = watched([]);
    expect(node.state.wakeAt).toBe(10 + INTERVAL / 2);
    expect(contender({ probes: false }).state.wakeAt).toBe(TIMEOUT);
  });

  test.for([
    { tick: INTERVAL, read: 0, stalled: false },
    { tick: INTERVAL + 1, read: 0, stalled: true },
    { tick: INTERVAL + 1, read: 20, stalled: true },
    { tick: INTERVAL + 1, read: 21, stalled: false },
  ])(
    "given a tick that comes $tick ms after the last one, when a heartbeat is read $read ms later, then stalled is $stalled",
    ({ tick, read, stalled }) => {
      const seen: Arrival[] = [];
      const node = watched(seen);
      node.feed({ type: "tick" }, 10 + tick);
      node.hear(peer("b").heartbeat({ seq: 9 }), 10 + tick + read);
      expect(seen.at(-1)?.stalled).toBe(stalled);
    },
  );

  test("given a heartbeat that is read before the tick that is overdue, when it is observed, then it is known to be late", () => {
    const seen: Arrival[] = [];
    const node = watched(seen);
    node.hear(peer("b").heartbeat({ seq: 9 }), 10 + 2 * INTERVAL);
    expect(seen.at(-1)?.stalled).toBe(true);
  });
});

describe("a primary on its grid, watched by a detector that learns", () => {
  test.for([
    { name: "nfde", detector: nfde(), due: TIMEOUT },
    { name: "phi", detector: phi({ minStd: 5, pause: 350 }), due: 100 + 350 + 5.612 * 5 },
  ])(
    "given $name, when the primary dies after 40 heartbeats, then silence is evidence when the formula says",
    (row) => {
      const node = contender({ detector: row.detector, probes: false });
      const b = peer("b");
      for (let slot = 0; slot < 40; slot += 1) {
        node.until(slot * INTERVAL + 2);
        node.hear(b.heartbeat({ slot, lateness: 0 }));
      }
      const heardAt = 39 * INTERVAL + 2;
      node.until(heardAt + row.due - 0.1);
      expect(node.told("evidence")).toEqual([]);
      node.until(heardAt + row.due + 0.1);
      expect(node.told("evidence")).toHaveLength(1);
    },
  );
});
