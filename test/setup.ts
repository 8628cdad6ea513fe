import { execFileSync } from "node:child_process";
import { installBrokers } from "./brokers/install.ts";

/**
 * Brings the brokers, and compiles the tree once, so that the processes under test run what the tests import. Types are
 * checked by their own gate.
 */
export default function setup(): void {
  installBrokers();
  const args = ["node_modules/typescript/bin/tsc", "-p", "test/tsconfig.json", "--noCheck"];
  execFileSync(process.execPath, args, { stdio: "inherit" });
}
