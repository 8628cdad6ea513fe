/** Brokers, a database, what makes certificates and networks, and Python's ZeroMQ: what the tests need beside npm, found on this machine, or installed from Debian. */

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** Programs that the tests start, and the Debian package that brings each. */
const PACKAGES = {
  "nats-server": "nats-server",
  mosquitto: "mosquitto",
  openssl: "openssl",
  ip: "iproute2",
  postgres: "postgresql",
} as const;

export type Program = keyof typeof PACKAGES;

/** Debian's own interpreter: the one that Debian's packages are for. */
export const PYTHON = "/usr/bin/python3";

/** Libraries that programs of the tests need: a file of each, and the Debian package that brings it. */
const LIBRARIES = { "/usr/lib/python3/dist-packages/zmq/__init__.py": "python3-zmq" } as const;

/** Makes sure that every one of them can be started. Throws an error that says which command to run where it cannot. */
export function installBrokers(): void {
  const lacking = (): string[] => [
    ...Object.entries(PACKAGES).flatMap(([program, name]) => (find(program) === undefined ? [name] : [])),
    ...Object.entries(LIBRARIES).flatMap(([file, name]) => (existsSync(file) ? [] : [name])),
  ];
  const missing = lacking();
  if (missing.length === 0) return;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  const able = process.getuid?.() === 0 && find("apt-get") !== undefined;
  if (!able)
    throw new Error(`The tests need ${missing.join(", ")}, which this machine does not have. Run as root: ${command}`);
  process.stderr.write(`Installing ${missing.join(", ")} from Debian\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status } = spawnSync("sh", ["-c", command], { stdio: ["ignore", "ignore", "inherit"], env });
  if (status !== 0 || lacking().length > 0)
    throw new Error(`Could not install ${missing.join(", ")} (status ${status}). Run as root: ${command}`);
}

/** Where a program is: `NATS_SERVER` names another nats-server than the machine's. Throws where it is nowhere. */
export function pathOf(program: Program): string {
  const other = program === "nats-server" ? process.env["NATS_SERVER"] : undefined;
  const path = other ?? find(program);
  if (path === undefined) throw new Error(`Could not find ${program} on this machine; npm test installs it.`);
  return path;
}

function find(program: string): string | undefined {
  // Debian puts servers where an ordinary user's PATH does not look.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/sbin"];
  return [...folders, ...postgresFolders()].map((folder) => join(folder, program)).find(isProgram);
}

/** Debian keeps every version of Postgres in a folder of its own, on nobody's PATH; the newest first. */
function postgresFolders(): string[] {
  const place = "/usr/lib/postgresql";
  const versions = existsSync(place) ? readdirSync(place).map(Number).filter(Number.isFinite) : [];
  return versions.sort((a, b) => b - a).map((version) => join(place, String(version), "bin"));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
