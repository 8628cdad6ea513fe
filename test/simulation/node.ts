/**
 * One simulated process: the real protocol with a clock, callbacks, a connection, and all that can happen to a process.
 * A stopped process takes nothing in; what arrives meanwhile waits, and when it wakes its timers run before its sockets are
 * read, which is the harder order.
 */

import type { Effect } from "../../src/core/effect.ts";
import { initialState } from "../../src/core/initial.ts";
import type { Input } from "../../src/core/input.ts";
import type { Settings, State } from "../../src/core/state.ts";
import { step } from "../../src/core/step.ts";
import type { Message } from "../../src/messages.ts";
import type { Agenda } from "./agenda.ts";
import type { Broker, Connection, Downward } from "./broker.ts";
import type { Dice } from "./dice.ts";

/** How a process's callbacks behave for now. */
export interface Manners {
  /** Longest time a callback takes, in milliseconds. */
  slow: number;
  /** Probability that `onPromote` fails. */
  failing: number;
}

export interface World {
  readonly agenda: Agenda;
  readonly dice: Dice;
  readonly broker: Broker<Message>;
  readonly lock: Lock;
  readonly manners: Manners;
  /** Told of every effect before it is done; the world aims faults with it, and checks the order of callbacks. */
  witness(node: Node, effect: Effect): void;
  /** Told after every step and every waking. */
  check(node: Node): void;
}

/** A kernel's lock on one host, with the term it remembers. */
export interface Lock {
  holder: Node | undefined;
  term: number;
}

export class Node {
  state: State;
  /** `undefined` once it is dead. */
  alive = true;
  paused = false;
  enabled = true;
  connection: Connection<Message> | undefined;
  #connections = 0;
  /** Sends that were not acknowledged yet: they fail when the broken connection is noticed. */
  readonly #pending = new Set<(ok: boolean) => void>();
  readonly #world: World;
  readonly #rate: number;
  readonly #offset: number;
  /** What has arrived while it was stopped: timers, then sockets. */
  readonly #timers: (() => void)[] = [];
  readonly #sockets: (() => void)[] = [];
  #wakeAt = Infinity;

  constructor(world: World, settings: Settings, options: { enabled: boolean; ambition: boolean }) {
    this.#world = world;
    const { dice } = world;
    this.#rate = 1 + dice.between(-0.01, 0.01);
    this.#offset = dice.between(0, 100_000);
    this.enabled = options.enabled;
    this.state = initialState(settings, { ...options, seed: dice.whole(0, 2 ** 31) });
  }

  get name(): string {
    return this.state.settings.instanceId;
  }

  /** Its own clock: runs up to 1 % fast or slow. */
  get now(): number {
    return this.#offset + this.#world.agenda.now * this.#rate;
  }

  /** What the program reads. A stopped program reads nothing. */
  get isPrimary(): boolean {
    const { role, office } = this.state;
    return this.alive && !this.paused && role === "primary" && office !== undefined && this.now < office.deadline;
  }

  open(): void {
    this.#connect();
    this.feed({ type: "opened", connection: this.#connections });
  }

  #connect(): void {
    this.#connections += 1;
    this.connection = this.#world.broker.connect((item) => this.#socket(() => this.#read(item)));
  }

  #read(item: Downward<Message>): void {
    if ("message" in item) this.feed({ type: "message", message: item.message, from: undefined });
    else item.acknowledged();
  }

  /** The connection breaks; the process is told after `notice` milliseconds. */
  disconnect(notice: number): void {
    if (this.connection === undefined) return;
    this.#world.broker.disconnect(this.connection);
    this.connection = undefined;
    const connection = this.#connections;
    const pending = [...this.#pending];
    this.#pending.clear();
    this.#world.agenda.after(notice, () =>
      this.#socket(() => {
        this.feed({ type: "link", up: false, connection });
        for (const settle of pending) settle(false);
      }),
    );
  }

  reconnect(): void {
    if (!this.alive || this.connection !== undefined) return;
    this.#connect();
    const connection = this.#connections;
    this.#socket(() => this.feed({ type: "link", up: true, connection }));
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.alive || !this.paused) return;
    this.paused = false;
    this.#world.check(this);
    const late = [...this.#timers.splice(0), ...this.#sockets.splice(0)];
    for (const run of late) this.#guarded(run, this.#sockets);
  }

  crash(): void {
    this.alive = false;
    if (this.connection !== undefined) this.#world.broker.disconnect(this.connection);
    this.connection = undefined;
    this.releaseLock();
  }

  /** The kernel frees the lock when its holder is gone, whatever state it was in, and tells who watched. */
  releaseLock(): void {
    if (this.#world.lock.holder === this) this.#world.lock.holder = undefined;
  }

  feed(input: Input): void {
    if (!this.alive) return;
    const [state, effects] = step(this.state, input, this.now);
    this.state = state;
    for (const effect of effects) {
      this.#world.witness(this, effect);
      // Killed in the middle of a step, a process does no more; stopped, it does the rest when it wakes.
      this.#timer(() => this.#perform(effect));
    }
    this.#world.check(this);
    this.#arm();
  }

  #arm(): void {
    const due = this.state.wakeAt;
    if (due >= this.#wakeAt || due === Infinity) return;
    this.#wakeAt = due;
    this.#world.agenda.at((due - this.#offset) / this.#rate + this.#world.dice.between(-0.9, 1), () => {
      if (this.#wakeAt === due) this.#wakeAt = Infinity;
      this.#timer(() => this.feed({ type: "tick" }));
    });
  }

  #timer(run: () => void): void {
    this.#guarded(run, this.#timers);
  }

  #socket(run: () => void): void {
    this.#guarded(run, this.#sockets);
  }

  #guarded(run: () => void, waiting: (() => void)[]): void {
    if (!this.alive) return;
    if (this.paused) waiting.push(run);
    else run();
  }

  #perform(effect: Effect): void {
    const { agenda, dice, broker, manners } = this.#world;
    switch (effect.type) {
      case "send": {
        const { message, receipt } = effect;
        const sentAt = this.now;
        const { connection } = this;
        const settle = (ok: boolean): void => {
          this.#pending.delete(settle);
          this.feed({ type: "sent", receipt, ok, sentAt });
        };
        this.#pending.add(settle);
        // A connection that is broken but not yet known to be swallows what is sent.
        if (connection !== undefined) broker.send(connection, message, () => settle(true));
        return;
      }
      case "read":
        agenda.after(dice.between(0, 1), () => this.#timer(() => this.feed({ type: "read", asOf: effect.asOf })));
        return;
      case "promote": {
        const error = dice.chance(manners.failing) ? new Error("no") : undefined;
        agenda.after(dice.between(0, manners.slow), () =>
          this.#timer(() => this.feed({ type: "onPromote-settled", error })),
        );
        return;
      }
      case "demote":
        agenda.after(dice.between(0, manners.slow), () =>
          this.#timer(() => this.feed({ type: "onDemote-settled", error: undefined })),
        );
        return;
      case "campaign":
        this.#campaign(effect.id, effect.highestTerm);
        return;
      case "resign":
        agenda.after(dice.between(0, 2), () => {
          this.releaseLock();
          this.#timer(() => this.feed({ type: "resigned", id: effect.id }));
        });
        return;
      default:
        return;
    }
  }

  /** Tries for the lock: slow at times, and failing when the world says so. */
  #campaign(id: number, highestTerm: number): void {
    const { agenda, dice, lock, manners } = this.#world;
    agenda.after(dice.between(0, 5), () =>
      this.#timer(() => {
        if (dice.chance(manners.failing)) this.feed({ type: "undecided", id, error: new Error("the disk is full") });
        else if (lock.holder === undefined) {
          lock.holder = this;
          lock.term = Math.max(lock.term, highestTerm) + 1;
          this.feed({ type: "won", id, term: lock.term, deadline: Infinity });
        } else {
          const { instanceId, incarnation } = lock.holder.state.settings;
          this.feed({ type: "defeated", id, message: "held", holder: { instanceId, incarnation, term: lock.term } });
        }
      }),
    );
  }
}
