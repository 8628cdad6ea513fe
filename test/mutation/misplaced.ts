/** Faults that the source has moved away from: they would test nothing. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutants.ts";

/**
 * Looks every fault's text up in the tree at `root`.
 * @throws {Error} where a text is not there exactly once
 */
export function refuseMisplaced(root: string, mutants: readonly Mutant[]): void {
  const places = ({ file, find }: Mutant): number => readFileSync(join(root, file), "utf8").split(find).length - 1;
  const misplaced = mutants.filter((mutant) => places(mutant) !== 1);
  if (misplaced.length === 0) return;
  const lines = misplaced.map((mutant) => `${mutant.file}: ${JSON.stringify(mutant.find)}, ${places(mutant)} times`);
  throw new Error(`Cannot put these faults in, because their text is not there exactly once:\n${lines.join("\n")}`);
}
