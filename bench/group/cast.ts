/** The processes of a group under observation: started, listened to, and ended, each by its own pid. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readReport, type Report } from "./report.ts";
import { commandOf, current, type Runtime } from "./runtime.ts";

/** How long a step may take unless its caller says otherwise, in milliseconds. */
const STEP_LIMIT = 8_000;

/** A process of ours, dead or alive. */
export interface Player {
  readonly name: string;
  readonly child: ChildProcess;
  state: "starting" | "live" | "stopped" | "dead";
  role: "primary" | "secondary" | undefined;
  term: number;
  silence: number | null;
  /** When the primary was last heard, on the clock of reports; -Infinity where none was. */
  heardAt: number;
  /** Where its bare socket listens; 0 where it has none. */
  floorPort: number;
}

type Listener = (player: Player, report: Report) => void;

/** All processes by name, and everything they tell. */
export class Cast {
  readonly players: Map<string, Player> = new Map();
  readonly #listeners = new Set<Listener>();
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #changed: () => void;

  /**
   * @param args command-line arguments of every instance
   * @param changed called whenever something is known anew about a process
   * @param program what every instance runs
   */
  constructor(
    args: readonly string[],
    changed: () => void = () => undefined,
    program: string = fileURLToPath(new URL("instance.js", import.meta.url)),
  ) {
    this.#args = args;
    this.#program = program;
    this.#changed = changed;
  }

  /** Starts a process, or starts it again, and resolves when it is live on the bus. */
  async start(
    name: string,
    options: {
      readonly primary?: boolean;
      readonly args?: readonly string[];
      readonly runtime?: Runtime;
      /** Put before its command, to run it on another host of a network, say. */
      readonly within?: readonly string[];
    } = {},
  ): Promise<void> {
    const call = commandOf(options.runtime ?? current, this.#program);
    const [command = "", ...args] = [
      ...(options.within ?? []),
      call.command,
      ...call.args,
      "--name",
      name,
      ...this.#args,
      ...(options.args ?? []),
      ...(options.primary === true ? ["--primary"] : []),
    ];
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
    const player: Player = {
      ...{ name, child, state: "starting", role: undefined, term: 0, silence: null, heardAt: -Infinity, floorPort: 0 },
    };
    this.players.set(name, player);
    child.once("exit", () => {
      player.state = "dead";
      player.role = undefined;
      this.#changed();
    });
    if (child.stdout === null) throw new Error(`Cannot listen to ${name}: its process has no output.`);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const report = readReport(line);
      if (report !== undefined) this.#take(player, report);
    });
    await this.until(`${name} to be live`, (who, report) => who === player && report.type === "live");
  }

  #take(player: Player, report: Report): void {
    if (report.type === "live") player.state = "live";
    if (report.type === "floor") player.floorPort = report.port;
    if (report.type === "status") {
      player.role = report.role;
      player.term = report.term;
      player.silence = report.silence;
      player.heardAt = report.silence === null ? -Infinity : report.at - report.silence;
    }
    this.#changed();
    for (const listener of [...this.#listeners]) listener(player, report);
  }

  /** Hears every report from now on. @returns its own remover */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for a report, at most `limit` milliseconds. */
  until(
    what: string,
    matches: (player: Player, report: Report) => boolean,
    limit: number = STEP_LIMIT,
  ): Promise<{ player: Player; report: Report }> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Waited ${limit} ms in vain for ${what}.`));
      }, limit);
      const listener: Listener = (player, report) => {
        if (!matches(player, report)) return;
        stop();
        resolve({ player, report });
      };
      this.#listeners.add(listener);
    });
  }

  get primary(): Player {
    for (const player of this.players.values()) if (player.role === "primary") return player;
    throw new Error("The group has no primary: no instance says that it is one.");
  }

  /** Sends a signal to one process of ours. */
  signal(player: Player, signal: NodeJS.Signals): void {
    if (signal === "SIGSTOP") player.state = "stopped";
    if (signal === "SIGCONT") player.state = "live";
    player.child.kill(signal);
  }

  /** Ends everybody: politely, or at once. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const living = [...this.players.values()].filter(
      ({ child }) => child.exitCode === null && child.signalCode === null,
    );
    const gone = living.map(({ child }) => once(child, "exit"));
    for (const { child } of living) child.kill(signal);
    await Promise.all(gone);
  }
}
