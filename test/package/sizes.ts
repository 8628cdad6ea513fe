/** How large the package is: the table in the README, measured on what was packed. */

import { readdirSync, readFileSync, lstatSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "../support/tree.ts";
import { bundle } from "./bundle.ts";

/** A row: what is measured, and its size in bytes. */
export interface Size {
  readonly what: string;
  readonly bytes: number;
}

const README = join(ROOT, "README.md");
const TABLE = /(<!-- sizes: .*? -->\n\n)(.*?)(\n\n<!-- end of sizes -->)/s;

/** What does no I/O, sets no timer and asks no clock: the protocol, its messages as bytes, and its options. */
const INSIDE = ["core/initial", "core/step", "envelope", "settings"];

/** The protocol without the shell that a program imports. */
const PROTOCOL = "the protocol alone (steps, messages, options) and `valibot`";

const BUNDLES = {
  [PROTOCOL]: INSIDE.map((file) => `export * from "./node_modules/failover-watcher/dist/src/${file}.js";`).join("\n"),
  "`Watcher` and `valibot`": 'export { Watcher } from "failover-watcher";',
  "all that the entry point exports, and `valibot`": 'export * from "failover-watcher";',
} as const;

/** @param project where the package is installed, without optional peers */
export async function measureSizes(project: string): Promise<Size[]> {
  const bundles = Object.entries(BUNDLES).map(async ([what, program]) => {
    const { code } = await bundle(project, program);
    return { what, bytes: gzipSync(code, { level: 9 }).length };
  });
  const modules = join(project, "node_modules");
  const installed = sizeOf(modules);
  const own = sizeOf(join(modules, "failover-watcher"));
  return [
    ...(await Promise.all(bundles)),
    { what: "installed, without optional peers", bytes: installed },
    { what: "of that, this package", bytes: own },
  ];
}

/** What the README says, in the unit that it says it in. */
export function readSizes(): { readonly what: string; readonly size: string }[] {
  const table = TABLE.exec(readFileSync(README, "utf8"))?.[2] ?? "";
  const [, , ...rows] = table.split("\n");
  return rows.map((row) => {
    const [, what = "", size = ""] = row.split("|").map((cell) => cell.trim());
    return { what, size };
  });
}

/** Writes the table into the README. */
export function writeSizes(sizes: readonly Size[]): void {
  const rows = sizes.map(({ what, bytes }) => [what, formatSize(bytes)] as const);
  const width = Math.max(...rows.map(([what]) => what.length));
  const line = (what: string, size: string): string => `| ${what.padEnd(width)} | ${size.padStart(8)} |`;
  const table = [
    line("what", "size"),
    `| ${"-".repeat(width)} | ${"-".repeat(7)}: |`,
    ...rows.map(([what, size]) => line(what, size)),
  ];
  writeFileSync(
    README,
    readFileSync(README, "utf8").replace(TABLE, (_, head: string, __, foot: string) => head + table.join("\n") + foot),
  );
}

/** In thousands of bytes. */
export function formatSize(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}

function sizeOf(path: string): number {
  const status = lstatSync(path);
  if (!status.isDirectory()) return status.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
