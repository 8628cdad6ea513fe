/** The package as it is published, and a project that has installed it and nothing else. */

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { runCommand } from "../runtimes/programs.ts";
import { ROOT } from "../support/tree.ts";

export interface Packed {
  /** A folder of its own; whoever packs removes it. */
  readonly folder: string;
  readonly tarball: string;
  readonly files: readonly string[];
  /** A project of ESM that has the package installed. */
  readonly project: string;
}

const Answer = v.looseTuple([v.object({ filename: v.string(), files: v.array(v.object({ path: v.string() })) })]);

/** Builds and packs the package, and installs it from its tarball. */
export async function pack(): Promise<Packed> {
  const folder = mkdtempSync(join(tmpdir(), "failover-package-"));
  const printed = await runCommand("npm", ["pack", "--silent", "--json", "--pack-destination", folder], ROOT);
  const [{ filename, files }] = v.parse(v.pipe(v.string(), v.parseJson(), Answer), printed);
  const tarball = join(folder, filename);
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await runCommand("npm", ["install", "--silent", "--prefer-offline", "--no-audit", "--no-fund", tarball], project);
  return { folder, tarball, files: files.map(({ path }) => path), project };
}
