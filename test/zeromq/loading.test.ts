import { fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { zeromq } from "../../transports/zeromq/index.ts";
import { loadZeroMQ } from "../../transports/zeromq/libzmq/load.ts";

const FIXTURE = resolve(import.meta.dirname, "../../.build/test/fixtures/zeromq-missing.js");

describe("the package zeromq", () => {
  test("is needed when a transport is opened, and the error has the command that brings it", async () => {
    const child = fork(FIXTURE);
    const ended = once(child, "exit");
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await ended;
    });
    const [report] = (await once(child, "message")) as [unknown];
    expect(report).toEqual({
      name: "TransportError",
      code: "MISSING_PACKAGE",
      message: "Cannot open the ZeroMQ transport: the package zeromq is not installed; run: npm install zeromq",
    });
    expect(await ended).toEqual([0, null]);
  });

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

  test.each(["Bun", "Deno"])("is not touched on %s, and the error says why", async (runtime) => {
    let touched = false;
    const touch = (): Promise<never> => {
      touched = true;
      return Promise.reject(new Error("touched"));
    };
    await expect(loadZeroMQ(touch, { [runtime]: {} })).rejects.toMatchObject({
      code: "FAILED",
      message: expect.stringMatching(
        new RegExp(`^Cannot open the ZeroMQ transport on ${runtime}: .*; leave option engine out .*\\.$`),
      ) as string,
    });
    expect(touched).toBe(false);
  });

  test("is not needed to make a transport and close it", async () => {
    await zeromq({ pubPort: 5_000 }).close();
  });
});
