import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, onTestFinished, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { zeromq } from "../../transports/zeromq/index.ts";
import { loadZeroMQ } from "../../transports/zeromq/libzmq/load.ts";
import { freePorts } from "../support/ports.ts";
import { BUILD } from "../support/tree.ts";

const PATIENT = { timeout: 60_000 };

/** Runs a program, and says what it told, and how it ended: a code or a signal. */
async function run(name: string, args: readonly string[], limit?: number): Promise<readonly [unknown, unknown]> {
  const file = join(BUILD, `test/fixtures/${name}.js`);
  const shell = `${limit === undefined ? "" : `ulimit -n ${limit}; `}exec "$0" "$@"`;
  const stdio = ["ignore", "inherit", "inherit", "ipc"] as const;
  const child = spawn("sh", ["-c", shell, process.execPath, file, ...args], { stdio: [...stdio] });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let told: unknown;
  child.on("message", (message) => (told = message));
  const [code, signal] = (await ended) as [unknown, unknown];
  return [told, code ?? signal];
}

describe("the package zeromq", () => {
  test("is not needed", async () => {
    const options = { pubPort: await freePorts() };
    expect(await run("zeromq-missing", [JSON.stringify(options)])).toEqual(["done", 0]);
  });

  test.each([{ engine: "libzmq" }, { socketOptions: {} }])(
    "is needed for %j when a transport is opened, and the error has the command that brings it",
    async (options) => {
      expect(await run("zeromq-missing", [JSON.stringify({ pubPort: 5_000, ...options })])).toEqual([
        "TransportError MISSING_PACKAGE: Cannot open the ZeroMQ transport: the package zeromq is not installed; run: npm install zeromq",
        0,
      ]);
    },
  );

  test("that is installed but does not load is another error, with its cause", async () => {
    const cause = new Error("No native build was found for platform=plan9");
    const refused = loadZeroMQ(() => Promise.reject(cause));
    await expect(refused).rejects.toThrow(TransportError);
    await expect(refused).rejects.toMatchObject({
      code: "FAILED",
      cause,
      message:
        "Cannot open the ZeroMQ transport: the package zeromq is installed but does not load: No native build was found for platform=plan9",
    });
  });

  test("that lacks a package of its own is not called missing", async () => {
    const cause = Object.assign(new Error("Cannot find package 'cmake-ts' imported from zeromq"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
    await expect(loadZeroMQ(() => Promise.reject(cause))).rejects.toMatchObject({ code: "FAILED" });
  });

  test.each([
    ["on Bun", { Bun: {} }, true],
    ["on Deno", { Deno: {} }, true],
    ["in a worker thread", {}, false],
  ])("is not touched %s, and the error says why", async (where, runtime, onMainThread) => {
    let touched = false;
    const touch = (): Promise<never> => {
      touched = true;
      return Promise.reject(new Error("touched"));
    };
    await expect(loadZeroMQ(touch, runtime, onMainThread)).rejects.toMatchObject({
      code: "FAILED",
      message: expect.stringMatching(
        new RegExp(`^Cannot open the ZeroMQ transport ${where}: .*; leave option engine out .*\\.$`),
      ) as string,
    });
    expect(touched).toBe(false);
  });

  test("is not needed to make a transport and close it", async () => {
    await zeromq({ pubPort: 5_000 }).close();
  });
});

describe("a worker thread", () => {
  test("leads, and may end when it likes", async () => {
    const options = { pubPort: await freePorts() };
    expect(await run("zeromq-worker", [JSON.stringify(options)])).toEqual(["done", 0]);
  });

  test.each([
    ["option engine", { engine: "libzmq" }],
    ["options engine and socketOptions", { socketOptions: {} }],
  ])("is refused libzmq, which would end the process with it, and told to leave out %s", async (what, options) => {
    const [told, ended] = await run("zeromq-worker", [JSON.stringify({ pubPort: 5_000, ...options })]);
    expect(told).toBe(
      `TypeError: Cannot make a ZeroMQ transport with libzmq in a worker thread: libzmq's binding aborts the whole process when the thread ends; leave ${what} out to have the engine zmtp.`,
    );
    expect(ended).toBe(0);
  });
});

describe("without a file descriptor to spare, whoever is to lead", () => {
  test.each([0, 1, 2, 3, 8])("on zmtp with %i left goes on, and leads when there are more", PATIENT, async (left) => {
    const options = { engine: "zmtp", pubPort: await freePorts() };
    const [told, ended] = await run("zeromq-descriptors", [JSON.stringify(options), String(left)], 128);
    expect(told).toEqual([left === 0 ? expect.stringContaining("EMFILE") : "done", "done"]);
    expect(ended).toBe(0);
  });

  test.each([2, 3, 5, 8])("on libzmq with %i left is told so, and leads when there are more", PATIENT, async (left) => {
    const options = { engine: "libzmq", pubPort: await freePorts() };
    const [told, ended] = await run("zeromq-descriptors", [JSON.stringify(options), String(left)], 128);
    expect(told).toEqual([
      expect.stringMatching(/^TransportError FAILED: Cannot make a ZeroMQ socket: libzmq would end the process with /),
      "done",
    ]);
    expect(ended).toBe(0);
  });
});
