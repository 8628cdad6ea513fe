import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installBrokers } from "./brokers/install.ts";
import { installRuntimes } from "./runtimes/install.ts";

/**
 * Brings the brokers and the other runtimes, and compiles the tree once, so that the processes under test run what the tests import. Types are
 * checked by their own gate.
 */
export default function setup(): () => void {
  installBrokers();
  installRuntimes();
  const args = ["node_modules/typescript-7/bin/tsc", "-p", "test/tsconfig.json", "--noCheck"];
  execFileSync(process.execPath, args, { stdio: "inherit" });
  // No test leaves terms in the home folder.
  const state = mkdtempSync(join(tmpdir(), "failover-state-"));
  process.env["STATE_DIRECTORY"] = state;
  return () => rmSync(state, { recursive: true, force: true });
}
