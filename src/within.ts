/** Whatever is awaited from outside has an end. */

import type { Clock } from "./clock.ts";
import { asError } from "./errors.ts";

/** What ends a wait. */
export interface Limits {
  readonly clock: Clock;
  /** In milliseconds. */
  readonly bound: number;
  /** Rejects with its reason. */
  readonly signal?: AbortSignal;
  /** What it rejects with when the bound is over. */
  late(): Error;
}

/** Settles with the work, or rejects when its time is over or it is called off. The work itself goes on, and is not heard any more. */
export function within<T>(work: Promise<T>, { clock, bound, signal, late }: Limits): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      timer.cancel();
      signal?.removeEventListener("abort", callOff);
    };
    const callOff = (): void => {
      end();
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimer(() => {
      end();
      reject(late());
    }, bound);
    work.then(
      (value) => {
        end();
        resolve(value);
      },
      (thrown: unknown) => {
        end();
        reject(asError(thrown));
      },
    );
    if (signal?.aborted === true) callOff();
    else signal?.addEventListener("abort", callOff);
  });
}
