import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { RUNTIMES } from "../../bench/group/runtime.ts";
import { BUILD } from "../support/tree.ts";
import { run, runCommand } from "./programs.ts";

const PROGRAM = join(BUILD, "test/runtimes/asleep.js");

/** How Node.js of this version calls it. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";

/** What two answers may be wrong by together, in milliseconds. */
const PRECISION = 12;

interface Told {
  readonly nothing: number;
  readonly set: number;
  readonly suspended: number;
  readonly stoodFor: number;
}

describe("for how long the machine was suspended", () => {
  test.runIf(existsSync("/proc/uptime")).each(RUNTIMES)(
    "%s knows it of a clock that stood still, and takes no clock that was set for one",
    async (runtime) => {
      const told = JSON.parse(await run(runtime, PROGRAM, [])) as Told;
      expect(Math.abs(told.nothing)).toBeLessThanOrEqual(PRECISION);
      expect(Math.abs(told.set)).toBeLessThanOrEqual(PRECISION);
      expect(Math.abs(told.suspended - told.stoodFor)).toBeLessThanOrEqual(PRECISION);
    },
  );

  test.each([
    ["Deno with no permission", "deno", ["run"]],
    ["Deno with one to read that is not enough", "deno", ["run", "--allow-read"]],
    ["Deno with all others", "deno", ["run", "--allow-all", "--deny-read"]],
    ["Node.js with its permission model", "node", [PERMISSION, `--allow-fs-read=${BUILD}/*`]],
  ])("%s, which may not know it, says so and asks nobody", async (_, command, flags) => {
    const told = JSON.parse(await runCommand(command, [...flags, PROGRAM])) as Told;
    expect(told).toMatchObject({ nothing: null, set: null, suspended: null });
  });
});
