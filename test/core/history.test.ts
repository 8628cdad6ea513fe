import { expect, test } from "vitest";
import { live } from "./history.ts";

const SEEDS = Array.from({ length: 80 }, (_, index) => index + 1);

for (const election of ["claims", "campaign"] as const)
  test(`given any history under ${election}, when calm returns, then no deadline stays due, callbacks have alternated, terms have risen, and it becomes and remains primary`, () => {
    const broken = SEEDS.map((seed) => live(seed, election, 150)).flatMap(({ seed, broken }) =>
      broken.map((sentence) => `seed ${seed}: ${sentence}`),
    );
    expect(broken).toEqual([]);
  });
