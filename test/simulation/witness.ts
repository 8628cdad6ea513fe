/** Watches every step against true time, and keeps account of what the promises say (S1 to S5). */

import type { Effect } from "../../src/core/effect.ts";
import type { State } from "../../src/core/state.ts";
import type { Agenda } from "./agenda.ts";
import type { Node } from "./node.ts";
import type { Note } from "./note.ts";
import type { Regime } from "./regimes.ts";

/** What was last seen of one process. */
interface Memory {
  readonly node: Node;
  state: State;
  callback: "promote" | "demote";
  term: number;
}

export class Witness {
  readonly #agenda: Agenda;
  readonly #regime: Regime;
  readonly #nodes: Iterable<Node>;
  readonly #note: Note;
  /** By number: a process that has started again is another, and the one before is never seen again. */
  readonly #memories: Memory[] = [];
  readonly broken: string[] = [];
  promotions = 0;
  /** When the last promotion began. */
  promotedAt = 0;
  steps = 0;
  /** The longest time that two were primary, in milliseconds. */
  longestOverlap = 0;
  #overlapSince: number | undefined;
  /** The highest term that was given in the group. */
  #groupTerm = 0;

  constructor(agenda: Agenda, regime: Regime, nodes: Iterable<Node>, note: Note) {
    this.#agenda = agenda;
    this.#regime = regime;
    this.#nodes = nodes;
    this.#note = note;
  }

  violate(sentence: string): void {
    this.#note(() => `!!! ${sentence}`);
    if (!this.broken.includes(sentence)) this.broken.push(sentence);
  }

  /** Who is primary now. */
  primaries(): Node[] {
    return [...this.#nodes].filter(({ isPrimary }) => isPrimary);
  }

  /** Two are primary, where that can be. */
  get overlaps(): boolean {
    this.#count();
    return this.#overlapSince !== undefined;
  }

  /** After every step and every waking. */
  check(node: Node): void {
    this.steps += 1;
    const memory = this.#memoryOf(node);
    if (memory.state !== node.state) this.#compare(node, memory.state, node.state);
    memory.state = node.state;
    // Nobody but who has just made a step can have become primary.
    if (this.#overlapSince !== undefined || (node.state.role === "primary" && node.isPrimary)) this.#count();
  }

  #count(): void {
    let first: Node | undefined;
    let second: Node | undefined;
    for (const node of this.#nodes)
      if (node.isPrimary) {
        second = first;
        first = node;
      }
    if (first === undefined || second === undefined) this.#endOverlap();
    else if (this.#regime.exclusive) this.violate(`two at once: ${second.name} and ${first.name}`);
    else if (this.#overlapSince === undefined) {
      this.#overlapSince = this.#agenda.now;
      const [one, other] = [second, first];
      this.#note(() => `two at once: ${one.name} and ${other.name}`);
    }
  }

  #endOverlap(): void {
    if (this.#overlapSince === undefined) return;
    this.longestOverlap = Math.max(this.longestOverlap, this.#agenda.now - this.#overlapSince);
    this.#overlapSince = undefined;
  }

  #compare({ name, now }: Node, before: State, after: State): void {
    if (after.terms.mandate < before.terms.mandate) this.violate(`S4: ${name} forgot the highest mandate`);
    if (after.terms.highest < before.terms.highest || after.terms.highest < after.terms.mandate)
      this.violate(`S4: ${name} forgot its highest term`);
    const { office } = after;
    if (after.role === "primary" && office?.status !== "ruling") this.violate(`S2: ${name} is primary without ruling`);
    const lapsed = before.office !== undefined && before.office.deadline <= now;
    if (lapsed && office?.status === "ruling" && office.id === before.office.id)
      this.violate(`S3: a mandate of ${name} came back after its deadline`);
  }

  /** Before every effect is done. */
  observe(node: Node, effect: Effect): void {
    switch (effect.type) {
      case "promote":
        this.#promoted(node, effect.term);
        this.#called(node, "promote");
        return;
      case "demote":
        this.#called(node, "demote");
        return;
      case "send": {
        const { kind } = effect.message;
        if (kind === "shutdown" && node.working > 0) this.violate(`S5: ${node.name} resigned under running work`);
        return;
      }
      case "resign":
        if (node.working > 0 && !node.state.settings.releaseOnOverrun)
          this.violate(`S5: ${node.name} gave the mandate up under running work`);
        return;
      default:
        return;
    }
  }

  #promoted(node: Node, term: number): void {
    this.promotions += 1;
    this.promotedAt = this.#agenda.now;
    const memory = this.#memoryOf(node);
    const highest = this.#regime.election === "claims" ? memory.term : this.#groupTerm;
    if (term <= highest) this.violate(`S4: ${node.name} was promoted to term ${term} after ${highest}`);
    memory.term = term;
    this.#groupTerm = Math.max(this.#groupTerm, term);
  }

  #called(node: Node, callback: "promote" | "demote"): void {
    const memory = this.#memoryOf(node);
    if (memory.callback === callback) this.violate(`S5: ${node.name} called ${callback} twice in a row`);
    if (node.working > 0) this.violate(`S5: ${node.name} called ${callback} before the last callback had returned`);
    memory.callback = callback;
  }

  #memoryOf(node: Node): Memory {
    const known = this.#memories[node.index];
    if (known?.node === node) return known;
    const memory: Memory = { node, state: node.state, callback: "demote", term: 0 };
    this.#memories[node.index] = memory;
    return memory;
  }
}
