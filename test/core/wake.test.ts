import { expect, test } from "vitest";
import { appointed, instance, INTERVAL, peer, serving, TIMEOUT } from "./support.ts";

test("given a watcher that is not live or is over, when it is asked, then it needs no waking", () => {
  const node = instance({}, { opened: false });
  node.feed({ type: "tick" }, 10);
  expect(node.state.wakeAt).toBe(Infinity);
  node.feed({ type: "shutdown" }, 20);
  expect(node.state.wakeAt).toBe(Infinity);
});

test("given a heartbeat's slot that floating point cannot hit exactly, when its tick comes on time, then one heartbeat is sent and the next is due later", () => {
  const node = instance({}, { opened: false });
  // 0.1 and a hundred intervals: (start + n * interval) - start is less than n * interval for some n.
  node.feed({ type: "opened", connection: 1, barrier: true }, 0.1);
  node.until(TIMEOUT + 0.1);
  node.feed({ type: "onPromote-settled", error: undefined });
  node.until(TIMEOUT + 0.1 + 100 * INTERVAL);
  expect(node.sent("heartbeat").map(({ slot }) => slot)).toEqual(Array.from({ length: 101 }, (_, slot) => slot));
});

test("given a primary that was asked just now, when its next word is due, then the instance wakes for it", () => {
  const node = appointed();
  node.feed({ type: "audience" }, 0.5);
  expect(node.state.wakeAt).toBe(1);
});

test("given everything that can fall due, when it does, then the instance has asked to be woken for it", () => {
  const node = instance();
  node.hear(peer("b").heartbeat({ term: 5 }), 10);
  node.hear(peer("c").heartbeat({ term: 4 }), 20);
  expect(node.state.wakeAt).toBe(node.state.staleAnswerAt);
  node.until(80);
  node.feed({ type: "check", id: 1 }, 90);
  expect(node.state.wakeAt).toBe(90 + INTERVAL);
});

test("given an onPromote that runs, when promoteTimeout is near, then the instance wakes for it", () => {
  const node = serving();
  expect(node.state.wakeAt).toBe(TIMEOUT + INTERVAL);
  const slow = instance({ election: "campaign", deadline: false, promoteTimeout: 30 }, { ambition: true });
  slow.feed({ type: "won", id: slow.done("campaign")[0]?.id ?? 0, term: 1, deadline: Infinity }, 5);
  expect(slow.state.wakeAt).toBe(35);
});
