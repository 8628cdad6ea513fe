import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { describe, expect, onTestFinished, test } from "vitest";
import { VERSION } from "../../bench/cli/version.ts";
import { LatencyResultSchema, StallResultSchema, type LatencyResult } from "../../bench/schema.ts";
import { startNats } from "../brokers/nats.ts";

const TOOL = resolve(import.meta.dirname, "../../.build/bench/main.js");

/** A busy machine takes its time to start processes; milliseconds. */
const LIMIT = 60_000;

function start(
  args: readonly string[],
): ChildProcess & { readonly out: Promise<string>; readonly err: Promise<string> } {
  const child = spawn(process.execPath, [TOOL, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return Object.assign(child, { out: text(child.stdout), err: text(child.stderr) });
}

async function call(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const child = start(args);
  const [status] = (await once(child, "exit")) as [number];
  return { status, out: await child.out, err: await child.err };
}

function parse(out: string): LatencyResult {
  return v.parse(LatencyResultSchema, JSON.parse(out));
}

describe("bench", { timeout: LIMIT }, () => {
  test("measures real processes, and tells it as JSON on stdout and as a table on stderr", async () => {
    const { status, out, err } = await call(
      ..."bench --transport zeromq --fault crash,shutdown,cut --interval 200 --timeout 900 --trials 1 --seed 5 --json -".split(
        " ",
      ),
    );
    const result = parse(out);
    expect(status).toBe(0);
    expect(result).toMatchObject({
      schemaVersion: 1,
      version: VERSION,
      mode: "latency",
      seed: 5,
      complete: true,
      simulated: false,
    });
    expect(result.runtime).toEqual({ name: "node", version: process.versions.node });
    expect(result.cells.map(({ fault, trials, missed }) => ({ fault, trials, missed }))).toEqual([
      { fault: "crash", trials: 1, missed: 0 },
      { fault: "shutdown", trials: 1, missed: 0 },
    ]);
    for (const { samples, idle } of result.cells) {
      const [trial] = samples;
      expect(trial?.promotions).toBe(1);
      expect(trial?.detection).toBeLessThanOrEqual(trial?.takeover ?? Number.NaN);
      expect(trial?.takeover).toBeLessThan(trial?.serving ?? Number.NaN);
      expect(idle?.messages).toBeGreaterThan(2);
    }
    expect(result.skipped).toHaveLength(1);
    expect(result.skipped[0]).toMatchObject({ what: "cut", interval: 200, timeout: 900 });
    expect(result.skipped[0]?.why).toMatch(/^Not applicable: /);
    expect(err).toMatch(new RegExp(`^node ${process.versions.node}, .*, seed 5, `, "m"));
    expect(err).toContain("crash, interval 200 ms, timeout 900 ms: 1 trial, 0 missed");
  });

  test("simulates on memory, says so, and lists what the library refuses with its sentence", async () => {
    const folder = mkdtempSync(join(tmpdir(), "failover-bench-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const page = join(folder, "bench.html");
    const { status, out, err } = await call(
      ..."bench --transport memory --fault hang,crash --interval 100,300 --timeout 500".split(" "),
      ...["--trials", "2", "--seed", "1", "--json", "-", "--quiet", "--html", page],
    );
    const result = parse(out);
    expect(status).toBe(0);
    expect(err).toBe("");
    expect(result.args.slice(0, 3)).toEqual(["bench", "--transport", "memory"]);
    expect(readFileSync(page, "utf8")).toMatch(/^<!doctype html>[^]*Simulated[^]*<svg/i);
    expect(result.simulated).toBe(true);
    expect(result.cells.map(({ fault, interval }) => `${fault} ${interval}`)).toEqual(["hang 100", "crash 100"]);
    expect(result.skipped.map(({ what, interval }) => `${what} ${interval}`)).toEqual(["hang 300", "crash 300"]);
    expect(result.skipped[0]?.why).toContain(
      "option heartbeatTimeout is 500 ms; it must be at least twice heartbeatInterval (300 ms)",
    );
    for (const { prediction, detection } of result.cells) {
      expect(prediction?.ks?.n).toBe(2);
      expect(prediction?.min).toBeGreaterThanOrEqual(400);
      expect(prediction?.mean).toBeGreaterThan(450);
      expect(detection?.min).toBeGreaterThanOrEqual(399);
    }
  });

  test("compares what it sees with what theory says, on a broker whose version it tells", async () => {
    const { url } = await startNats();
    const { status, out } = await call(
      ..."bench --transport nats --fault cut,hang --interval 200 --timeout 900 --trials 1 --seed 3 --json - --quiet --url".split(
        " ",
      ),
      url,
    );
    const { cells, broker } = parse(out);
    expect(status).toBe(0);
    expect(broker?.name).toBe("nats-server");
    expect(broker?.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(cells.map(({ fault }) => fault)).toEqual(["cut", "hang"]);
    for (const { prediction, samples } of cells) {
      expect(samples.map(({ evidence }) => evidence)).toEqual(["silence"]);
      expect(prediction?.cdf.at(-1)?.[1]).toBeCloseTo(1, 6);
      // The last heartbeat was sent an interval before the fault at most, and silence lasts for the whole timeout.
      for (const { detection } of samples) expect(detection).toBeGreaterThanOrEqual(900 - 200 - 1);
      for (const { claims } of samples) expect(claims).toBeGreaterThanOrEqual(1);
    }
    const [cut, hang] = cells.map(({ samples: [trial] }) => trial);
    expect(cut?.gap).toBeGreaterThan(0);
    expect(cut?.demotion).toBeNull();
    expect(hang?.gap).toBeNull();
    expect(hang?.demotion).toBeGreaterThan(0);
  });

  test("says who asks, where the address says it, and does not tell it to anybody else", async () => {
    const { url } = await startNats("--user", "ann", "--pass", "at@s3cret");
    const { status, out, err } = await call(
      ..."bench --transport nats --fault shutdown --interval 200 --timeout 900 --trials 1 --seed 3 --json - --url".split(
        " ",
      ),
      url.replace("//", "//ann:at@s3cret@"),
    );
    expect(parse(out)).toMatchObject({ complete: true, cells: [{ trials: 1, missed: 0 }] });
    expect(status).toBe(0);
    expect(out + err).not.toContain("s3cret");
  });

  test("counts false failovers where something only stood still, and blames nobody for standing still himself", async () => {
    const { status, out } = await call(
      ..."bench --stall 1.5s --stall-at secondary,stop --interval 200 --timeout 500 --election claims --trials 1 --seed 2 --json - --quiet".split(
        " ",
      ),
    );
    const { cells } = v.parse(StallResultSchema, JSON.parse(out));
    expect(status).toBe(0);
    expect(cells.map(({ stalled, falseFailovers, trials }) => ({ stalled, falseFailovers, trials }))).toEqual([
      { stalled: "secondary", falseFailovers: 0, trials: 1 },
      { stalled: "stop", falseFailovers: 1, trials: 1 },
    ]);
    for (const { samples } of cells) expect(samples[0]?.stalled).toBeGreaterThanOrEqual(1_499);
  });

  test("keeps what was measured when it is interrupted, and exits 130", async () => {
    const child = start(
      "bench --transport memory --fault hang --interval 50 --timeout 150 --trials 10000 --seed 1 --json -".split(" "),
    );
    const ended = once(child, "exit");
    if (child.stderr !== null) await once(child.stderr, "data");
    child.kill("SIGINT");
    const [status] = (await ended) as [number];
    expect(status).toBe(130);
    const { complete, cells } = parse(await child.out);
    expect(complete).toBe(false);
    expect(cells[0]?.trials).toBeLessThan(10_000);
    expect(await child.err).toContain("Incomplete: the run ended early");
  });

  test.each([
    ["without a command", [], /^$/],
    ["with an unknown command", ["failover"], /^There is no command failover; the commands are bench, /],
    ["with a bad option", ["bench", "--fault", "fire"], /^--fault is "fire"; it must be/],
    [
      "without its broker",
      ["bench", "--transport", "mqtt", "--url", "mqtt://127.0.0.1:1"],
      /^Cannot reach a broker at --url mqtt:\/\/127\.0\.0\.1:1: /,
    ],
  ])("called %s exits 2 with a sentence", async (_, args, sentence) => {
    const { status, err } = await call(...args);
    expect(err).toMatch(sentence);
    expect(err).not.toContain("    at ");
    expect(status).toBe(2);
  });
});

test("names a package that is missing, and the command that brings it", { timeout: LIMIT }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "failover-bench-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(resolve(import.meta.dirname, "../../node_modules/valibot"), join(folder, "node_modules/valibot"));
  symlinkSync(resolve(import.meta.dirname, "../../.build"), join(folder, "build"));
  const child = spawn(
    process.execPath,
    [
      "--preserve-symlinks",
      "--preserve-symlinks-main",
      join(folder, "build/bench/main.js"),
      "bench",
      "--engine",
      "libzmq",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = once(child, "exit");
  const told = await text(child.stderr);
  const [status] = (await ended) as [number];
  expect(told).toBe(
    "Cannot open the ZeroMQ transport: the package zeromq is not installed; run: npm install zeromq, or call: npx -p failover-watcher -p zeromq failover-watcher bench\n",
  );
  expect(status).toBe(2);
});

test("the tool names the version of the package", () => {
  for (const file of ["package.json", "deno.json"])
    expect(JSON.parse(readFileSync(resolve(import.meta.dirname, "../..", file), "utf8"))).toMatchObject({
      version: VERSION,
    });
});
