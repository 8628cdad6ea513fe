/**
 * The shell around the protocol: one state, one timer, one queue. Inputs are taken one after another, whoever brings them;
 * the effects of a step are done before the next begins.
 *
 * @module
 */

import type { Clock, Timer } from "./clock.ts";
import type { Effect } from "./core/effect.ts";
import type { Input } from "./core/input.ts";
import type { State } from "./core/state.ts";
import { step } from "./core/step.ts";
import { FENCE_SHARE } from "./core/timing.ts";
import { asError } from "./errors.ts";
import { report } from "./guard.ts";
import { Suspensions } from "./suspension.ts";

export class Engine {
  readonly #clock: Clock;
  readonly #perform: (effect: Effect) => void;
  readonly #failed: (error: Error) => void;
  readonly #queue: Input[] = [];
  #state: State;
  #draining = false;
  #timer: Timer | undefined;
  #timerAt = Infinity;
  /** What is due could not be done at the last tick. */
  #stuck = false;
  readonly #suspensions: Suspensions;

  /** @param failed gets what should never happen: a step, an effect or the clock that threw. The engine goes on. */
  constructor(state: State, clock: Clock, perform: (effect: Effect) => void, failed: (error: Error) => void) {
    this.#state = state;
    this.#clock = clock;
    this.#suspensions = new Suspensions(clock, state.settings.timeout);
    this.#perform = perform;
    this.#failed = failed;
  }

  get state(): State {
    return this.#state;
  }

  /**
   * S2: the mandate can be trusted *now*. Compares clocks at every call, so it is right in the first line that runs after a
   * pause, and after a suspension, in which the monotonic clock stood still.
   */
  get isPrimary(): boolean {
    const { role, office } = this.#state;
    if (role !== "primary" || office === undefined) return false;
    if (office.deadline === Infinity) return true;
    const now = this.#suspensions.look();
    return now + this.#suspensions.untold < office.deadline;
  }

  feed(input: Input): void {
    this.#queue.push(input);
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#take(next);
    } finally {
      this.#draining = false;
    }
    this.#arm();
  }

  #take(input: Input): void {
    try {
      if (input.type === "opened") this.#suspensions.begin();
      let now = this.#suspensions.look();
      if (this.#suspensions.untold > 0) {
        this.#step({ type: "suspended", ...this.#suspensions.tell() }, now);
        now = this.#clock.now();
      }
      this.#step(this.#aged(input), now);
      if (input.type === "tick") this.#stuck = false;
    } catch (thrown) {
      this.#stumble(`could not take the input ${input.type}`, thrown);
      if (input.type !== "tick") return;
      // Tried again an interval later, not at once and for ever. A primary, whose heartbeats may be among what is due, leaves in
      // order rather than hold a mandate that it does nothing for.
      this.#stuck = true;
      if (this.#state.role === "primary") this.#queue.push({ type: "step-down", id: 0, successor: undefined });
    }
  }

  /** A step that threw has changed nothing: its input is lost, and everything else as it was. */
  #stumble(what: string, cause: unknown): void {
    report(new Error(`The protocol ${what}: ${asError(cause).message}`, { cause }), this.#failed);
  }

  /** S3: a proof counts from when it was sent, and has aged by what the machine was suspended for since then. */
  #aged(input: Input): Input {
    switch (input.type) {
      case "sent": {
        const suspended = this.#suspensions.since(input.sentAt);
        return suspended === 0 ? input : { ...input, sentAt: input.sentAt - suspended };
      }
      case "won":
      case "renewed": {
        // An election says when trust ends. It began no earlier than the longest trust before.
        const trust = this.#state.settings.timeout * FENCE_SHARE;
        const suspended = this.#suspensions.since(input.deadline - trust);
        return suspended === 0 ? input : { ...input, deadline: input.deadline - suspended };
      }
      default:
        return input;
    }
  }

  #step(input: Input, now: number): void {
    const [state, effects] = step(this.#state, input, now);
    this.#state = state;
    for (const effect of effects)
      try {
        this.#perform(effect);
      } catch (thrown) {
        this.#stumble(`could not do ${effect.type}`, thrown);
      }
  }

  /** An earlier timer is left alone: a tick that comes early is harmless, and re-arming at every heartbeat is not free. */
  #arm(): void {
    const fire = (): void => {
      this.#timerAt = Infinity;
      this.feed({ type: "tick" });
    };
    try {
      const { wakeAt, settings } = this.#state;
      const due = this.#stuck ? Math.max(wakeAt, this.#clock.now() + settings.interval) : wakeAt;
      if (this.#timerAt <= due) return;
      this.#timer?.cancel();
      this.#timerAt = Infinity;
      this.#timer = this.#clock.setTimer(fire, due - this.#clock.now());
      this.#timerAt = due;
    } catch (thrown) {
      this.#stumble("could not set its timer", thrown);
    }
  }

  /** Lets everything that has arrived be read: one turn of timers, which was measured to be enough on every runtime. */
  readAll(asOf: number): void {
    this.#clock.setTimer(() => this.feed({ type: "read", asOf }), 0);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timerAt = -Infinity;
  }
}
