import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { RUNTIMES } from "../../bench/group/runtime.ts";
import { ROOT } from "../support/tree.ts";
import { atMost, plan, play, type Row } from "./matrix.ts";
import { failuresOf, formatHead, formatRow, titleOf, versionOf } from "./table.ts";

const manifest = JSON.parse(readFileSync(join(ROOT, "test/runtimes/package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};

test.each(["deno", "bun"] as const)("the tests run on the %s that they have installed", async (runtime) => {
  expect(await versionOf(runtime)).toMatch(new RegExp(`^${runtime} ${manifest.dependencies[runtime] ?? "?"}`));
});

describe("on every runtime, and in mixed groups, the transports conform and groups survive", () => {
  const inTurn = atMost(4);
  const plans = plan(RUNTIMES);
  const rows = new Map<string, Promise<Row>>();

  beforeAll(() => {
    process.stdout.write(`${formatHead()}\n`);
    for (const planned of plans) {
      const row = inTurn(() => play(planned));
      rows.set(titleOf(planned), row);
      // Reported by its own test.
      row.catch(() => undefined);
    }
  });

  test.each(plans.map((planned) => [titleOf(planned).trim().replaceAll(/ {2,}/g, ": "), planned] as const))(
    "%s",
    { timeout: 240_000 },
    async (_, planned) => {
      const row = await rows.get(titleOf(planned));
      if (row === undefined) throw new Error("It was not played");
      process.stdout.write(`${formatRow(row)}\n`);
      expect(failuresOf(row)).toEqual([]);
    },
  );
});
