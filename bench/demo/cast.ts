/** The processes of the demo: started, listened to, and ended, each by its own pid. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readReport, type Report } from "./report.ts";

/** No step of the demo takes longer, in milliseconds. */
const STEP_LIMIT = 8_000;

/** A process of the demo, dead or alive. */
export interface Player {
  readonly name: string;
  readonly child: ChildProcess;
  state: "starting" | "live" | "stopped" | "dead";
  role: "primary" | "secondary" | undefined;
  term: number;
  silence: number | null;
}

type Listener = (player: Player, report: Report) => void;

/** All processes by name, and everything they tell. */
export class Cast {
  readonly players = new Map<string, Player>();
  readonly #listeners = new Set<Listener>();
  readonly #workdir: string;
  readonly #changed: () => void;

  constructor(workdir: string, changed: () => void) {
    this.#workdir = workdir;
    this.#changed = changed;
  }

  /** Starts a process, or starts it again, and resolves when it is live on the bus. */
  async start(name: string, options: { readonly primary?: boolean } = {}): Promise<void> {
    const program = fileURLToPath(new URL("instance.js", import.meta.url));
    const args = [
      program,
      "--name",
      name,
      "--workdir",
      this.#workdir,
      ...(options.primary === true ? ["--primary"] : []),
    ];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const player: Player = { name, child, state: "starting", role: undefined, term: 0, silence: null };
    this.players.set(name, player);
    child.once("exit", () => {
      player.state = "dead";
      player.role = undefined;
      this.#changed();
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const report = readReport(line);
      if (report !== undefined) this.#take(player, report);
    });
    await this.until(`${name} to be live`, (who, report) => who === player && report.type === "live");
  }

  #take(player: Player, report: Report): void {
    if (report.type === "live") player.state = "live";
    if (report.type === "status") {
      player.role = report.role;
      player.term = report.term;
      player.silence = report.silence;
    }
    this.#changed();
    for (const listener of [...this.#listeners]) listener(player, report);
  }

  /** Waits for a report. */
  until(
    what: string,
    matches: (player: Player, report: Report) => boolean,
  ): Promise<{ player: Player; report: Report }> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(limit);
        this.#listeners.delete(listener);
      };
      const limit = setTimeout(() => {
        stop();
        reject(new Error(`The demo waited ${STEP_LIMIT} ms in vain for ${what}.`));
      }, STEP_LIMIT);
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
    throw new Error("The demo has lost its primary: no instance says that it is one.");
  }

  /** Sends a signal to one process of ours. */
  signal(player: Player, signal: NodeJS.Signals): void {
    if (signal === "SIGSTOP") player.state = "stopped";
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
