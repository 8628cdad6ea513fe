/**
 * One simulated process: the real protocol with a clock, callbacks, a connection, and all that can happen to a process.
 * A stopped process takes nothing in; what arrives meanwhile waits, and when it wakes its timers run before its sockets are
 * read, which is the harder order.
 */

import type { Effect } from "../../src/core/effect.ts";
import { initialState } from "../../src/core/initial.ts";
import type { Input, SendFault } from "../../src/core/input.ts";
import type { Settings, State } from "../../src/core/state.ts";
import { step } from "../../src/core/step.ts";
import type { Holder } from "../../src/election.ts";
import type { Message } from "../../src/messages.ts";
import type { Agenda } from "./agenda.ts";
import type { Arbiter } from "./arbiter.ts";
import type { Bus, Connection } from "./bus.ts";
import type { Dice } from "./dice.ts";

/** How callbacks behave for now. */
export interface Manners {
  /** Longest time a callback takes, in milliseconds. */
  slow: number;
  /** Probability that `onPromote` fails. */
  failing: number;
  /** Probability that a callback never returns. */
  hanging: number;
  /** Probability that a health check says no, or nothing. */
  unhealthy: number;
  /** Probability that a health check obeys its signal only after many times its time. */
  slowHealth: number;
  /** Probability that a fence never settles. */
  hangingFence: number;
}

export interface World {
  readonly agenda: Agenda;
  readonly dice: Dice;
  readonly bus: Bus;
  /** What decides, where it is not the bus. */
  readonly arbiter: Arbiter | undefined;
  readonly manners: Manners;
  /** What becomes of a message on its way; the real codec, where a run has it in the loop. */
  carry(message: Message): Message;
  /** Told of every effect before it is done; the world aims faults with it, and checks the order of callbacks. */
  witness(node: Node, effect: Effect): void;
  /** Told when something that matters was sent and is not acknowledged yet. */
  unacknowledged(node: Node): void;
  /** Told after every step and every waking. */
  check(node: Node): void;
  /** Told of every question that a program asks. */
  asked(node: Node, id: number): void;
  /** Told of every message before it is taken in. */
  heard(node: Node, message: Message): void;
  fence(node: Node, id: number, holder: Holder): void;
}

/** A timer fires up to a millisecond late, and now and then up to so many milliseconds early. */
const EARLY = 0.9;

/** A message that was sent in a connection, and was not acknowledged yet. */
interface Pending {
  readonly connection: number;
  readonly settle: (ok: boolean) => void;
}

export class Node {
  readonly index: number;
  state: State;
  alive = true;
  /** On the agenda's clock. */
  diedAt: number = Infinity;
  paused = false;
  /** Its health check says no, and its promotions fail, whatever those of others do. */
  unhealthy = false;
  failing = false;
  connection: Connection | undefined;
  /** Nothing that it sends leaves. */
  silencedBy: SendFault | undefined;
  /** How many callbacks run now, and whether one of them never returns. */
  working = 0;
  hangs = false;
  /** When the last callback that was called returns, on the agenda's clock. */
  returnsAt: number = -Infinity;
  #connections = 0;
  #questions = 0;
  /** Sends that were not acknowledged yet, in their order: they fail when their connection's end is noticed. */
  readonly #pending: Pending[] = [];
  readonly #world: World;
  readonly #rate: number;
  readonly #offset: number;
  /** What has arrived while it was stopped: timers, then sockets. */
  readonly #timers: (() => void)[] = [];
  readonly #sockets: (() => void)[] = [];
  /** When the earliest of its timers for `tick` fires. */
  #wakeAt = Infinity;

  constructor(world: World, index: number, settings: Settings, start: { enabled: boolean; ambition: boolean }) {
    this.index = index;
    this.#world = world;
    const { dice } = world;
    this.#rate = 1 + dice.between(-0.01, 0.01);
    this.#offset = dice.between(0, 100_000);
    const { enabled, ambition } = start;
    this.state = initialState(settings, { enabled, ambition, seed: dice.whole(0, 2 ** 31) });
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
    return role === "primary" && office !== undefined && this.alive && !this.paused && this.now < office.deadline;
  }

  /** The agenda's time at a moment of its own clock. */
  trueTime(at: number): number {
    return (at - this.#offset) / this.#rate;
  }

  /** What decides here; in a group of mixed elections an instance under claims knows nothing of it. */
  get #arbiter(): Arbiter | undefined {
    return this.state.settings.election === "claims" ? undefined : this.#world.arbiter;
  }

  open(): void {
    if (!this.alive) return;
    this.#connect();
    this.#arbiter?.open(this);
    this.feed({ type: "opened", connection: this.#connections, barrier: this.#world.bus.barrier });
  }

  #connect(): void {
    this.#connections += 1;
    this.connection = this.#world.bus.connect(this.index, (message, deaf) => this.#receive(message, deaf));
  }

  #receive(message: Message, deaf: boolean | undefined): void {
    if (this.paused) this.#sockets.push(() => this.#receive(message, deaf));
    else {
      this.#world.heard(this, message);
      this.feed({ type: "message", message, from: undefined, deaf });
    }
  }

  /** The program asks whether the primary is there. */
  ask(): void {
    this.socket(() => {
      if (this.state.life !== "watching") return;
      this.#questions += 1;
      this.#world.asked(this, this.#questions);
      this.feed({ type: "check", id: this.#questions });
    });
  }

  /** The connection breaks; the process is told after `notice` milliseconds. */
  disconnect(notice: number): void {
    if (this.connection === undefined) return;
    this.connection.disconnect();
    this.connection = undefined;
    const connection = this.#connections;
    this.#world.agenda.after(notice, () =>
      this.socket(() => {
        this.feed({ type: "link", up: false, connection });
        for (const { settle, connection: of } of [...this.#pending]) if (of === connection) settle(false);
      }),
    );
  }

  reconnect(): void {
    if (!this.alive || this.connection !== undefined || this.state.life === "new") return;
    this.#connect();
    const connection = this.#connections;
    this.socket(() => this.feed({ type: "link", up: true, connection }));
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.alive || !this.paused) return;
    this.paused = false;
    this.#world.check(this);
    const late = [...this.#timers.splice(0), ...this.#sockets.splice(0)];
    for (const run of late) this.socket(run);
  }

  crash(): void {
    if (!this.alive) return;
    this.alive = false;
    this.diedAt = this.#world.agenda.now;
    this.connection?.disconnect();
    this.connection = undefined;
    this.#arbiter?.gone(this);
  }

  feed(input: Input): void {
    if (!this.alive) return;
    const [state, effects] = step(this.state, input, this.now);
    this.state = state;
    for (const effect of effects) {
      this.#world.witness(this, effect);
      // Killed in the middle of a step, a process does no more; stopped, it does the rest when it wakes.
      if (this.paused) this.#timers.push(() => this.#perform(effect));
      else this.#perform(effect);
    }
    this.#world.check(this);
    this.#arm();
  }

  /** Runs something after a while on its own clock, unless it is stopped then: when it wakes. */
  timer(delay: number, run: () => void): void {
    this.#world.agenda.after(delay / this.#rate, () => this.#run(run, this.#timers));
  }

  /** Runs something that came in from outside: now, or when it wakes. */
  socket(run: () => void): void {
    this.#run(run, this.#sockets);
  }

  #run(run: () => void, waiting: (() => void)[]): void {
    if (!this.alive) return;
    if (this.paused) waiting.push(run);
    else run();
  }

  #arm(): void {
    const due = this.state.wakeAt;
    if (due >= this.#wakeAt || due === Infinity) return;
    this.#wakeAt = due;
    const { agenda, dice } = this.#world;
    const roll = dice.roll();
    agenda.at((due - this.#offset) / this.#rate + (roll < 0.1 ? -EARLY * 10 * roll : roll), () => {
      if (this.#wakeAt === due) this.#wakeAt = Infinity;
      this.#run(this.#tick, this.#timers);
    });
  }

  /** A deadline that has moved meanwhile is waited for again, as a program would that cancels its timer; or once more ticked. */
  readonly #tick = (): void => {
    if (this.state.wakeAt > this.now + EARLY * 2 && this.#world.dice.chance(0.9)) this.#arm();
    else this.feed({ type: "tick" });
  };

  #perform(effect: Effect): void {
    if (!this.alive) return;
    const { agenda, dice, manners } = this.#world;
    switch (effect.type) {
      case "send":
        this.#send(effect);
        return;
      case "read": {
        const { asOf } = effect;
        agenda.after(dice.roll(), () => this.#run(() => this.feed({ type: "read", asOf }), this.#timers));
        return;
      }
      case "promote": {
        const error = this.failing || dice.chance(manners.failing) ? new Error("no") : undefined;
        this.#work(() => this.feed({ type: "onPromote-settled", error }));
        return;
      }
      case "demote":
        this.#work(() => this.feed({ type: "onDemote-settled", error: undefined }));
        return;
      case "health": {
        const { id, timeout } = effect;
        const hangs = dice.chance(manners.slowHealth);
        const ok = !this.unhealthy && !dice.chance(manners.unhealthy) && !hangs;
        // One that does not answer in time obeys its signal, sooner or later.
        const late = (): number => timeout * (hangs ? dice.between(2, 15) : dice.between(1, 2));
        const takes = ok || (!hangs && dice.chance(0.5)) ? dice.between(0, 5) : late();
        if (!ok) this.returnsAt = Math.max(this.returnsAt, agenda.now + takes / this.#rate);
        this.timer(takes, () => this.feed({ type: "health", id, ok, message: "ill" }));
        return;
      }
      case "campaign":
        this.#arbiter?.campaign(this, effect.id, effect.highestTerm);
        return;
      case "cancel":
        this.#arbiter?.cancel(this, effect.id);
        return;
      case "resign":
        this.#arbiter?.resign(this, effect.id, effect.successor);
        return;
      case "abandon":
        this.#arbiter?.abandon(this, effect.id);
        return;
      case "ask": {
        const { number, after } = effect;
        this.timer(after, () => this.#arbiter?.ask?.(this, number));
        return;
      }
      case "fence":
        this.#world.fence(this, effect.id, effect.holder);
        return;
      default:
        return;
    }
  }

  #send({ message, receipt }: Extract<Effect, { type: "send" }>): void {
    const sentAt = this.now;
    const fault = this.silencedBy;
    if (fault !== undefined) {
      this.socket(() => this.feed({ type: "sent", receipt, ok: false, sentAt, fault }));
      return;
    }
    const settle = (ok: boolean): void => {
      const index = this.#pending.indexOf(pending);
      if (index < 0) return;
      this.#pending.splice(index, 1);
      this.feed({ type: "sent", receipt, ok, sentAt });
    };
    const pending: Pending = { connection: this.#connections, settle };
    this.#pending.push(pending);
    // A connection that is broken but not yet known to be swallows what is sent.
    this.connection?.send(this.#world.carry(message), () => this.socket(() => settle(true)));
    if (receipt.for === "claim" || receipt.for === "farewell") this.#world.unacknowledged(this);
  }

  #work(settled: () => void): void {
    const { agenda, dice, manners } = this.#world;
    this.working += 1;
    this.hangs = dice.chance(manners.hanging);
    if (this.hangs) return;
    const lasts = dice.between(0, manners.slow);
    this.returnsAt = agenda.now + lasts / this.#rate;
    this.timer(lasts, () => {
      this.working -= 1;
      settled();
    });
  }
}
