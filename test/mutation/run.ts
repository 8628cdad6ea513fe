/**
 * Does `test/core` notice every fault in `mutants.ts`, and if not, does the simulator or the model? Works on a copy of the tree in a temporary folder, one fault at a
 * time, and ends with status 1 when a fault survives. In the package's folder:
 *
 *     npx tsc -p test/tsconfig.json && node .build/test/mutation/run.js [part of a file name or rule]
 *
 * Tests that fail without any fault are named, and left out: they cannot notice anything.
 */

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refuseMisplaced } from "./misplaced.ts";
import { MUTANTS, type Mutant } from "./mutants.ts";

/** A run that takes longer hangs, and that is noticed too; milliseconds. */
const LONGEST_RUN = 60_000;
const LONGEST_SEARCH = 300_000;

/** What is to notice a fault: the tests of one rule each, and where they do not, searches for a history that goes wrong. */
const RULES = "test/core";
const SEARCHES: readonly string[] = ["test/simulation", "test/model"];

const CONFIG = `
export default {
  test: { pool: "threads", isolate: false, maxWorkers: 1, testTimeout: 20_000 },
};
`;

interface TestRun {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** Files that could not be loaded: the fault is no program any more. */
  readonly broken: readonly string[];
  readonly hung: boolean;
}

/** What vitest's JSON reporter writes, as far as it is read here. */
interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function copyTree(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), "mutants-"));
  for (const part of ["src", "transports", "test", "package.json", "tsconfig.json"])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  writeFileSync(join(copy, "vitest.config.mjs"), CONFIG);
  return copy;
}

function runTests(
  copy: string,
  folders: readonly string[],
  options: readonly string[],
  timeout = LONGEST_RUN,
): TestRun {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const vitest = join(copy, "node_modules/vitest/vitest.mjs");
  const output = ["--reporter=json", `--outputFile=${report}`];
  spawnSync(process.execPath, [vitest, "run", ...folders, ...output, ...options], {
    cwd: copy,
    stdio: "ignore",
    timeout,
    killSignal: "SIGKILL",
  });
  if (!existsSync(report)) return { passed: [], failed: [], broken: [], hung: true };
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as JsonReport;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const named = (status: string): string[] =>
    tests.filter((result) => result.status === status).map(({ fullName }) => fullName);
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  return { passed: named("passed"), failed: named("failed"), broken: broken.map(({ name }) => name), hung: false };
}

/** The option that leaves tests out by their full names. */
function without(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const escaped = names.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return ["--testNamePattern", `^(?!(?:${escaped.join("|")})$)`];
}

/** Puts the fault in, runs the tests, and takes it out again. Gives how it was noticed; undefined where it was not. */
function noticedBy(copy: string, { file, find, replace }: Mutant, options: readonly string[]): string | undefined {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    const unnoticed = ({ failed, broken, hung }: TestRun): boolean => !hung && failed.length + broken.length === 0;
    const rules = runTests(copy, [RULES], ["--bail=1", ...options]);
    const { failed, broken, hung } = unnoticed(rules) ? runTests(copy, SEARCHES, ["--bail=1"], LONGEST_SEARCH) : rules;
    if (hung) return "a run without end";
    if (failed.length === 0 && broken.length > 0)
      throw new Error(
        `The fault in ${file} is no program: replacing ${JSON.stringify(find)} breaks ${broken.join(", ")}.`,
      );
    return failed[0];
  } finally {
    writeFileSync(path, source);
  }
}

function main(filter: string): number {
  const copy = copyTree(process.cwd());
  try {
    const chosen = MUTANTS.filter(({ file, breaks }) => `${file} ${breaks}`.includes(filter));
    refuseMisplaced(copy, chosen);
    const started = performance.now();
    const { passed, failed, broken, hung } = runTests(copy, [RULES], []);
    if (hung || broken.length > 0) throw new Error(`The tests do not run without a fault: ${broken.join(", ")}`);
    console.log(`${passed.length} tests pass without a fault, in ${Math.round(performance.now() - started)} ms.`);
    for (const name of failed) console.log(`left out, fails without a fault: ${name}`);
    const options = without(failed);
    let survived = 0;
    for (const mutant of chosen) {
      const killer = noticedBy(copy, mutant, options);
      if (killer === undefined) survived += 1;
      const verdict = killer === undefined ? "SURVIVED" : "killed  ";
      console.log(
        `${verdict} ${mutant.file}: ${mutant.breaks}${killer === undefined ? "" : `\n           by: ${killer}`}`,
      );
    }
    console.log(`${chosen.length - survived} of ${chosen.length} faults were noticed.`);
    return survived === 0 && chosen.length > 0 ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

process.exitCode = main(process.argv[2] ?? "");
