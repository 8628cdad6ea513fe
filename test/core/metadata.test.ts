import { expect, test } from "vitest";
import { elected, instance, INTERVAL, peer, serving } from "./support.ts";

const HERE = { url: "http://10.0.0.1:8080" };

test("given a primary without metadata, when it sends heartbeats, then they carry none", () => {
  const node = serving();
  node.until(500);
  expect(node.sent("heartbeat").at(-1)?.metadata).toBeUndefined();
});

test("given a primary, when its metadata change, then it says so at once, and with every heartbeat", () => {
  const node = serving();
  node.feed({ type: "set-metadata", metadata: HERE }, 400);
  expect(node.sent("heartbeat").at(-1)).toMatchObject({ metadata: HERE });
  node.until(400 + INTERVAL);
  expect(node.sent("heartbeat").at(-1)).toMatchObject({ metadata: HERE });
});

test("given a primary with metadata, when its promotion is complete, then it says them with that", () => {
  const node = elected();
  node.feed({ type: "set-metadata", metadata: HERE });
  node.feed({ type: "onPromote-settled", error: undefined });
  expect(node.sent("promoted")).toMatchObject([{ metadata: HERE }]);
});

test("given a follower, when the primary says where it is, then it is known, with the news of the primary, until it says otherwise", () => {
  const node = instance();
  const b = peer("b");
  node.hear(b.heartbeat({ metadata: HERE }), 0);
  expect(node.state.primary?.metadata).toEqual(HERE);
  expect(node.told("promoted")).toMatchObject([{ instanceId: "b", metadata: HERE }]);
  node.feed({ type: "greeted", holder: { instanceId: "b", incarnation: "b#1", term: 5 } }, 10);
  expect(node.state.primary?.metadata).toEqual(HERE);
  node.hear(b.heartbeat(), 20);
  expect(node.state.primary?.metadata).toBeUndefined();
});

test("given a follower, when a primary that it has not heard greets with metadata, then they are known", () => {
  const node = instance();
  node.feed({ type: "greeted", holder: { instanceId: "b", incarnation: "b#1", term: 5, metadata: HERE } }, 10);
  expect(node.state.primary?.metadata).toEqual(HERE);
});

test("given a primary whose metadata change again and again, when it says so, then a few times an interval", () => {
  const node = serving();
  for (const at of [356, 358, 360]) node.feed({ type: "set-metadata", metadata: { ...HERE, at: `${at}` } }, at);
  node.until(370);
  expect(node.sent("heartbeat").map(({ metadata }) => metadata?.["at"])).toEqual(["356", "360"]);
});
