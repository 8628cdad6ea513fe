/** A program's own bus within one process, with the two halves that `busTransport` takes, which fails as it is told to. */

import type { BusEnvelope, BusPublisher, EventSubscriber } from "../../src/bus.ts";

/** What a call of `subscribeTo` does, where it is not to give a stream as usual. */
export type Behaviour = (stream: ProgramStream) => unknown;

export class ProgramBus implements BusPublisher, EventSubscriber {
  readonly streams: Set<ProgramStream> = new Set();
  /** How often `subscribeTo` was called. */
  subscribed = 0;
  /** What was published. */
  readonly published: BusEnvelope[] = [];
  /** What the next calls of `subscribeTo` do, one after another; undefined: as usual. */
  readonly next: (Behaviour | undefined)[] = [];
  /** What every further call does. */
  always: Behaviour | undefined;

  publish(topic: string, payload: unknown): void {
    this.published.push({ topic, payload });
    this.bring({ topic, payload });
  }

  /** Delivers something to everybody who is subscribed. */
  bring(envelope: unknown): void {
    for (const stream of [...this.streams]) stream.bring(envelope);
  }

  subscribeTo(): Promise<AsyncIterable<BusEnvelope>> {
    this.subscribed += 1;
    const stream = new ProgramStream(() => this.streams.delete(stream));
    const behaviour = this.next.length > 0 ? this.next.shift() : this.always;
    if (behaviour !== undefined) return behaviour(stream) as Promise<AsyncIterable<BusEnvelope>>;
    this.streams.add(stream);
    return Promise.resolve(stream);
  }

  /** The bus ends every stream. */
  end(): void {
    for (const stream of [...this.streams]) stream.end();
  }

  /** Every stream throws. */
  fail(error: unknown): void {
    for (const stream of [...this.streams]) stream.fail(error);
  }
}

export class ProgramStream implements AsyncIterableIterator<BusEnvelope> {
  /** How often it was given back. */
  returned = 0;
  /** What giving it back does beside that. */
  onReturn: () => unknown = () => undefined;
  readonly #forget: () => void;
  readonly #queue: (() => Promise<IteratorResult<BusEnvelope>>)[] = [];
  #wake: (() => void) | undefined;

  constructor(forget: () => void) {
    this.#forget = forget;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<BusEnvelope>> {
    for (let item = this.#queue.shift(); ; item = this.#queue.shift()) {
      if (item !== undefined) return item();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  return(): Promise<IteratorResult<BusEnvelope>> {
    this.returned += 1;
    const outcome = this.onReturn();
    this.end();
    return Promise.resolve(outcome).then(() => ({ done: true, value: undefined }));
  }

  bring(envelope: unknown): void {
    this.#push(() => Promise.resolve({ done: false, value: envelope as BusEnvelope }));
  }

  end(): void {
    this.#forget();
    this.#push(() => Promise.resolve({ done: true, value: undefined }));
  }

  fail(error: unknown): void {
    this.#forget();
    // A program may reject with anything.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    this.#push(() => Promise.reject(error));
  }

  #push(item: () => Promise<IteratorResult<BusEnvelope>>): void {
    this.#queue.push(item);
    this.#wake?.();
  }
}
