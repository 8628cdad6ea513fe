/** The members that each member of a mesh is told of, which need not be all. */

import type { Fault } from "./faults.ts";

/** Who lacks whom. */
export class Lists {
  readonly #lacks = new Map<string, string>();

  /** From its next start on, a member does not list another. */
  lack(member: string, other: string): void {
    this.#lacks.set(member, other);
  }

  mend(member: string): void {
    this.#lacks.delete(member);
  }

  /** Whom a member lists. */
  of(member: string, all: readonly string[]): readonly string[] {
    return all.filter((other) => other !== member && other !== this.#lacks.get(member));
  }
}

/** A member is started again with a list that lacks another, which hears it. */
export const shortList: Fault = {
  name: "list that lacks a member",
  applies: ({ lists, sound }) => lists !== undefined && sound().length >= 2,
  paralyses: false,
  divides: true,
  async strike(world, dice) {
    const [first, ...others] = world.sound();
    if (first === undefined) throw new Error("Nobody is left to strike.");
    const { name } = dice.pick([first, ...others]);
    const [one = "", ...more] = [...world.cast.players.keys()].filter((other) => other !== name);
    world.lists?.lack(name, dice.pick([one, ...more]));
    await world.restart(name);
    const undo = async (): Promise<void> => {
      world.lists?.mend(name);
      await world.restart(name);
    };
    return { on: name, undo };
  },
};
