import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { describe, expect, onTestFinished, test } from "vitest";
import { TuneResultSchema } from "../../bench/schema.ts";
import { loadTrace, saveTrace } from "../../bench/tune/trace.ts";
import { traceOf } from "./support.ts";

const TOOL = resolve(import.meta.dirname, "../../.build/bench/main.js");

/** A busy machine takes its time to start processes; milliseconds. */
const LIMIT = 60_000;

type Run = ChildProcess & { readonly out: Promise<string>; readonly err: Promise<string> };

function start(args: readonly string[]): Run {
  const child = spawn(process.execPath, [TOOL, "tune", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return Object.assign(child, { out: text(child.stdout), err: text(child.stderr) });
}

async function finish(child: Run): Promise<{ status: number; out: string; err: string }> {
  const [status] = (await once(child, "exit")) as [number];
  return { status, out: await child.out, err: await child.err };
}

const call = (...args: readonly string[]): ReturnType<typeof finish> => finish(start(args));

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "failover-tune-test-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function savedTrace(): Promise<{ readonly file: string; readonly folder: string }> {
  const made = await folder();
  const file = join(made, "trace.ndjson");
  await saveTrace(traceOf({ slots: 30_000, delay: (slot) => 1 + (slot % 7) / 10 }), file);
  return { file, folder: made };
}

describe("tune", { timeout: LIMIT }, () => {
  test("given a trace, when it can do what is wanted, then it says so with lines to paste, JSON, a page, and status 0", async () => {
    const { file, folder: made } = await savedTrace();
    const [json, html] = [join(made, "result.json"), join(made, "result.html")];
    const { status, out } = await call("--trace", file, "--detect-within", "2s", "--json", json, "--html", html);
    expect(status).toBe(0);
    expect(out).toMatch(/Recommended: a heartbeat every \d+ ms, a timeout of 1 \d+ ms/);
    expect(out).toMatch(/ {2}new Watcher\(\{\n {4}heartbeatInterval: \d+,\n {4}heartbeatTimeout: \d+,/);
    const result = v.parse(TuneResultSchema, JSON.parse(await readFile(json, "utf8")));
    expect(result).toMatchObject({ mode: "tune", complete: true, processes: 2, request: { detectWithin: 2_000 } });
    expect(await readFile(html, "utf8")).toMatch(/^<!doctype html>/);
  });

  test("given a trace, when it cannot do what is wanted, then it says what is in the way, with status 3", async () => {
    const { file } = await savedTrace();
    const { status, out, err } = await call("--trace", file, "--detect-within", "100ms", "--json", "-");
    expect(status).toBe(3);
    expect(v.parse(TuneResultSchema, JSON.parse(out)).recommended).toBeNull();
    expect(err).toContain("No settings can be recommended");
  });

  test.for([
    { args: ["--transport", "pigeon"], sentence: '--transport is "pigeon"; it must be zeromq, nats, mqtt or memory.' },
    {
      args: ["--transport", "nats"],
      sentence:
        "--transport nats needs a running broker, and --url is missing; say where it is, such as --url nats://localhost:4222.",
    },
    {
      args: ["--transport", "nats", "--url", "nats://ann:50%off@bus"],
      sentence: '--url is "nats://***@bus"; it must be an address, such as nats://localhost:4222.',
    },
    { args: ["--false-failovers", "often"], sentence: '--false-failovers is "often"; it must be a rate above zero' },
    { args: ["--max-heartbeats", "10/fortnight"], sentence: '--max-heartbeats is "10/fortnight"; it must be a rate' },
    { args: ["--detect-within", "soon"], sentence: '--detect-within is "soon"; it must be a duration above zero' },
    { args: ["--sample", "1s"], sentence: "--sample is 1s, fewer than 100 heartbeats of --sample-interval 20ms" },
    { args: ["--crashes", "4/year"], sentence: "--crashes, --takeover and --false-cost belong together" },
    { args: ["--standbys", "0"], sentence: '--standbys is "0"; it must be a whole number from 1 to 1000.' },
    { args: ["--trace", "/nowhere"], sentence: "Cannot read --trace /nowhere: ENOENT" },
    { args: ["--nonsense"], sentence: "Unknown option '--nonsense'" },
  ])("given $args, when it is called, then it refuses in a sentence, with status 2", async ({ args, sentence }) => {
    const { status, out, err } = await call(...args);
    expect(err).toContain(sentence);
    expect(err).not.toContain("    at ");
    expect(out).toBe("");
    expect(status).toBe(2);
  });

  test("given a broker that is not there, when it is called, then it says where it looked, with status 2", async () => {
    const { status, err } = await call(..."--transport nats --url nats://127.0.0.1:9 --sample 2s".split(" "));
    expect(err).toContain("nats://127.0.0.1:9");
    expect(status).toBe(2);
  });

  test("given ZeroMQ, when it listens, then two processes are heard, and the saved trace gives the same settings again", async () => {
    const file = join(await folder(), "trace.ndjson");
    const wanted = "--false-failovers 1/s --json -".split(" ");
    const heard = await call(..."--sample 2s --sample-interval 10ms --save-trace".split(" "), file, ...wanted);
    const trace = await loadTrace(file);
    expect(trace.head).toMatchObject({ transport: "zeromq", interval: 10, processes: 2 });
    expect(trace.beats.length).toBeGreaterThan(100);
    const again = await call("--trace", file, ...wanted);
    const [first, second] = [heard, again].map(({ out }) => v.parse(TuneResultSchema, JSON.parse(out)));
    expect(second?.recommended).toEqual(first?.recommended);
    expect(first?.front.length).toBeGreaterThan(10);
  });

  test("given memory, when it listens, then it is told that this was no bus", async () => {
    const { out } = await call(..."--transport memory --sample 1500ms --sample-interval 10ms".split(" "));
    expect(out).toContain("within one process, over no bus at all");
  });

  test("given Ctrl-C while it listens, when enough was heard, then it tells what that comes to, and that it was cut short", async () => {
    const file = join(await folder(), "trace.ndjson");
    const child = start([..."--sample 10m --sample-interval 5ms --json - --save-trace".split(" "), file]);
    // The second glance at a second of heartbeats every 5 ms.
    await new Promise<void>((resolve) => {
      child.stderr?.on("data", () => setTimeout(resolve, 1_500));
    });
    child.kill("SIGINT");
    const { status, out } = await finish(child);
    expect(v.parse(TuneResultSchema, JSON.parse(out))).toMatchObject({ complete: false });
    expect((await loadTrace(file)).beats.length).toBeGreaterThan(100);
    expect(status).toBe(130);
  });
});
