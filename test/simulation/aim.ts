/** Lets faults come, one after another, each upon the one it is aimed at. */

import { faultsOf, planFault, type Fault, type Instant, type Planned } from "./faults.ts";
import type { Group } from "./group.ts";
import type { Node } from "./node.ts";
import { strike, type Undo } from "./strike.ts";

export class Aim {
  readonly #group: Group;
  readonly #undone = new Set<Undo>();
  /** Faults that wait for somebody to be in their instant. */
  #waiting: Planned[] = [];
  /** What struck, in order. */
  readonly struck: Fault[] = [];
  /** In which instants faults struck. */
  readonly hit: Instant[] = [];

  constructor(group: Group) {
    this.#group = group;
  }

  /** Plans one fault, which strikes now or at the next dangerous instant that it waits for. */
  shoot(): void {
    const { dice } = this.#group.world;
    const { nodes, regime, longest } = this.#group;
    const planned = planFault(dice, faultsOf(regime), nodes.length, longest);
    const { whom } = planned;
    if (typeof whom === "number") this.#strike(planned, nodes[whom]);
    else if (whom === "primary") this.#strike(planned, nodes.find(({ isPrimary }) => isPrimary) ?? nodes[0]);
    else this.#waiting.push(planned);
  }

  /** Somebody is in a dangerous instant. */
  instant(instant: Instant, node: Node): void {
    const planned = this.#waiting.find(({ whom }) => whom === instant);
    if (planned === undefined) return;
    this.#waiting.splice(this.#waiting.indexOf(planned), 1);
    this.hit.push(instant);
    this.#strike(planned, node);
  }

  #strike({ fault, lasts }: Planned, victim: Node | undefined): void {
    if (victim?.alive !== true) return;
    this.struck.push(fault);
    this.#group.note(() => `--- ${fault} ${victim.name} for ${lasts.toFixed(0)}`);
    const undo = strike(this.#group, fault, victim, lasts);
    this.#undone.add(undo);
    this.#group.world.agenda.after(lasts, () => this.#undo(undo));
  }

  #undo(undo: Undo): void {
    if (this.#undone.delete(undo)) undo();
  }

  /** Everything is well again, and nothing more goes wrong. */
  end(): void {
    this.#waiting = [];
    for (const undo of [...this.#undone]) this.#undo(undo);
  }
}
