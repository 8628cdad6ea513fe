#!/usr/bin/env node
/**
 * `failover-watcher`, the command-line tool: finds the command that was asked for. Runs as soon as it is loaded, with the
 * arguments of this process.
 *
 * @module
 */

import process from "node:process";
import { exitWith } from "./cli/exit.ts";
import { Refusal } from "./cli/refusal.ts";

/** A command: its folder exports `run`, which gets the rest of the command line and gives the exit status. */
interface Command {
  readonly about: string;
  load(): Promise<{ run(args: readonly string[]): Promise<number> }>;
}

/** Loaded as they are asked for: nobody needs what only the others import. */
const COMMANDS: Readonly<Record<string, Command>> = {
  bench: {
    about: "how long a failover takes with which interval and timeout, on this machine and your bus",
    load: () => import("./bench/index.ts"),
  },
  demo: {
    about: "three processes, a kill, a leave and a hang, in under 20 seconds",
    load: () => import("./demo/index.ts"),
  },
  explain: {
    about: "what an interval and a timeout buy, by arithmetic alone",
    load: () => import("./explain/index.ts"),
  },
  tune: {
    about: "listens to the bus, and says which interval and timeout to set",
    load: () => import("./tune/index.ts"),
  },
};

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`);
  return `failover-watcher COMMAND [OPTIONS]\n\n${lines.join("\n")}\n\nfailover-watcher COMMAND --help tells a command's options.\n`;
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new Refusal(`There is no command ${name}; the commands are ${Object.keys(COMMANDS).join(", ")}.`);
  const { run } = await command.load();
  return run(args);
}

await exitWith(main(process.argv.slice(2)));
