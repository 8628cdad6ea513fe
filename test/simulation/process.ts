/** A process that can be stopped: its timers and its bus wait for it while the world goes on. */

import type { Clock } from "../../src/clock.ts";
import { asError } from "../../src/errors.ts";
import type { Transport } from "../../src/transport.ts";

export class Process {
  paused = false;
  readonly #waiting: (() => void)[] = [];

  run(action: () => void): void {
    if (this.paused) this.#waiting.push(action);
    else action();
  }

  resume(): void {
    this.paused = false;
    for (const action of this.#waiting.splice(0)) this.run(action);
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      wall: () => clock.wall(),
      suspended: () => clock.suspended?.(),
      setTimer: (callback, delay) => clock.setTimer(() => this.run(callback), delay),
    };
  }

  transport(transport: Transport): Transport {
    const gate = <Result>(promise: Promise<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        promise.then(
          (result) => this.run(() => resolve(result)),
          (error: unknown) => this.run(() => reject(asError(error))),
        );
      });
    return {
      ...transport,
      capabilities: transport.capabilities,
      open: (context, handlers) =>
        transport.open(context, {
          ...handlers,
          message: (message, from, deaf) => this.run(() => handlers.message(message, from, deaf)),
          link: (up, connection) => this.run(() => handlers.link(up, connection)),
          unlinked: (peer) => this.run(() => handlers.unlinked(peer)),
          audience: () => this.run(() => handlers.audience()),
        }),
      send: (message) => gate(transport.send(message)),
    };
  }
}
