/** A group under observation, wherever its instances run: who they are, and everything that they tell. */

import type { Report } from "./report.ts";
import type { StallOrder } from "./stall.ts";

/** How long a step may take unless its caller says otherwise, in milliseconds. */
const STEP_LIMIT = 8_000;

/** An instance of ours, dead or alive. */
export interface Actor {
  readonly name: string;
  state: "starting" | "live" | "stopped" | "dead";
  role: "primary" | "secondary" | undefined;
  term: number;
  silence: number | null;
  /** When the primary was last heard, on the clock of reports; -Infinity where none was. */
  heardAt: number;
  /** Where its bare socket listens; 0 where it has none. */
  floorPort: number;
}

/** What is known of one that has just been started. */
export const UNHEARD: Omit<Actor, "name"> = {
  ...{ state: "starting", role: undefined, term: 0, silence: null, heardAt: -Infinity, floorPort: 0 },
};

/** How an instance is started. */
export interface StartOptions {
  readonly primary?: boolean;
  /** It only watches. */
  readonly observer?: boolean;
  /** What else its command line says. */
  readonly args?: readonly string[];
}

type Listener<A extends Actor> = (actor: A, report: Report) => void;

export abstract class Ensemble<A extends Actor = Actor> {
  readonly players: Map<string, A> = new Map();
  readonly #listeners = new Set<Listener<A>>();
  readonly #over = new AbortController();

  /** Starts an instance, or starts it again, and resolves when it is live on the bus. */
  abstract start(name: string, options?: StartOptions): Promise<void>;

  /** Kills, stops, continues or asks to leave. */
  abstract signal(actor: A, signal: NodeJS.Signals): void;

  /** Blocks an instance's event loop; it tells `unblocked` when that has been over for a timeout. */
  abstract stall(actor: A, order: StallOrder): void;

  /** Ends everybody: politely, or at once. */
  abstract end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;

  /** Takes what an instance tells. */
  protected take(actor: A, report: Report): void {
    if (report.type === "live") actor.state = "live";
    if (report.type === "floor") actor.floorPort = report.port;
    if (report.type === "status") {
      actor.role = report.role;
      actor.term = report.term;
      actor.silence = report.silence;
      actor.heardAt = report.silence === null ? -Infinity : report.at - report.silence;
    }
    for (const listener of [...this.#listeners]) listener(actor, report);
  }

  /** Hears every report from now on. @returns its own remover */
  listen(listener: Listener<A>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Waits for a report, at most `limit` milliseconds.
   * @param signal when it aborts, its reason is what the promise rejects with
   */
  until(
    what: string,
    matches: (actor: A, report: Report) => boolean,
    limit: number = STEP_LIMIT,
    signal?: AbortSignal,
  ): Promise<{ player: A; report: Report }> {
    const signals = [this.#over.signal, ...(signal === undefined ? [] : [signal])];
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        for (const each of signals) each.removeEventListener("abort", aborted);
      };
      const fail = (error: Error): void => {
        stop();
        reject(error);
      };
      const aborted = (): void => fail(signals.find((each) => each.aborted)?.reason as Error);
      const timer = setTimeout(() => fail(new Error(`Waited ${limit} ms in vain for ${what}.`)), limit);
      const listener: Listener<A> = (player, report) => {
        if (!matches(player, report)) return;
        stop();
        resolve({ player, report });
      };
      this.#listeners.add(listener);
      for (const each of signals) each.addEventListener("abort", aborted);
      if (signals.some((each) => each.aborted)) aborted();
    });
  }

  /** Whoever waits for a report, or will, waits in vain. */
  giveUp(error: Error): void {
    this.#over.abort(error);
  }

  get primary(): A {
    for (const player of this.players.values()) if (player.role === "primary") return player;
    throw new Error("The group has no primary: no instance says that it is one.");
  }
}

/** An ensemble of any kind. */
export type Group = Pick<Ensemble, keyof Ensemble>;
