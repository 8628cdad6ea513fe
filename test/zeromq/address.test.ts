import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import process from "node:process";
import { describe, expect, onTestFinished, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { fnv1a32 } from "../../src/fnv.ts";
import { connectAddress, formatEndpoint, parseEndpoint, portOf } from "../../transports/zeromq/address.ts";
import { sharedLayout } from "../../transports/zeromq/layout.ts";
import type { ZeromqOptions } from "../../transports/zeromq/options.ts";

describe("the ports of a folder", () => {
  test.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("fnv1a32(%j) is what the algorithm's own test vectors say", (text, hash) => {
    expect(fnv1a32(text)).toBe(hash);
  });

  test("text is hashed as UTF-8", () => {
    // 0xc3 0xa4, by the definition: xor, then multiply.
    const step = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193);
    expect(fnv1a32("ä")).toBe(step(step(0x811c9dc5, 0xc3), 0xa4) >>> 0);
  });

  test("the group default has the reference's port, which hashes the path alone", () => {
    expect(portOf("/srv/app", "default")).toBe(40_000 + (fnv1a32("/srv/app") % 20_000));
  });

  test("another group of the same folder has a port of its own, which hashes path NUL group", () => {
    expect(portOf("/srv/app", "billing")).toBe(40_000 + (fnv1a32("/srv/app\0billing") % 20_000));
    expect(portOf("/srv/app", "billing")).not.toBe(portOf("/srv/app", "default"));
  });
});

describe("the identity of a service", () => {
  const portsOf = (options: ZeromqOptions, group = "default"): unknown =>
    sharedLayout(options).endpointsOf(group).ports;
  const portsAt = (pub: number): unknown => ({ pub, rpc: pub + 1 });

  test("is its name, where it has one: the ports and the lock are those of the name, whatever the folder", () => {
    const options = { service: "shop", workdir: "/srv/app" };
    expect(portsOf(options)).toEqual(portsAt(portOf("service:shop", "default")));
    expect(portsOf(options, "billing")).toEqual(portsAt(portOf("service:shop", "billing")));
    expect(sharedLayout(options).lock).toEqual({ service: "shop" });
  });

  test("is the path as it is given otherwise, made absolute, without following a link", () => {
    const current = join(mkdtempSync(join(tmpdir(), "failover-layout-")), "current");
    onTestFinished(() => rmSync(dirname(current), { recursive: true }));
    symlinkSync(tmpdir(), current);
    for (const workdir of [current, `${current}/`, `${current}/../current`, relative(process.cwd(), current)]) {
      expect(portsOf({ workdir })).toEqual(portsAt(portOf(current, "default")));
      expect(sharedLayout({ workdir }).lock).toEqual({ workdir: current });
    }
  });

  test("goes to the lock with the folder of its file, made absolute", () => {
    expect(sharedLayout({ service: "shop", stateDir: "state" }).lock).toEqual({
      service: "shop",
      stateDir: resolve("state"),
    });
  });
});

describe("endpoints", () => {
  test.each(["tcp://127.0.0.1:1", "tcp://*:65535", "tcp://db-1.example.org:5555", "ipc:///run/app/bus", "ipc://@name"])(
    "%s is read and written alike",
    (endpoint) => {
      expect(formatEndpoint(parseEndpoint("endpoint", endpoint))).toBe(endpoint);
    },
  );

  test.each([
    "127.0.0.1:5555",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:0",
    "tcp://127.0.0.1:65536",
    "tcp://[::1]:5555",
    "tcp://127.0.0.1:5555;127.0.0.1:1",
    "udp://127.0.0.1:5555",
    "ipc://",
    `ipc://${"x".repeat(108)}`,
  ])("%s is refused with a sentence", (endpoint) => {
    const refused = expect(() => parseEndpoint("bind", endpoint));
    refused.toThrow(TransportError);
    refused.toThrow(/^Cannot make a ZeroMQ transport: option bind is ".*"; it must be tcp:\/\/HOST:PORT .*\.$/);
  });
});

describe("the address that a client connects to", () => {
  test.each([
    ["tcp://127.0.0.1:45000", "tcp://127.0.0.2:0;127.0.0.1:45000"],
    ["tcp://localhost:45000", "tcp://127.0.0.2:0;localhost:45000"],
    ["tcp://127.0.0.2:45000", "tcp://127.0.0.3:0;127.0.0.2:45000"],
    ["tcp://10.0.0.7:45000", "tcp://10.0.0.7:45000"],
    ["ipc:///run/app/bus", "ipc:///run/app/bus"],
  ])("on Linux, %s is reached as %s", (endpoint, address) => {
    expect(connectAddress(endpoint, "linux")).toBe(address);
  });

  test("elsewhere, where 127.0.0.2 does not exist, the source is left to the system", () => {
    expect(connectAddress("tcp://127.0.0.1:45000", "darwin")).toBe("tcp://127.0.0.1:45000");
  });
});
