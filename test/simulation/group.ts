/** The processes of a run, what they run on, and how they come and go. */

import type { Holder } from "../../src/election.ts";
import { Node, type World } from "./node.ts";
import type { Note } from "./note.ts";
import type { Regime } from "./regimes.ts";
import { drawSettings } from "./settings.ts";

export interface GroupOptions {
  readonly world: World;
  readonly regime: Regime;
  /** The longest timeout, in milliseconds. */
  readonly longest: number;
  readonly note: Note;
}

/** Longest time, in milliseconds, until others see what became of somebody's connection. */
const NOTICE = 4;

export class Group {
  readonly world: World;
  readonly regime: Regime;
  readonly longest: number;
  readonly note: Note;
  /** By number; a process that starts again takes the place of the one before. */
  readonly nodes: Node[] = [];
  #incarnations = 0;
  /** So many faults keep the bus away. */
  #away = 0;
  /** Nothing is to go wrong any more. */
  calm = false;

  constructor({ world, regime, longest, note }: GroupOptions) {
    this.world = world;
    this.regime = regime;
    this.longest = longest;
    this.note = note;
  }

  start(index: number, initialTerm: number): void {
    const { dice } = this.world;
    this.#incarnations += 1;
    const { longest, regime } = this;
    const settings = drawSettings(dice, regime, { index, incarnation: this.#incarnations, longest, initialTerm });
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

  crash(node: Node): void {
    node.crash();
    this.hint(node);
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
      by.socket(() => by.feed({ type: "fenced", id, ok }));
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
