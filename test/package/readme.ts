/** The README's example, as it is printed there, and how it is run. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RUNTIMES, type Runtime } from "../../bench/group/runtime.ts";
import { ROOT } from "../support/tree.ts";

export interface Example {
  readonly file: string;
  readonly code: string;
  readonly commands: Readonly<Record<Runtime, readonly string[]>>;
}

/** Reads the section "Use". */
export function readExample(): Example {
  const use = section("Use");
  const code = /^```js\n(.*?)^```/ms.exec(use)?.[1];
  const shell = /^```sh\n(.*?)^```/ms.exec(use)?.[1] ?? "";
  const file = /Save as `([^`]+)`/.exec(use)?.[1];
  if (code === undefined || file === undefined) throw new Error('The README has no example under "Use"');
  const commands = shell.split("\n").map((line) => line.replace(/ *#.*/, "").split(" "));
  const commandOf = (runtime: Runtime): readonly string[] => {
    const command = commands.find(([program]) => program === runtime);
    if (command === undefined) throw new Error(`The README does not say how its example is run on ${runtime}`);
    return command;
  };
  const [node, deno, bun] = RUNTIMES.map(commandOf);
  return { file, code, commands: { node: node ?? [], deno: deno ?? [], bun: bun ?? [] } };
}

/** The text below a heading of the second level. */
export function section(title: string): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, text = ""] = readme.split(`\n## ${title}\n`);
  return text.split(/^## /m)[0] ?? "";
}
