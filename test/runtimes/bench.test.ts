import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as v from "valibot";
import { LatencyResultSchema } from "../../bench/schema.ts";
import { startNats } from "../brokers/nats.ts";
import { BUILD } from "../support/tree.ts";
import { run } from "./programs.ts";

const TOOL = join(BUILD, "bench/main.js");

const ORDER =
  "bench --transport nats --fault crash,hang,cut --interval 200 --timeout 900 --trials 1 --seed 1 --quiet --json -";

describe("bench on another runtime", { timeout: 90_000 }, () => {
  test.each(["deno", "bun"] as const)("measures processes of %s, leaves none behind, and ends", async (runtime) => {
    const { url } = await startNats();
    const result = v.parse(
      LatencyResultSchema,
      JSON.parse(await run(runtime, TOOL, [...ORDER.split(" "), "--url", url])),
    );
    expect(result.runtime.name).toBe(runtime);
    expect(result.cells.map(({ fault, trials, missed }) => ({ fault, trials, missed }))).toEqual([
      { fault: "crash", trials: 1, missed: 0 },
      { fault: "hang", trials: 1, missed: 0 },
      { fault: "cut", trials: 1, missed: 0 },
    ]);
  });
});
