/** What `deno doc` reads of the public surface. */

import { join } from "node:path";
import * as v from "valibot";
import { runCommand } from "../runtimes/programs.ts";
import { ROOT } from "../support/tree.ts";
import { entries } from "./manifest.ts";

const Comment = v.optional(v.looseObject({ doc: v.optional(v.string()) }));

const Documentation = v.object({
  nodes: v.record(
    v.string(),
    v.looseObject({
      module_doc: Comment,
      symbols: v.optional(
        v.array(
          v.looseObject({
            name: v.string(),
            declarations: v.array(v.looseObject({ declarationKind: v.string(), jsDoc: Comment })),
          }),
        ),
        [],
      ),
    }),
  ),
});

export interface Documented {
  /** Entry points and exported symbols that nothing is said about. */
  readonly silent: readonly string[];
  /** How many symbols there are. */
  readonly symbols: number;
  /** The code of every example in a doc comment. */
  readonly examples: readonly string[];
}

/** Reads the doc comments of every entry point, as JSR will show them. */
export async function readDocumentation(): Promise<Documented> {
  const files = entries.map(({ source }) => join(ROOT, source));
  const printed = await runCommand("deno", ["doc", "--json", ...files], ROOT);
  const { nodes } = v.parse(v.pipe(v.string(), v.parseJson(), Documentation), printed);
  const modules = Object.entries(nodes);
  const symbols = modules.flatMap(([file, module]) =>
    module.symbols.flatMap(({ name, declarations }) =>
      declarations
        .filter(({ declarationKind }) => declarationKind === "export")
        .map(({ jsDoc }) => ({ name: `${name} of ${file}`, said: jsDoc?.doc ?? "" })),
    ),
  );
  const all = [...modules.map(([file, { module_doc }]) => ({ name: file, said: module_doc?.doc ?? "" })), ...symbols];
  const code = texts(nodes).flatMap((text) =>
    [...text.matchAll(/^```ts[^\n]*\n(.*?)^```/gms)].map(([, body = ""]) => body),
  );
  return {
    silent: all.filter(({ said }) => said === "").map(({ name }) => name),
    symbols: symbols.length,
    examples: [...new Set(code)],
  };
}

/**
 * What `deno doc --lint` has against the entry points, all of them together: what is not documented, and types that public ones
 * name and nobody can import.
 */
export async function lintDocumentation(): Promise<readonly string[]> {
  // It fails when it has found something; that it has looked at all is told by what it says in the end.
  const lint = 'env -u FORCE_COLOR NO_COLOR=1 deno doc --lint "$@" 2>&1 || true';
  const said = await runCommand("sh", ["-c", lint, "sh", ...entries.map(({ source }) => source)], ROOT);
  const findings = [...said.matchAll(/^error\[.*\n *--> .*/gm)].map(([finding]) => finding);
  if (findings.length === 0 && !said.includes(`Checked ${entries.length} files`))
    throw new Error(`deno doc has checked nothing: ${said}`);
  return findings;
}

/** Every string in a value, however deep. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(texts) : [];
}
