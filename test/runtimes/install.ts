/** The other runtimes, installed from npm into this folder when they are first needed, so that nobody else waits for them. */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { ROOT } from "../support/tree.ts";

const FOLDER = join(ROOT, "test/runtimes");

/** Where the executables `deno` and `bun` are. */
const BIN = join(FOLDER, "node_modules/.bin");

/** Installs Deno and Bun unless they are there in these versions, and puts them first on the PATH of this process and its children. */
export function installRuntimes(): void {
  install(FOLDER);
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  if (folders[0] !== BIN) process.env["PATH"] = [BIN, ...folders].join(delimiter);
}

/** Installs exactly what a folder's lock file says, unless that was done before. */
function install(folder: string): void {
  const wanted = versions(join(folder, "package-lock.json"));
  const hidden = join(folder, "node_modules/.package-lock.json");
  const present: Versions = existsSync(hidden) ? versions(hidden) : {};
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { dependencies: Versions };
  const paths = Object.keys(dependencies).map((name) => `node_modules/${name}`);
  if (paths.every((path) => wanted[path] === present[path])) return;
  process.stderr.write(`Installing ${Object.keys(dependencies).join(" and ")} into ${folder}\n`);
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0)
    throw new Error(
      `Could not install the runtimes (status ${status}). Run yourself, to see why: npm ci, in ${folder}`,
    );
}

type Versions = Readonly<Record<string, string>>;

/** The versions of the packages of a lock file, by where they are. */
function versions(file: string): Versions {
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, { version?: string }> };
  return Object.fromEntries(Object.entries(packages).map(([path, { version = "" }]) => [path, version]));
}
