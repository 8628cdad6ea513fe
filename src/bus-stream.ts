/** One stream of a program's bus: asked for within a bound, and given back. Whoever wrote it may have made any mistake. */

import type { Clock } from "./clock.ts";
import { asError, TransportError } from "./errors.ts";
import { isAble } from "./shape.ts";

/** What a bus gave to be read. */
export type Stream = AsyncIterator<unknown>;

/** How a stream is asked for. */
export interface StreamRequest {
  /** Calls the program's `subscribeTo`. */
  subscribe(): unknown;
  readonly clock: Clock;
  /** How long `subscribeTo` may take, in milliseconds. */
  readonly limit: number;
  /** Nobody wants the stream any more. */
  readonly signal: AbortSignal;
  /** A stream that came when nobody wanted it any more could not be given back. */
  unreturned(thrown: unknown): void;
}

/**
 * Asks for a stream. One that comes too late is given back: what has gathered in it is not of now.
 * @throws {TransportError} (rejects) `CLOSED` when the signal aborts, `NOT_CONNECTED` when the limit is over, `FAILED`
 * where `subscribeTo` throws, rejects, or gives something that cannot be read
 */
export function requestStream({ subscribe, clock, limit, signal, unreturned }: StreamRequest): Promise<Stream> {
  return new Promise((resolve, reject) => {
    let over = false;
    const end = (): void => {
      over = true;
      timer.cancel();
      signal.removeEventListener("abort", callOff);
    };
    const callOff = (): void => {
      end();
      reject(closedMeanwhile());
    };
    const timer = clock.setTimer(() => {
      end();
      reject(
        cannotOpen("NOT_CONNECTED", `subscribeTo gave no stream within ${limit} ms; see whether its bus is there`),
      );
    }, limit);
    signal.addEventListener("abort", callOff);
    obtain(subscribe).then(
      (stream) => {
        if (over) {
          giveBack(stream).catch(unreturned);
          return;
        }
        end();
        resolve(stream);
      },
      (error: unknown) => {
        // When it is over already, whoever asked was told why.
        if (over) return;
        end();
        reject(asError(error));
      },
    );
  });
}

/** Nobody wants any more what was to be opened. */
export function closedMeanwhile(): TransportError {
  return cannotOpen("CLOSED", "it was closed while it was being opened");
}

async function obtain(subscribe: () => unknown): Promise<Stream> {
  let given: unknown;
  try {
    given = await subscribe();
    const stream = iteratorOf(given);
    if (stream !== undefined) return stream;
  } catch (cause) {
    throw cannotOpen("FAILED", `subscribeTo failed: ${asError(cause).message}`, { cause });
  }
  const kind = given === null ? "null" : typeof given;
  throw cannotOpen("FAILED", `subscribeTo gave something (${kind}) that is no async iterable; have it return one`);
}

function iteratorOf(given: unknown): Stream | undefined {
  const iterable = given as Partial<AsyncIterable<unknown>> | null | undefined;
  const iterator: unknown = iterable?.[Symbol.asyncIterator]?.();
  return isAble(iterator, ["next"]) ? (iterator as unknown as Stream) : undefined;
}

function cannotOpen(code: TransportError["code"], why: string, options?: ErrorOptions): TransportError {
  return new TransportError(code, `Cannot open the bus transport: ${why}.`, options);
}

/** Ends the subscription behind a stream. Rejects with what its `return()` throws. */
export async function giveBack(stream: Stream): Promise<void> {
  await stream.return?.();
}
