/** The demo on a terminal: a table of the processes that is kept up to date below the story; plain lines elsewhere. */

import type { Player } from "../group/cast.ts";

const MARKS = { starting: "starting", live: "", stopped: "stopped", dead: "dead" } as const;

export class Screen {
  readonly #tty: boolean;
  readonly #startedAt = performance.now();
  #players: Iterable<Player> = [];
  #drawn = 0;
  #roles = "";
  /** The story, told again at the end. */
  readonly timeline: string[] = [];

  constructor(tty: boolean) {
    this.#tty = tty;
  }

  show(players: Iterable<Player>): void {
    this.#players = players;
    if (this.#tty) this.#redraw();
    else this.#printChanges();
  }

  /** One sentence of the story, above the table. */
  tell(sentence: string): void {
    const at = ((performance.now() - this.#startedAt) / 1_000).toFixed(2).padStart(6);
    this.timeline.push(`${at} s  ${sentence}`);
    this.#erase();
    process.stdout.write(`${at} s  ${sentence}\n`);
    if (this.#tty) this.#redraw();
  }

  /** The table is left as it is, and the timeline follows. */
  finish(): void {
    this.#erase();
    process.stdout.write(`\nTimeline\n${this.timeline.map((line) => `  ${line}`).join("\n")}\n`);
  }

  #redraw(): void {
    this.#erase();
    const lines = ["", ...[...this.#players].map(describe)];
    process.stdout.write(`${lines.join("\n")}\n`);
    this.#drawn = lines.length;
  }

  /** ECMA-48: cursor up, then erase to the end of the screen. */
  #erase(): void {
    if (this.#drawn > 0) process.stdout.write(`\u001b[${this.#drawn}A\u001b[J`);
    this.#drawn = 0;
  }

  #printChanges(): void {
    const roles = [...this.#players].map(
      ({ name, role, state, term }) => `${name}: ${role ?? state}${role === "primary" ? ` (term ${term})` : ""}`,
    );
    const line = roles.join(", ");
    if (line === this.#roles) return;
    this.#roles = line;
    process.stdout.write(`          ${line}\n`);
  }
}

function describe(player: Player): string {
  const { name, role, term, silence, state, child } = player;
  const heard = silence === null ? "" : `primary heard ${silence} ms ago`;
  const mark = MARKS[state];
  return `  ${name.padEnd(8)} pid ${String(child.pid).padEnd(8)} ${(role ?? "").padEnd(10)} term ${String(term).padEnd(4)} ${mark === "" ? heard : mark}`;
}
