/** What the package says of itself. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { ROOT } from "../support/tree.ts";

type Names = Readonly<Record<string, string>>;

const NamesSchema = v.record(v.string(), v.string());

/** package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: Names;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Names;
  readonly peerDependencies: Names;
}

const ManifestSchema: v.GenericSchema<unknown, Manifest> = v.object({
  name: v.string(),
  version: v.string(),
  bin: v.optional(NamesSchema, {}),
  exports: v.record(v.string(), v.union([v.string(), v.object({ types: v.string(), default: v.string() })])),
  dependencies: NamesSchema,
  peerDependencies: NamesSchema,
});

export const manifest: Manifest = v.parse(
  v.pipe(v.string(), v.parseJson(), ManifestSchema),
  readFileSync(join(ROOT, "package.json"), "utf8"),
);

/** An entry point. */
export interface Entry {
  /** As it is imported. */
  readonly specifier: string;
  /** As JSR has it, relative to the project's folder. */
  readonly source: string;
  /** As npm has it, relative to the package's folder. */
  readonly built: string;
  /** It does something when it is run, and exports nothing. */
  readonly isProgram: boolean;
}

/** Every entry point but `package.json` itself, from the export map. */
export const entries: readonly Entry[] = Object.entries(manifest.exports).flatMap(([name, target]) => {
  if (typeof target === "string") return [];
  const source = target.default.replace("./dist/", "./").replace(/\.js$/, ".ts");
  const isProgram = !/^export /m.test(readFileSync(join(ROOT, source), "utf8"));
  return [{ specifier: manifest.name + name.slice(1), source, built: target.default, isProgram }];
});
