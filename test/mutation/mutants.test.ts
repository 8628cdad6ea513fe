import { describe, expect, it } from "vitest";
import { fileURLToPath } from "node:url";
import { refuseMisplaced } from "./misplaced.ts";
import { MUTANTS } from "./mutants.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

describe("the faults of the mutation run", () => {
  it("can each be put into the source as it is", () => {
    expect(() => refuseMisplaced(ROOT, MUTANTS)).not.toThrow();
  });

  it("are refused where the source has moved away from one", () => {
    const moved = { file: "src/core/link.ts", find: "nothing that stands there", replace: "", breaks: "nothing" };
    expect(() => refuseMisplaced(ROOT, [moved])).toThrow('src/core/link.ts: "nothing that stands there", 0 times');
  });
});
