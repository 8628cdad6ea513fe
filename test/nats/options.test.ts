import { describe, expect, test } from "vitest";
import { nats, natsLease, type NatsLeaseOptions, type NatsOptions } from "../../transports/nats/index.ts";
import { loadNats, type Source } from "../../transports/nats/load.ts";
import { subjectsOf } from "../../transports/nats/subjects.ts";

describe("the options of a NATS transport", () => {
  test.each<[unknown, typeof TypeError | typeof RangeError, string]>([
    [null, TypeError, "its options are null; give an object."],
    [
      { server: "a" },
      TypeError,
      "there is no option server; the options are servers, options, connection, cluster, prefix, ",
    ],
    [{ servers: 1 }, TypeError, "option servers is 1; it must be a server, or an array of servers."],
    [{ connection: {} }, TypeError, "option connection is an object; it must be an open connection of nats or "],
    [{ prefix: "a.*" }, RangeError, 'option prefix is "a.*"; it must be tokens with dots between them'],
    [{ prefix: "a..b" }, RangeError, 'option prefix is "a..b"; it must be tokens'],
    [{ lifeline: -1 }, RangeError, "option lifeline is -1; it must be at least 0."],
    [{ lifeline: 60_001 }, RangeError, "option lifeline is 60001; it must be at most 60000."],
    [{ options: { noEcho: true } }, TypeError, "options.noEcho is not yours to set, because what comes back"],
    [
      { options: { ignoreAuthErrorAbort: false } },
      TypeError,
      "options.ignoreAuthErrorAbort is not yours to set, because",
    ],
    [{ cluster: 1 }, TypeError, "option cluster is 1; it must be true or false."],
    ...["tsl://a:b@c", "https://a", "ws://a", "nat://a:4222"].map((servers): [unknown, typeof RangeError, string] => [
      { servers: ["nats://a", servers] },
      RangeError,
      `option servers has the scheme ${servers.split(":")[0]}; it must be one of nats, tls.`,
    ]),
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

  const missing = (name: string): Source => ({
    name,
    importPackage: () =>
      Promise.reject(Object.assign(new Error(`Cannot find package '${name}'`), { code: "ERR_MODULE_NOT_FOUND" })),
  });

  test("missing packages are named with the command that brings one", async () => {
    await expect(loadNats([missing("@nats-io/transport-node"), missing("nats")])).rejects.toMatchObject({
      code: "MISSING_PACKAGE",
      message:
        "Cannot connect to NATS: neither the package @nats-io/transport-node nor nats is installed; run: npm install @nats-io/transport-node",
    });
  });

  test("the other package is taken where the first is missing, and the first where both are there", async () => {
    const [first, second] = [{ connect: "first" }, { connect: "second" }];
    const there = (name: string, loaded: object): Source => ({ name, importPackage: () => Promise.resolve(loaded) });
    expect(await loadNats([missing("one"), there("two", second)])).toBe(second);
    expect(await loadNats([there("one", first), there("two", second)])).toBe(first);
  });

  test("a package that is there and does not load is no missing one, and the other does not hide it", async () => {
    const broken = Object.assign(new Error("Cannot find package 'nkeys.js'"), { code: "ERR_MODULE_NOT_FOUND" });
    const sources = [
      { name: "nats", importPackage: () => Promise.reject(broken) },
      { name: "other", importPackage: () => Promise.resolve({}) },
    ];
    await expect(loadNats(sources)).rejects.toMatchObject({ code: "FAILED" });
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
