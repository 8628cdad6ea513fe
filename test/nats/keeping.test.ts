import { describe, expect, test } from "vitest";
import * as v from "valibot";
import { faultOf, Keeping, raceOf } from "../../transports/nats/lease/keeping.ts";

const KEY = "$KV.failover.default";
const KEPT = { subjects: ["$KV.failover.>"], storage: "file", retention: "limits", discard: "new" };

function keepingOf(settings: object = {}): Keeping {
  return v.parse(Keeping, { ...KEPT, ...settings });
}

describe("a bucket", () => {
  test.each<[string, object]>([
    ["as the lease makes it", {}],
    ["with a history", { max_msgs_per_subject: 10 }],
    ["with a bound that refuses what is too much", { max_bytes: 300, discard: "new" }],
    ["kept on three servers", { num_replicas: 3 }],
    ["whose subject names every token", { subjects: ["$KV.*.*"] }],
    ["which takes everything", { subjects: [">"] }],
    ["which keeps the record among others", { subjects: ["other", KEY] }],
  ])("%s keeps what a lease promises", (_, settings) => {
    expect(faultOf(keepingOf(settings), KEY)).toBeUndefined();
  });

  test.each<[object, string]>([
    [{ storage: "memory" }, "it is kept in memory"],
    [{ max_age: 500e6 }, "it forgets a record after 500 ms (max_age)"],
    [{ retention: "workqueue" }, "its retention is workqueue"],
    [{ retention: "interest" }, "its retention is interest"],
    [{ no_ack: true }, "it acknowledges nothing"],
    [{ persist_mode: "async" }, "it acknowledges what is not stored yet"],
    [{ discard: "old", max_msgs: 1 }, "it forgets the oldest record when it is full"],
    [{ discard: "old", max_bytes: 300 }, "it forgets the oldest record when it is full"],
    [{ sealed: true }, "it is sealed"],
    [{ mirror: { name: "KV_other" } }, "it is filled from another stream"],
    [{ sources: [{ name: "KV_other" }] }, "it is filled from another stream"],
    [{ subject_transform: { src: ">", dest: "a.>" } }, "it keeps records under other subjects"],
    [{ subjects: ["$KV.failover.other"] }, "it keeps $KV.failover.other, and the record is $KV.failover.default"],
    [{ subjects: ["$KV.failover"] }, "it keeps $KV.failover, and"],
    [{ subjects: ["$KV.failover.default.>"] }, "it keeps $KV.failover.default.>, and"],
  ])("with %j does not, and the sentence says why", (settings, sentence) => {
    expect(faultOf(keepingOf(settings), KEY)).toContain(sentence);
  });
});

describe("a server that lets several write at once where only one may", () => {
  test.each(["2.9.10", "2.9.20", "2.8.4", "2.2.0", "1.4.1", "2.9.20-beta.1"])(
    "is nats-server %s with replicas",
    (version) => {
      expect(raceOf(keepingOf({ num_replicas: 3 }), { version })).toContain(
        `nats-server ${version} lets several write`,
      );
      expect(raceOf(keepingOf({ num_replicas: 1 }), { version })).toBeUndefined();
    },
  );

  test.each(["2.9.21", "2.9.22", "2.10.0", "2.15.1", "3.0.0", "2.10.0-RC.3"])("is not nats-server %s", (version) => {
    expect(raceOf(keepingOf({ num_replicas: 3 }), { version })).toBeUndefined();
  });
});
