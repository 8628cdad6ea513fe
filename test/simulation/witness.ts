/** Watches every step against true time, and keeps account of what the promises say (S1 to S5). */

import type { Effect } from "../../src/core/effect.ts";
import { peerOf } from "../../src/core/peers.ts";
import type { State } from "../../src/core/state.ts";
import type { Holder } from "../../src/election.ts";
import type { Message } from "../../src/messages.ts";
import type { Agenda } from "./agenda.ts";
import type { Node } from "./node.ts";
import type { Note } from "./note.ts";
import type { Regime } from "./regimes.ts";

/** How many timeouts whoever is the odd one waits at least. */
const GRACE = 2;

/** What was last seen of one process. */
interface Memory {
  readonly node: Node;
  state: State;
  callback: "promote" | "demote";
  term: number;
  /** When it stepped down from which term, where nobody else was promoted or heard to serve since. */
  steppedDown: { readonly at: number; readonly term: number } | undefined;
  /** Questions that were not answered, and when they were asked. */
  readonly questions: Map<number, number>;
  /** The mandate of each primary that was heard last, by incarnation. */
  readonly lives: Map<string, number>;
  /** A primary of another election was heard, and none of its own since. */
  /** When it last heard a primary of another election than its own, and none of its own since. */
  odd: number;
}

/** Whose promotion began, and when. */
export interface Promotion {
  readonly index: number;
  readonly at: number;
}

export class Witness {
  readonly #agenda: Agenda;
  readonly #regime: Regime;
  readonly #nodes: Iterable<Node>;
  readonly #note: Note;
  /** By number: a process that has started again is another, and the one before is never seen again. */
  readonly #memories: Memory[] = [];
  readonly broken: string[] = [];
  readonly promotions: Promotion[] = [];
  steps = 0;
  /** The longest time that two were primary, in milliseconds. */
  longestOverlap = 0;
  #overlapSince: number | undefined;
  /** The highest term that was given in the group. */
  #groupTerm = 0;
  /** Everybody who ever was, by incarnation. */
  readonly #everybody = new Map<string, Node>();

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
    if (memory.state !== node.state) this.#compare(memory, node.state);
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
    else if (this.#regime.exclusive && !this.#isExcused(first, second))
      this.violate(`two at once: ${second.name} and ${first.name}`);
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

  /**
   * Where elections are mixed, two of different ones may become primary who have never heard of each other. Once each has heard
   * the other as primary, one of them is none any more.
   */
  #isExcused(one: Node, other: Node): boolean {
    return (
      this.#regime.mixed &&
      one.state.settings.electionName !== other.state.settings.electionName &&
      !(this.#knows(one, other) && this.#knows(other, one))
    );
  }

  #knows(one: Node, { state: { office, settings } }: Node): boolean {
    return this.#memoryOf(one).lives.get(settings.incarnation) === office?.term;
  }

  /** A program asks whether the primary is there. */
  asked(node: Node, id: number): void {
    this.#memoryOf(node).questions.set(id, this.#agenda.now);
  }

  /** Before a message is taken in. */
  heard(node: Node, message: Message): void {
    if (message.kind !== "heartbeat" && message.kind !== "promoted") return;
    const { incarnation = "", seq = 0, term } = message;
    // What is repeated, or is of a mandate that is over, says nothing of now.
    const known = peerOf(node.state, incarnation);
    if (seq <= known.seq || term <= known.endedTerm) return;
    const memory = this.#memoryOf(node);
    memory.lives.set(incarnation, term);
    // One that is over elsewhere is no primary here.
    if (term < node.state.terms.mandate) return;
    if (this.#regime.mixed)
      memory.odd = message.election === node.state.settings.electionName ? -Infinity : this.#agenda.now;
    // Somebody else serves, be it news or not.
    if (message.kind === "promoted" || message.promoting !== true) memory.steppedDown = undefined;
  }

  #answered(node: Node, { id, result }: Extract<Effect, { type: "checked" }>): void {
    const { questions } = this.#memoryOf(node);
    const askedAt = questions.get(id);
    if (askedAt === undefined) this.violate(`${node.name} was given two answers to one question, or one to none`);
    questions.delete(id);
    const { primary, settings } = node.state;
    // Where nobody can be asked, a heartbeat is all there is.
    if (!result.alive || askedAt === undefined || result.via === "none" || !settings.probes) return;
    const { diedAt = Infinity } = this.#everybody.get(primary?.incarnation ?? "") ?? {};
    if (diedAt < askedAt)
      this.violate(`${node.name} asked after ${primary?.instanceId}, was told that it lives, and it was dead`);
  }

  /** When all is said: nobody waits for an answer any more. */
  questionsLeft(): void {
    const { now } = this.#agenda;
    for (const { node, questions } of this.#memories)
      if (
        node.alive &&
        [...questions.values()].some((askedAt) => askedAt + 1.02 * node.state.settings.interval + 2 < now)
      )
        this.violate(`${node.name} was given no answer to a question`);
  }

  #compare(memory: Memory, after: State): void {
    const { name, now } = memory.node;
    const before = memory.state;
    if (after.terms.mandate < before.terms.mandate) this.violate(`S4: ${name} forgot the highest mandate`);
    const believes = after.knowsMandate && !before.knowsMandate;
    if ((after.terms.highest < before.terms.highest && !believes) || after.terms.highest < after.terms.mandate)
      this.violate(`S4: ${name} forgot its highest term`);
    const { office } = after;
    if (after.role === "primary" && office?.status !== "ruling") this.violate(`S2: ${name} is primary without ruling`);
    const lapsed = before.office !== undefined && before.office.deadline <= now;
    const { code } = office?.leaving ?? {};
    if (
      before.office?.leaving === undefined &&
      (code === "stepdown" || code === "work-ended" || code === "unpublished")
    )
      memory.steppedDown = { at: this.#agenda.now, term: after.terms.mandate };
    if (after.enabled && !before.enabled) {
      memory.steppedDown = undefined;
      memory.odd = -Infinity;
    }
    if (lapsed && office?.status === "ruling" && office.id === before.office.id)
      this.violate(`S3: a mandate of ${name} came back after its deadline`);
  }

  /** Nobody has a process fenced that lives: whatever is not heard of it, it answers when it is asked. */
  fences(by: Node, { incarnation }: Holder): void {
    const victim = this.#everybody.get(incarnation);
    if (victim?.alive === true && !victim.paused) this.violate(`${by.name} has ${victim.name} fenced, which lives`);
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
      case "checked":
        this.#answered(node, effect);
        return;
      case "send": {
        const { kind } = effect.message;
        if (kind === "shutdown" && node.working > 0) this.violate(`S5: ${node.name} resigned under running work`);
        return;
      }
      case "resign":
        // A mandate that came too late, and was never entered, is given back at any time.
        if (node.working > 0 && effect.id === node.state.office?.id && !node.state.settings.releaseOnOverrun)
          this.violate(`S5: ${node.name} gave the mandate up under running work`);
        return;
      default:
        return;
    }
  }

  #promoted(node: Node, term: number): void {
    this.promotions.push({ index: node.index, at: this.#agenda.now });
    const memory = this.#memoryOf(node);
    this.#steppedBack(memory, term);
    // The others have two timeouts to replace an odd primary that has left; where it may live, for ever.
    const waited = this.#agenda.now - memory.odd;
    if (waited < (GRACE * node.state.settings.timeout) / 1.02 - 1)
      this.violate(`${node.name} became primary ${waited.toFixed(0)} ms after it had heard one of another election`);
    const { election } = node.state.settings;
    const highest = election === "claims" ? memory.term : this.#groupTerm;
    if (term <= highest) this.violate(`S4: ${node.name} was promoted to term ${term} after ${highest}`);
    memory.term = term;
    if (election !== "claims") this.#groupTerm = Math.max(this.#groupTerm, term);
  }

  /** Whoever stepped down lets somebody else have a turn, or waits a timeout. */
  #steppedBack(memory: Memory, term: number): void {
    const { node, steppedDown } = memory;
    for (const other of this.#memories) if (other !== memory) other.steppedDown = undefined;
    // A step-down in the middle of the step that won comes before that promotion.
    if (steppedDown === undefined || steppedDown.term === term) return;
    memory.steppedDown = undefined;
    const waited = this.#agenda.now - steppedDown.at;
    if (this.#regime.exclusive && waited < node.state.settings.timeout / 1.02 - 1)
      this.violate(`${node.name} was primary again ${waited.toFixed(0)} ms after it had stepped down`);
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
    const memory: Memory = {
      node,
      state: node.state,
      callback: "demote",
      term: 0,
      steppedDown: undefined,
      questions: new Map(),
      lives: new Map(),
      odd: -Infinity,
    };
    this.#memories[node.index] = memory;
    this.#everybody.set(node.state.settings.incarnation, node);
    return memory;
  }
}
