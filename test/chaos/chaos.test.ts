import { describe, expect, test } from "vitest";
import { BUSES } from "./bus.ts";
import { runChaos } from "./chaos.ts";
import { canMakeNamespaces } from "./namespace.ts";

/** A short version: `npm run chaos` goes on for half an hour. */
const ROUNDS = 3;

const wire = (await canMakeNamespaces()) ? "namespaces" : "relays";

describe(`real processes under chaos, over ${wire}`, () => {
  test.each(BUSES)("on %s never break a promise, and answer every fault", { timeout: 120_000 }, async (bus) => {
    const enough = (rounds: number): boolean => rounds >= ROUNDS;
    const report = await runChaos({ bus, wire, seed: 7, enough, tell: () => undefined });
    expect(report).toMatchObject({ bus, violations: [] });
    expect(report.units).toBeGreaterThan(0);
  });
});
