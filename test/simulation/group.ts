/** The processes of a run, what they run on, and how they come and go. */

import type { Holder } from "../../src/election.ts";
import { Node, type World } from "./node.ts";
import type { Note } from "./note.ts";
import type { ElectionName, Regime } from "./regimes.ts";
import { drawSettings } from "./settings.ts";
import type { Witness } from "./witness.ts";

export interface GroupOptions {
  readonly world: World;
  readonly regime: Regime;
  /** The longest timeout, in milliseconds. */
  readonly longest: number;
  readonly note: Note;
  readonly nodes: Node[];
  readonly witness: Witness;
  readonly odd: Odd | undefined;
}

/** The one instance of a group that was set up with another election. */
export interface Odd {
  readonly index: number;
  readonly election: ElectionName;
  readonly electionName: string;
}

/** Longest time, in milliseconds, until others see what became of somebody's connection. */
const NOTICE = 4;

export class Group {
  readonly world: World;
  readonly regime: Regime;
  readonly longest: number;
  readonly note: Note;
  readonly witness: Witness;
  readonly #odd: Odd | undefined;
  /** By number; a process that starts again takes the place of the one before. */
  readonly nodes: Node[];
  #incarnations = 0;
  /** So many faults keep the bus away. */
  #away = 0;
  /** Nothing is to go wrong any more. */
  calm = false;

  constructor({ world, regime, longest, note, nodes, witness, odd }: GroupOptions) {
    this.nodes = nodes;
    this.witness = witness;
    this.#odd = odd;
    this.world = world;
    this.regime = regime;
    this.longest = longest;
    this.note = note;
  }

  start(index: number, initialTerm: number): void {
    const { dice } = this.world;
    this.#incarnations += 1;
    const { longest, regime } = this;
    const incarnation = this.#incarnations;
    const { election, electionName } =
      this.#odd?.index === index ? this.#odd : { election: regime.election, electionName: regime.election };
    const who = { index, incarnation, longest, initialTerm, election, electionName };
    const settings = drawSettings(dice, regime, who);
    const ambition = settings.election !== "none" && dice.chance(0.2);
    const enabled = this.calm || dice.chance(0.9);
    const node = new Node(this.world, index, settings, { enabled, ambition });
    this.nodes[index] = node;
    this.note(
      () => `${node.name} starts, timeout ${settings.timeout.toFixed(0)}, ${enabled ? "enabled" : "not enabled"}`,
    );
    this.#open(node);
  }

  /** Where the bus is away, it waits until it is back. */
  #open(node: Node): void {
    if (this.#away > 0) return;
    node.open();
    this.tellOthers(node, NOTICE, (other) => other.feed({ type: "audience" }));
  }

  /** A process that is gone, or has left, starts again, with or without the memory of its terms. */
  restart(node: Node, remembers: boolean): void {
    if (this.nodes[node.index] !== node) return;
    node.crash();
    this.start(node.index, remembers ? node.state.terms.highest : 0);
  }

  /** When everything that lasts has an end: callbacks and answers under way, and waiting for what never comes. */
  settledAt(): number {
    const { agenda } = this.world;
    const waits = this.nodes
      .filter(({ state }) => state.settings.election === "campaign")
      .map((node) => this.#waitsUntil(node));
    // Whoever waits for an election holds up nobody but itself.
    const first = waits.length === 0 ? -Infinity : Math.min(...waits);
    return Math.max(agenda.now, first, ...this.nodes.map(({ returnsAt }) => returnsAt));
  }

  /** When nobody waits any more for what never comes. */
  waitsEndAt(): number {
    return Math.max(...this.nodes.map((node) => this.#waitsUntil(node)));
  }

  /** Nobody waits for an election or a fence that hangs longer than it should. */
  checkWaits(): void {
    for (const node of this.nodes) {
      const until = this.#waitsUntil(node);
      if (node.alive && !node.paused && until > -Infinity && until < this.world.agenda.now - this.longest / 2)
        this.witness.violate(`L1: ${node.name} waits for ever for an election or a fence that hangs`);
    }
  }

  #waitsUntil(node: Node): number {
    const { attempt, fencing } = node.state;
    const hangs = this.world.arbiter?.answers.hangs(node) === true && attempt?.kind === "campaign";
    const until = Math.max(hangs ? attempt.until : -Infinity, fencing?.until ?? -Infinity);
    return node.trueTime(until);
  }

  crash(node: Node): void {
    node.crash();
    this.hint(node);
    this.tellOthers(node, NOTICE, (other) => {
      if (this.world.dice.chance(0.3)) other.ask();
    });
  }

  /** The bus says that it lost somebody's connection, true or not. */
  hint(node: Node): void {
    const { incarnation } = node.state.settings;
    this.tellOthers(node, NOTICE, (other) => other.feed({ type: "unlinked", from: undefined, incarnation }));
  }

  breakBus(): void {
    this.#away += 1;
    for (const node of this.nodes) node.disconnect(this.world.dice.between(0, 5));
  }

  mendBus(): void {
    this.#away -= 1;
    for (const node of this.nodes) this.reconnect(node);
  }

  reconnect(node: Node): void {
    const { agenda, dice } = this.world;
    agenda.after(dice.between(0, 20), () => {
      if (this.#away > 0) return;
      if (node.state.life === "new") this.#open(node);
      else node.reconnect();
    });
  }

  /** Kills the holder that a candidate's fence is meant for; it starts again after a while. */
  fence(by: Node, id: number, { incarnation }: Holder): void {
    const { agenda, dice } = this.world;
    const victim = this.nodes.find(({ state }) => state.settings.incarnation === incarnation);
    agenda.after(dice.between(0, NOTICE), () => {
      const ok = victim?.paused === true;
      if (ok) {
        this.note(() => `${by.name} kills ${victim.name}`);
        victim.crash();
        agenda.after(this.longest, () => this.restart(victim, true));
      }
      if (!dice.chance(this.world.manners.hangingFence)) by.socket(() => by.feed({ type: "fenced", id, ok }));
    });
  }

  tellOthers(node: Node, within: number, tell: (other: Node) => void): void {
    const { agenda, dice } = this.world;
    for (const other of this.nodes)
      if (other !== node && other.connection !== undefined)
        agenda.after(dice.between(0, within), () => {
          if (other.connection !== undefined) other.socket(() => tell(other));
        });
  }
}
