import { describe, expect, test } from "vitest";
import { appointed, contender, holderOf, instance, INTERVAL, peer, reference, serving, TIMEOUT } from "./support.ts";

describe("check()", () => {
  test("given a secondary, when a program asks, then the primary is asked by every way there is", () => {
    const node = instance();
    node.feed({ type: "check", id: 1 }, 20);
    expect(node.sent("probe")).toHaveLength(1);
    expect(node.done("ask")).toHaveLength(1);
  });

  test("given a secondary, when a heartbeat answers its question, then the primary is alive, with its term and the time it took", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat({ term: 5 }), 10);
    node.feed({ type: "check", id: 1 }, 20);
    const { seq = 0 } = node.sent("probe").at(-1) ?? {};
    node.hear(b.heartbeat({ term: 5, answers: [{ incarnation: "a#1", seq }] }), 32);
    expect(node.done("checked")).toEqual([
      { type: "checked", id: 1, result: { alive: true, via: "heartbeat", term: 5, rtt: 12 } },
    ]);
  });

  test("given a heartbeat that was on its way already, when it arrives, then it answers no check: its sender may have died since", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 10);
    const asked = node.sent("probe").at(-1)?.seq ?? 0;
    node.feed({ type: "check", id: 1 }, 20);
    node.hear(b.heartbeat(), 22);
    node.hear(b.promoted(), 23);
    node.hear(
      b.heartbeat({
        answers: [
          { incarnation: "a#1", seq: asked },
          { incarnation: "c#1", seq: 99 },
        ],
      }),
      24,
    );
    node.until(20 + INTERVAL);
    expect(node.done("checked")).toEqual([{ type: "checked", id: 1, result: { alive: false, via: "none" } }]);
  });

  test("given an instance that is not the primary, when its heartbeat answers the question, then the primary is not alive", () => {
    const node = instance();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.feed({ type: "check", id: 1 }, 20);
    const { seq = 0 } = node.sent("probe").at(-1) ?? {};
    node.hear(peer("c").heartbeat({ term: 4, answers: [{ incarnation: "a#1", seq }] }), 25);
    expect(node.done("checked")).toEqual([]);
  });

  test("given a link that is down, when a program asks, then the answer to an earlier question is none", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 10);
    const { seq = 0 } = node.sent("probe").at(-1) ?? {};
    node.feed({ type: "link", up: false, connection: 1 }, 15);
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "link", up: true, connection: 2 }, 30);
    node.hear(b.heartbeat({ answers: [{ incarnation: "a#1", seq }] }), 35);
    expect(node.done("checked")).toEqual([]);
  });

  test("given a primary of the reference's format, which names no question, when its heartbeat comes, then it is alive", () => {
    const node = instance();
    node.feed({ type: "check", id: 1 }, 20);
    node.hear(reference("golang-A").heartbeat(), 30);
    expect(node.done("checked")).toMatchObject([{ result: { alive: true, via: "heartbeat" } }]);
  });

  test("given an observer that nobody gave a way to ask, when a heartbeat comes, then the primary is alive", () => {
    const node = instance({ election: "none", publish: "nobody", probes: false });
    node.feed({ type: "check", id: 1 }, 20);
    node.hear(peer("b").heartbeat(), 30);
    expect(node.done("checked")).toMatchObject([{ result: { alive: true, via: "heartbeat" } }]);
  });

  test("given a thousand checks in an interval, when they come one after another, then a few questions answer all of them", () => {
    const node = instance();
    const b = peer("b");
    node.hear(b.heartbeat(), 0);
    const before = node.sent("probe").length;
    for (let id = 1; id <= 1_000; id += 1) node.feed({ type: "check", id }, id / 10);
    node.until(110);
    const probes = node.sent("probe").slice(before);
    expect(probes.length).toBeLessThanOrEqual(11);
    node.hear(b.heartbeat({ answers: [{ incarnation: "a#1", seq: probes.at(-1)?.seq ?? 0 }] }), 110.5);
    expect(node.done("checked").filter(({ result }) => result.alive)).toHaveLength(900);
  });

  test("given a check that shares no question yet, when an earlier question is answered, then it waits for its own", () => {
    const node = instance();
    const b = peer("b");
    node.feed({ type: "check", id: 1 }, 20);
    const { seq = 0 } = node.sent("probe").at(-1) ?? {};
    node.feed({ type: "check", id: 2 }, 21);
    node.hear(b.heartbeat({ answers: [{ incarnation: "a#1", seq }] }), 22);
    expect(node.done("checked").map(({ id }) => id)).toEqual([1]);
    node.until(30);
    expect(node.sent("probe").length).toBeGreaterThan(1);
  });

  test("given two checks with a question each, when the earlier question is answered, then the earlier check is", () => {
    const node = instance();
    const b = peer("b");
    node.feed({ type: "check", id: 1 }, 20);
    const { seq = 0 } = node.sent("probe").at(-1) ?? {};
    node.feed({ type: "check", id: 2 }, 21);
    node.until(20 + INTERVAL / 10);
    expect(node.sent("probe")).toHaveLength(2);
    node.hear(b.heartbeat({ answers: [{ incarnation: "a#1", seq }] }), 40);
    expect(node.done("checked").map(({ id }) => id)).toEqual([1]);
  });

  test("given two checks with a question each, when the later one is answered outside the bus, then both are", () => {
    const node = contender();
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "check", id: 2 }, 21);
    node.until(20 + INTERVAL / 10);
    const { number } = node.done("ask").at(-1) ?? { number: 0 };
    node.feed({ type: "answered", number, via: "lock", instanceId: "b", incarnation: "b#1", term: 5 }, 40);
    expect(node.done("checked").map(({ id }) => id)).toEqual([1, 2]);
  });

  test("given a secondary, when the transport's own probe is answered, then the primary is alive via the probe", () => {
    const node = contender();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "answered", number: 1, via: "probe", instanceId: "b", incarnation: "b#1", term: 5 }, 23);
    expect(node.done("checked")).toEqual([
      { type: "checked", id: 1, result: { alive: true, via: "probe", term: 5, rtt: 3 } },
    ]);
  });

  test("given a secondary, when the lock's holder is asked and answers, then the primary is alive via the lock", () => {
    const node = contender();
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "answered", number: 1, via: "lock", instanceId: "b", incarnation: "b#1", term: 5 }, 23);
    expect(node.done("checked")).toMatchObject([{ result: { alive: true, via: "lock" } }]);
  });

  test("given a secondary, when the lock's holder greets meanwhile, then that answers no question: it may have been on its way", () => {
    const node = contender();
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "greeted", holder: holderOf("b") }, 23);
    expect(node.done("checked")).toEqual([]);
  });

  test("given an answer outside the bus to an earlier question, when it comes, then the check waits for its own", () => {
    const node = contender();
    node.feed({ type: "check", id: 1 }, 20);
    const { number } = node.done("ask").at(-1) ?? { number: 0 };
    node.feed({ type: "answered", number: number - 1, via: "lock", instanceId: "b", incarnation: "b#1", term: 5 }, 23);
    expect(node.done("checked")).toEqual([]);
    node.feed({ type: "answered", number, via: "lock", instanceId: "b", incarnation: "b#1", term: 5 }, 24);
    expect(node.done("checked")).toHaveLength(1);
  });

  test("given a secondary that never heard a primary, when an answer brings its term, then the check tells that term", () => {
    const node = contender();
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "answered", number: 1, via: "lock", instanceId: "b", incarnation: "b#1", term: 5 }, 23);
    expect(node.done("checked")).toMatchObject([{ result: { alive: true, term: 5 } }]);
  });

  test("given a secondary, when an instance answers that is not primary or does not say, then that is no life", () => {
    const node = contender();
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "answered", number: 1, via: "probe", instanceId: "b", incarnation: "b#1", term: undefined }, 23);
    node.until(20 + INTERVAL);
    expect(node.done("checked")).toEqual([{ type: "checked", id: 1, result: { alive: false, via: "none" } }]);
    expect(node.state.primary).toBeUndefined();
  });

  test("given a secondary, when its own answer comes back to it, then that is no life", () => {
    const node = contender();
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "answered", number: 1, via: "probe", instanceId: "a", incarnation: "a#1", term: 5 }, 23);
    node.until(20 + INTERVAL);
    expect(node.done("checked")).toMatchObject([{ result: { alive: false } }]);
  });

  test("given an answer, when no check waits for one, then it is life all the same", () => {
    const node = contender();
    node.hear(peer("b").heartbeat({ term: 5 }), 10);
    node.feed({ type: "answered", number: 1, via: "probe", instanceId: "b", incarnation: "b#1", term: 5 }, 200);
    node.until(400);
    expect(node.told("evidence")).toEqual([]);
  });

  test("given a secondary, when nobody answers within an interval, then the primary is not alive", () => {
    const node = instance();
    node.feed({ type: "check", id: 1 }, 20);
    node.until(20 + INTERVAL - 0.01);
    expect(node.done("checked")).toEqual([]);
    node.until(20 + INTERVAL);
    expect(node.done("checked")).toEqual([{ type: "checked", id: 1, result: { alive: false, via: "none" } }]);
  });

  test("given a long interval, when nobody answers, then nobody waits for more than a second", () => {
    const node = instance({ interval: 5_000, timeout: 15_000 });
    node.feed({ type: "check", id: 1 }, 20);
    node.until(1_020);
    expect(node.done("checked")).toHaveLength(1);
  });

  test("given a long interval, when a second program asks, then its question leaves within a tenth of a second", () => {
    const node = instance({ interval: 30_000, timeout: 90_000 });
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "check", id: 2 }, 30);
    node.until(120);
    expect(node.sent("probe")).toHaveLength(2);
  });

  test("given a primary with a long interval, when it is asked, then it answers within a twentieth of a second", () => {
    const node = appointed({ interval: 30_000, timeout: 90_000 });
    node.hear(peer("b").probe(), 10);
    node.until(50);
    expect(node.sent("heartbeat")).toHaveLength(1);
  });

  test("given several that ask, when each has waited long enough, then each is answered in its own time", () => {
    const node = instance();
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "check", id: 2 }, 60);
    node.until(20 + INTERVAL);
    expect(node.done("checked").map(({ id }) => id)).toEqual([1]);
    const { seq = 0 } = node.sent("probe").at(-1) ?? {};
    node.hear(peer("b").heartbeat({ answers: [{ incarnation: "a#1", seq }] }), 130);
    expect(node.done("checked").map(({ id, result }) => [id, result.alive])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  test("given a primary, when a program asks, then it is alive and asks nobody", () => {
    const node = serving();
    node.feed({ type: "check", id: 1 }, 360);
    expect(node.order()).toEqual(["checked"]);
    expect(node.done("checked")).toEqual([{ type: "checked", id: 1, result: { alive: true, via: "none", term: 1 } }]);
  });

  test("given an instance whose mandate is over, when a program asks, then it asks the others", () => {
    const node = appointed();
    node.hear(peer("b").heartbeat({ term: 8 }), 10);
    node.feed({ type: "check", id: 1 }, 20);
    expect(node.done("checked")).toEqual([]);
    expect(node.sent("probe")).toHaveLength(1);
  });

  test("given a check under way, when its instance becomes primary and is shut down, then it is answered once", () => {
    const node = instance();
    node.until(TIMEOUT - 10);
    node.feed({ type: "check", id: 1 });
    node.until(TIMEOUT);
    expect(node.state.role).toBe("primary");
    expect(node.done("checked")).toEqual([{ type: "checked", id: 1, result: { alive: true, via: "none", term: 1 } }]);
    node.feed({ type: "shutdown" });
    node.until(2 * TIMEOUT);
    expect(node.done("checked")).toHaveLength(1);
  });

  test("given a check that is not asked yet, when its instance becomes primary, then whoever asks later does not share it, and nobody is asked", () => {
    const node = instance();
    node.until(TIMEOUT - 10);
    node.feed({ type: "check", id: 1 }, TIMEOUT - 2);
    node.feed({ type: "check", id: 2 }, TIMEOUT - 1);
    node.until(TIMEOUT);
    expect(node.done("checked").map(({ id }) => id)).toEqual([1, 2]);
    expect(node.done("inquired")).toHaveLength(2);
    node.forget();
    node.until(TIMEOUT + INTERVAL);
    expect(node.done("ask")).toEqual([]);
  });

  test("given a check under way, when the watcher is shut down while its work still stops, then it is answered once", () => {
    const node = appointed();
    node.hear(peer("b").heartbeat({ term: 8 }), 10);
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "shutdown" }, 30);
    node.until(20 + INTERVAL);
    expect(node.state.life).toBe("leaving");
    expect(node.done("checked")).toHaveLength(1);
  });

  test("given a check under way, when the watcher is shut down, then it is answered", () => {
    const node = instance();
    node.feed({ type: "check", id: 1 }, 20);
    node.feed({ type: "shutdown" }, 30);
    expect(node.done("checked")).toEqual([{ type: "checked", id: 1, result: { alive: false, via: "none" } }]);
  });
});
