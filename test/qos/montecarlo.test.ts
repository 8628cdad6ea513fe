import { describe, expect, test } from "vitest";
import { crashes } from "./montecarlo/crashes.ts";
import { mistakes } from "./montecarlo/mistakes.ts";
import { deviation, type Row } from "./montecarlo/row.ts";

/** So far from the formula is one figure in 150 000; there are some 170. */
const FAR = 4.5;

describe("a simulation agrees with every closed form within its sampling error", () => {
  test.each<readonly [string, () => readonly Row[]]>([
    ["of mistakes", () => mistakes(60_000, 1)],
    ["of detection times and ranks", () => crashes(4_000, 1)],
  ])("%s", (_name, simulate) => {
    const rows = simulate();
    const far = rows.filter((row) => !(Math.abs(deviation(row)) < FAR));
    expect(far).toEqual([]);
    const meanSquare = rows.reduce((sum, row) => sum + deviation(row) ** 2, 0) / rows.length;
    expect(meanSquare).toBeLessThan(2);
  });
});
