/** A kernel's lock on one host, with the term it remembers: freed the moment its holder's process is gone. */

import type { Agenda } from "./agenda.ts";
import { Answers, type Arbiter } from "./arbiter.ts";
import type { Dice } from "./dice.ts";
import type { Node } from "./node.ts";

/** Longest time, in milliseconds, until others see that a holder has left or come. */
const NOTICE = 4;

/** How long whoever holds the lock has to answer a campaign, as a share of the candidate's timeout. */
const PATIENCE_SHARE = 1 / 8;

export class Lock implements Arbiter {
  readonly #agenda: Agenda;
  readonly #dice: Dice;
  readonly #watchers = new Set<Node>();
  readonly answers: Answers;
  #holder: Node | undefined;
  #term = 0;
  slowness = 5;
  failing = 0;

  constructor(agenda: Agenda, dice: Dice) {
    this.#agenda = agenda;
    this.#dice = dice;
    this.answers = new Answers(agenda, dice);
  }

  get holder(): Node | undefined {
    return this.#holder;
  }

  open(node: Node): void {
    this.#watchers.add(node);
    this.#countStandbys();
    if (this.#holder !== undefined) this.#greet(node);
    else node.socket(() => node.feed({ type: "vacant" }));
  }

  campaign(node: Node, id: number, highestTerm: number): void {
    node.timer(this.#dice.between(0, this.slowness), () => {
      if (this.#dice.chance(this.failing)) {
        this.answers.say(node, { type: "undecided", id, error: new Error("the disk is full") });
        return;
      }
      if (this.#holder !== undefined) {
        this.#ask(node, id, highestTerm);
        return;
      }
      this.#holder = node;
      this.#term = Math.max(this.#term, highestTerm) + 1;
      this.answers.say(node, { type: "won", id, term: this.#term, deadline: Infinity });
      this.#countStandbys();
      for (const other of this.#watchers) this.#greet(other);
    });
  }

  /** Whoever holds the lock is asked whether it lives, and has a while to answer; a process that is stopped does not. */
  #ask(node: Node, id: number, highestTerm: number): void {
    const answer = (alive: boolean): void => {
      const holder = this.#holder;
      if (holder === undefined) {
        this.campaign(node, id, highestTerm);
        return;
      }
      const { instanceId, incarnation } = holder.state.settings;
      const named = { instanceId, incarnation, term: this.#term };
      this.answers.say(node, { type: "defeated", id, message: "held", holder: named, alive: alive || !holder.paused });
    };
    if (this.#holder?.paused === true) node.timer(node.state.settings.timeout * PATIENCE_SHARE, () => answer(false));
    else answer(true);
  }

  /** The holder sees who stands by. */
  #countStandbys(): void {
    const holder = this.#holder;
    if (holder === undefined) return;
    const count = [...this.#watchers].filter(
      (node) => node !== holder && node.state.settings.election === "campaign",
    ).length;
    holder.socket(() => {
      if (this.#holder === holder) holder.feed({ type: "standbys", count });
    });
  }

  cancel(): void {
    // A campaign for a lock is over in an instant: what it wins all the same is resigned.
  }

  resign(node: Node, id: number, successor: string | undefined): void {
    node.timer(this.#dice.between(0, 2), () => {
      if (this.#holder === node) {
        const { incarnation } = node.state.settings;
        this.#holder = undefined;
        const named = successor === undefined ? {} : { successor };
        this.#tellOthers(node, (other) =>
          other.feed({ type: "evidence", evidence: { kind: "shutdown", incarnation, ...named } }),
        );
      }
      this.answers.say(node, { type: "resigned", id });
    });
  }

  ask(node: Node, number: number): void {
    const [agenda, dice] = [this.#agenda, this.#dice];
    agenda.after(dice.between(0, NOTICE), () => {
      const holder = this.#holder;
      if (holder === undefined || holder === node || holder.paused) return;
      const { instanceId, incarnation } = holder.state.settings;
      const answered = { type: "answered", via: "lock", number, instanceId, incarnation, term: this.#term } as const;
      agenda.after(dice.between(0, NOTICE), () => node.socket(() => node.feed(answered)));
    });
  }

  abandon(): void {
    // The lock ends with its holder's process.
  }

  gone(node: Node): void {
    this.#watchers.delete(node);
    if (this.#holder !== node) {
      this.#countStandbys();
      return;
    }
    this.#holder = undefined;
    const { incarnation } = node.state.settings;
    this.#tellOthers(node, (other) => other.feed({ type: "evidence", evidence: { kind: "refused", incarnation } }));
  }

  /** A living holder says who it is; a stopped one does not. */
  #greet(node: Node): void {
    this.#agenda.after(this.#dice.between(0, NOTICE), () => {
      const holder = this.#holder;
      if (holder === undefined || holder === node || holder.paused) return;
      const { instanceId, incarnation } = holder.state.settings;
      const term = this.#term;
      node.socket(() => node.feed({ type: "greeted", holder: { instanceId, incarnation, term } }));
    });
  }

  #tellOthers(node: Node, tell: (other: Node) => void): void {
    for (const other of this.#watchers)
      if (other !== node) this.#agenda.after(this.#dice.between(0, NOTICE), () => other.socket(() => tell(other)));
  }
}
