import { describe, expect, test } from "vitest";
import { nats, natsLease, type NatsLeaseOptions, type NatsOptions } from "../../transports/nats/index.ts";
import { loadNats } from "../../transports/nats/load.ts";
import { subjectsOf } from "../../transports/nats/subjects.ts";

describe("the options of a NATS transport", () => {
  test.each<[unknown, typeof TypeError | typeof RangeError, string]>([
    [null, TypeError, "its options are null; give an object."],
    [{ server: "a" }, TypeError, "there is no option server; the options are servers, options, connection, prefix, "],
    [{ servers: 1 }, TypeError, "option servers is 1; it must be a server, or an array of servers."],
    [{ connection: {} }, TypeError, "option connection is an object; it must be an open connection of nats or "],
    [{ prefix: "a.*" }, RangeError, 'option prefix is "a.*"; it must be tokens with dots between them'],
    [{ prefix: "a..b" }, RangeError, 'option prefix is "a..b"; it must be tokens'],
    [{ lifeline: -1 }, RangeError, "option lifeline is -1; it must be at least 0."],
    [{ lifeline: 60_001 }, RangeError, "option lifeline is 60001; it must be at most 60000."],
    [{ options: { noEcho: true } }, TypeError, "options.noEcho is not yours to set, because what comes back"],
  ])("%j is refused with a sentence", (options, kind, sentence) => {
    const refused = expect(() => nats(options as NatsOptions));
    refused.toThrow(kind);
    refused.toThrow(`Cannot make a NATS transport: ${sentence}`);
  });

  test("servers do not go with a connection that was brought", () => {
    const connection = Object.fromEntries(
      ["publish", "subscribe", "request", "flush", "status", "closed", "isClosed"].map((name) => [
        name,
        () => undefined,
      ]),
    );
    const options = { servers: "a", connection } as unknown as NatsOptions;
    expect(() => nats(options)).toThrow("servers and options are for a connection that it makes itself");
  });

  test("a missing package is named with the command that brings it", async () => {
    const missing = Object.assign(new Error("Cannot find package 'nats'"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(loadNats(() => Promise.reject(missing))).rejects.toMatchObject({
      code: "MISSING_PACKAGE",
      message: "Cannot connect to NATS: the package nats is not installed; run: npm install nats",
    });
  });

  test("a package that is there and does not load is no missing one", async () => {
    const other = Object.assign(new Error("Cannot find package 'nkeys.js'"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(loadNats(() => Promise.reject(other))).rejects.toMatchObject({ code: "FAILED" });
  });
});

describe("the options of a NATS lease", () => {
  test.each<[unknown, typeof TypeError | typeof RangeError, string]>([
    [{ bucket: "a.b" }, RangeError, 'option bucket is "a.b"; it must be one or more of A-Z a-z 0-9 _ -.'],
    [{ replicas: 2 }, TypeError, "option replicas is 2; it must be 1, 3 or 5."],
    [{ prefix: "a" }, TypeError, "there is no option prefix; the options are servers, options, connection, bucket, "],
  ])("%j is refused with a sentence", (options, kind, sentence) => {
    const refused = expect(() => natsLease(options as NatsLeaseOptions));
    refused.toThrow(kind);
    refused.toThrow(`Cannot make a NATS lease: ${sentence}`);
  });
});

describe("subjects", () => {
  test("follow from prefix and group, and back", () => {
    const subjects = subjectsOf("failover", "billing");
    expect(subjects.of("instance.heartbeat")).toBe("failover.billing.instance.heartbeat");
    expect(subjects.named("failover.billing.instance.heartbeat")).toBe("instance.heartbeat");
    expect(subjects.all).toBe("failover.billing.instance.*");
  });
});
