/** The bus: takes messages in one order and hands them to every member of their group, with the faults that were asked for. */

import { systemClock } from "../../src/clock.ts";
import { TransportError } from "../../src/errors.ts";
import type { BusMessage, TransportCapabilities, TransportContext, TransportHandlers } from "../../src/transport.ts";
import { Chance } from "./chance.ts";
import { Member } from "./member.ts";
import { checkMemoryOptions, type MemoryBusOptions } from "./options.ts";
import type { PipeOptions } from "./pipe.ts";

/**
 * A bus within one process, which behaves as a broker does: it accepts messages in one order, delivers them to everybody in
 * the group, the sender included, and acknowledges a message after everything it had accepted before was delivered. Made for
 * testing failover: give it delays and losses, and break it by name.
 *
 * @example
 * ```ts
 * import { MemoryBus } from "failover-watcher/memory";
 *
 * const bus = new MemoryBus({ delay: 2, jitter: 3, seed: 7 });
 * bus.partition([["alice"], ["bob", "carol"]]);
 * bus.heal();
 * ```
 */
export class MemoryBus {
  readonly #options: PipeOptions;
  readonly #loss: number;
  readonly #duplicate: number;
  readonly #groups = new Map<string, Set<Member>>();
  #sides: readonly ReadonlySet<string>[] = [];
  #running = true;

  /**
   * Makes a bus that runs; time passes on its clock.
   * @throws {TypeError} for an option that is unknown or of the wrong type
   * @throws {RangeError} for an option that is out of range
   */
  constructor(options: MemoryBusOptions = {}) {
    checkMemoryOptions(options);
    const { seed = 1, clock = systemClock, delay = 0, jitter = 0, loss = 0, duplicate = 0, reorder = 0 } = options;
    this.#options = { clock, chance: new Chance(seed), delay, jitter, reorder };
    this.#loss = loss;
    this.#duplicate = duplicate;
  }

  /** What the bus promises: with loss or reordering an acknowledgement is no barrier. */
  get capabilities(): TransportCapabilities {
    const barrier = this.#loss === 0 && this.#options.reorder === 0;
    return { acknowledges: true, barrier, publish: "everyone", subscribe: true, link: true, hints: true };
  }

  /** @internal Connects a member; used by `memory()`. */
  join(name: string, context: TransportContext, handlers: TransportHandlers): Member {
    if (!this.#running)
      throw new TransportError("NOT_CONNECTED", "Cannot open on the memory bus: it is stopped; start() it first.");
    const group = this.#groups.get(context.group) ?? new Set();
    for (const member of group)
      if (member.name === name && member.state !== "closed" && member.state !== "dead")
        throw new TransportError(
          "ADDRESS_IN_USE",
          `Cannot open on the memory bus: group ${context.group} has a member ${name} already; give another name.`,
        );
    const member = new Member(name, context, handlers, this.#options, (from, message) => this.#accept(from, message));
    for (const other of this.#audience(member)) other.tell("audience");
    this.#groups.set(context.group, group.add(member));
    return member;
  }

  /** @internal Disconnects a member; used by `memory()`. */
  leave(member: Member): void {
    member.close();
    this.#forget(member);
  }

  #forget(member: Member): void {
    const { group } = member.context;
    const members = this.#groups.get(group);
    members?.delete(member);
    if (members?.size === 0) this.#groups.delete(group);
  }

  #accept(from: Member, message: BusMessage): void {
    const { chance } = this.#options;
    for (const member of this.#audience(from)) {
      if (chance.happens(this.#loss)) continue;
      member.tell({ message });
      if (chance.happens(this.#duplicate)) member.tell({ message });
    }
  }

  /** Who hears a member: its group, on its side of a partition. */
  #audience(from: Member): Member[] {
    const side = this.#sideOf(from);
    return [...(this.#groups.get(from.context.group) ?? [])].filter((member) => this.#sideOf(member) === side);
  }

  #sideOf({ name }: Member): number {
    return this.#sides.findIndex((side) => side.has(name));
  }

  /** Everybody, group by group. */
  get #members(): Member[] {
    return [...this.#groups.values()].flatMap((members) => [...members]);
  }

  #named(name: string): Member[] {
    const members = this.#members.filter((member) => member.name === name);
    if (members.length > 0) return members;
    const known = this.#members.map((member) => member.name).join(", ");
    throw new RangeError(
      `Cannot find member ${name} on the memory bus: its members are ${known === "" ? "nobody" : known}.`,
    );
  }

  /** A member's connection stalls: nothing gets through, nothing is lost, and nobody is told. */
  hold(name: string): void {
    for (const member of this.#named(name)) member.hold();
  }

  /** A held connection goes on: what was held arrives. */
  release(name: string): void {
    for (const member of this.#named(name)) member.release();
  }

  /** A member's connection breaks: what was on its way is lost, and the member knows. */
  drop(name: string): void {
    for (const member of this.#named(name)) member.drop();
  }

  /** A broken connection is made anew. */
  restore(name: string): void {
    for (const member of this.#named(name)) member.restore();
  }

  /** A member's process dies: the others are told that the bus lost it. */
  kill(name: string): void {
    for (const member of this.#named(name)) {
      const others = this.#audience(member);
      member.kill();
      this.#forget(member);
      for (const other of others) other.tell({ unlinked: { incarnation: member.context.incarnation } });
    }
  }

  /** The bus falls into pieces: members hear only their own side, and are acknowledged all the same. */
  partition(sides: readonly (readonly string[])[]): void {
    this.#sides = sides.map((side) => new Set(side));
  }

  /** The pieces are one again. */
  heal(): void {
    this.#sides = [];
  }

  /** The broker goes away: every connection breaks. */
  stop(): void {
    this.#running = false;
    for (const member of this.#members) member.drop();
  }

  /** The broker is back: every broken connection is made anew. */
  start(): void {
    this.#running = true;
    for (const member of this.#members) member.restore();
  }
}
