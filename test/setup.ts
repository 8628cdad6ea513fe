import { execFileSync } from "node:child_process";

/** Compiles the tree once, so that the processes under test run what the tests import. */
export default function setup(): void {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "test/tsconfig.json"], { stdio: "inherit" });
}
