import { describe, expect, test } from "vitest";
import { runChaos } from "./chaos.ts";
import { BUSES } from "./world.ts";

/** A short version: `npm run chaos` goes on for half an hour. */
const ROUNDS = 4;

describe("real processes under chaos", () => {
  test.each(BUSES)("on %s never break a promise, and answer every fault", { timeout: 120_000 }, async (bus) => {
    const report = await runChaos({ bus, seed: 7, enough: (rounds) => rounds >= ROUNDS, tell: () => undefined });
    expect(report).toMatchObject({ bus, violations: [] });
    expect(report.units).toBeGreaterThan(0);
  });
});
