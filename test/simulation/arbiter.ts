/** What decides outside the bus, for all processes of a run. */

import type { Input } from "../../src/core/input.ts";
import type { Agenda } from "./agenda.ts";
import type { Dice } from "./dice.ts";
import type { Node } from "./node.ts";

export interface Arbiter {
  /** Longest time of one way to it, in milliseconds. */
  slowness: number;
  /** Probability that it does not do, or does not say, what it was asked. */
  failing: number;
  /** How it tells how a campaign or a resignation has ended. */
  readonly answers: Answers;
  /** A process begins to watch the holder. */
  open(node: Node): void;
  campaign(node: Node, id: number, highestTerm: number): void;
  cancel(node: Node, id: number): void;
  resign(node: Node, id: number, successor: string | undefined): void;
  /** Who holds the mandate now? Absent where only its renewals tell. */
  ask?(node: Node, number: number): void;
  /** Stops renewing, without giving up. */
  abandon(node: Node, id: number): void;
  /** A process is gone. */
  gone(node: Node): void;
}

/** How a campaign or a resignation ended. */
type Answer = Extract<Input, { readonly type: "won" | "defeated" | "undecided" | "resigned" }>;

/** Nothing is told later than this after the fault is over, in milliseconds: longer than anybody waits. */
const LATEST = 6_000;

/**
 * What an election says, which may hang: what it has decided is told late then, or never. A mandate that was won is told in
 * any case, however late; whoever does not want it any more resigns it.
 */
export class Answers {
  readonly #agenda: Agenda;
  readonly #dice: Dice;
  #kept: { readonly node: Node; readonly answer: Answer }[] = [];
  /** Campaigns that are never answered, by their process. */
  readonly #never = new Map<Node, number>();
  /** Probability that an answer hangs. */
  hanging = 0;
  /** What is told at this moment was decided long before. */
  isLate = false;

  constructor(agenda: Agenda, dice: Dice) {
    this.#agenda = agenda;
    this.#dice = dice;
  }

  say(node: Node, answer: Answer): void {
    if (this.#dice.chance(this.hanging)) this.#kept.push({ node, answer });
    else node.feed(answer);
  }

  /** It hangs no more. */
  release(): void {
    const [dice, kept] = [this.#dice, this.#kept];
    this.#kept = [];
    for (const { node, answer } of kept)
      if (answer.type !== "won" && dice.chance(0.5)) this.#never.set(node, answer.id);
      else {
        const after = dice.chance(0.8) ? 0 : dice.between(0, LATEST);
        node.returnsAt = Math.max(node.returnsAt, this.#agenda.now + after);
        this.#agenda.after(after, () => node.socket(() => this.#sayLate(node, answer)));
      }
  }

  #sayLate(node: Node, answer: Answer): void {
    this.isLate = true;
    node.feed(answer);
    this.isLate = false;
  }

  /** This process waits for an answer that does not come. */
  hangs(node: Node): boolean {
    const { attempt } = node.state;
    return attempt?.kind === "campaign" && this.#never.get(node) === attempt.id;
  }
}
