/** The processes of a group under observation: started, listened to, and ended, each by its own pid. */

import { spawn, type ChildProcess } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { endChildren } from "./children.ts";
import { Ensemble, UNHEARD, type Actor, type StartOptions } from "./ensemble.ts";
import { programOf } from "./program.ts";
import { readReport, type Report } from "./report.ts";
import type { StallOrder } from "./stall.ts";
import { commandOf, current, type Runtime } from "./runtime.ts";

/** A process of ours, dead or alive. */
export interface Player extends Actor {
  readonly child: ChildProcess;
}

/** How long a process may take to load and be live, in milliseconds: on a busy machine seconds, and nothing is measured by it. */
const START_LIMIT = 30_000;

/** How a process is started. */
export interface CastOptions extends StartOptions {
  readonly runtime?: Runtime;
  /** Put before its command, to run it on another host of a network, say. */
  readonly within?: readonly string[];
}

/** All processes by name, and everything they tell. */
export class Cast extends Ensemble<Player> {
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #changed: () => void;
  readonly #runtime: Runtime;

  /**
   * @param args command-line arguments of every instance
   * @param changed called whenever something is known anew about a process
   * @param program what every instance runs
   * @param runtime on what
   */
  constructor(
    args: readonly string[],
    changed: () => void = () => undefined,
    program: string = programOf("instance", import.meta.url),
    runtime: Runtime = current,
  ) {
    super();
    this.#runtime = runtime;
    this.#args = args;
    this.#program = program;
    this.#changed = changed;
  }

  override async start(name: string, options: CastOptions = {}): Promise<void> {
    const call = commandOf(options.runtime ?? this.#runtime, this.#program);
    const [command = "", ...args] = [
      ...(options.within ?? []),
      call.command,
      ...call.args,
      "--name",
      name,
      ...this.#args,
      ...(options.args ?? []),
      ...(options.primary === true ? ["--primary"] : []),
      ...(options.observer === true ? ["--observer"] : []),
    ];
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
    const player: Player = { name, child, ...UNHEARD };
    this.players.set(name, player);
    const stillborn = new AbortController();
    child.once("error", (error) => stillborn.abort(new Error(`Cannot start ${name}: ${error.message}`)));
    child.once("exit", (status, signal) => {
      const end = signal ?? `status ${status ?? 0}`;
      if (player.state === "starting") stillborn.abort(new Error(`${name} ended with ${end} before it was live.`));
      player.state = "dead";
      player.role = undefined;
      this.#changed();
    });
    if (child.stdout === null) throw new Error(`Cannot listen to ${name}: its process has no output.`);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const report = readReport(line);
      if (report !== undefined) this.take(player, report);
    });
    const isLive = (who: Player, report: Report): boolean => who === player && report.type === "live";
    await this.until(`${name} to be live`, isLive, START_LIMIT, stillborn.signal);
  }

  protected override take(player: Player, report: Report): void {
    super.take(player, report);
    this.#changed();
  }

  /** Sends a signal to one process of ours. */
  override signal(player: Player, signal: NodeJS.Signals): void {
    if (signal === "SIGSTOP") player.state = "stopped";
    if (signal === "SIGCONT") player.state = "live";
    const { child } = player;
    // Deno takes a child for ended that was sent any signal by `kill`, and would let it live.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(child.pid, signal);
  }

  override stall(player: Player, order: StallOrder): void {
    player.child.send(order);
  }

  override end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    return endChildren(
      [...this.players.values()].map(({ child }) => child),
      signal,
    );
  }
}
