import { describe, expect, test } from "vitest";
import { readOrder, type Order } from "../../bench/bench/order.ts";
import { formatDuration, parseDuration, parseDurations } from "../../bench/cli/duration.ts";
import { Refusal } from "../../bench/cli/refusal.ts";
import { current } from "../../bench/group/runtime.ts";

function order(...args: readonly string[]): Order {
  const read = readOrder(args);
  if (read === "help") throw new Error("It only asks for help.");
  return read;
}

describe("a duration", () => {
  test.each([
    ["50", 50],
    ["50ms", 50],
    ["5s", 5_000],
    ["1.5s", 1_500],
    ["10m", 600_000],
    ["1h", 3_600_000],
  ])("%s is read", (text, milliseconds) => {
    expect(parseDuration("--interval", text)).toBe(milliseconds);
  });

  test.each(["", "0", "-5", "5 s", "5d", "fast", "1e3", "."])(
    "%j is refused with a sentence that says what it must be",
    (text) => {
      expect(() => parseDuration("--interval", text)).toThrow(Refusal);
      expect(() => parseDuration("--interval", text)).toThrow(/^--interval is ".*"; it must be a duration above zero/);
    },
  );

  test("several are read between commas, each once", () => {
    expect(parseDurations("--timeout", "150,350, 1s,350")).toEqual([150, 350, 1_000]);
  });

  test("is written in the largest unit that leaves a short number", () => {
    expect([50, 2_750, 90_000, 5_400_000].map(formatDuration)).toEqual(["50 ms", "2.75 s", "1.5 min", "1.5 h"]);
  });
});

describe("a command line", () => {
  test("that says nothing asks for every fault on ZeroMQ with a host lock, and for a seed of its own", () => {
    const asked = order();
    expect(asked.make).toMatchObject({
      transport: "zeromq",
      election: "host-lock",
      standbys: 1,
      url: "",
      runtime: current,
    });
    expect(asked.faults).toEqual(["crash", "hang", "shutdown", "cut"]);
    expect(asked).toMatchObject({ intervals: [50, 100], timeouts: [150, 350], trials: 30, load: 0, stalls: [] });
    expect(order().seed).not.toBe(order().seed);
  });

  test("gives a broker its port where it has none", () => {
    expect(order("--transport", "nats", "--url", "bus.example").make.url).toBe("nats://bus.example:4222");
    expect(order("--transport", "mqtt", "--url", "mqtt://bus.example:1884").make.url).toBe("mqtt://bus.example:1884");
  });

  test("has ZeroMQ's engine that needs no package, unless it names the other", () => {
    expect(order().make.engine).toBe("zmtp");
    expect(order("--engine", "libzmq").make.engine).toBe("libzmq");
    expect(order("--transport", "memory").make.engine).toBeNull();
  });

  test("asks for help, whatever else it says", () => {
    expect(readOrder(["--trials", "3", "--help"])).toBe("help");
  });

  test.each([
    ["an unknown option", ["--speed", "9"], /'--speed'.*the options are --transport, /],
    ["an option without its value", ["--trials"], /'--trials .*the options are/],
    ["a word that it does not know", ["crash"], /'crash'/],
    [
      "a transport that is none",
      ["--transport", "redis"],
      /^--transport is "redis"; it must be zeromq, nats, mqtt or memory\.$/,
    ],
    [
      "a fault that is none",
      ["--fault", "crash,fire"],
      /^--fault is "fire"; it must be crash, hang, shutdown or cut\.$/,
    ],
    ["no trials", ["--trials", "0"], /^--trials is "0"; it must be a whole number from 1 to /],
    ["half a standby", ["--standbys", "1.5"], /^--standbys is "1\.5"; it must be a whole number/],
    [
      "a broker without an address",
      ["--transport", "nats"],
      /needs a running broker, and --url is missing; .*nats:\/\/localhost:4222/,
    ],
    [
      "a password that cannot be read",
      ["--transport", "nats", "--url", "nats://ann:50%off@bus"],
      /^--url is "nats:\/\/\*\*\*@bus"; it must be an address/,
    ],
    ["an address that is none", ["--transport", "mqtt", "--url", "://"], /^--url is ":\/\/"; it must be an address/],
    [
      "an address where there is no broker",
      ["--url", "nats://localhost"],
      /^--url is .* has no broker; leave it out\.$/,
    ],
    [
      "an election that the bus does not have",
      ["--election", "lease"],
      /^--election is lease, which --transport zeromq does not have; it must be host-lock or claims\.$/,
    ],
    ["an engine on a bus that has none", ["--transport", "memory", "--engine", "zmtp"], /only zeromq has engines/],
  ] as const)("that has %s is refused with a sentence", (_, args, sentence) => {
    expect(() => readOrder(args)).toThrow(Refusal);
    expect(() => readOrder(args)).toThrow(sentence);
  });

  test("cannot have a simulation on another runtime than its own", () => {
    const other = current === "deno" ? "bun" : "deno";
    expect(() => readOrder(["--transport", "memory", "--runtime", other])).toThrow(/runs in this very process/);
  });
});
