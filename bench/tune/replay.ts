/** What an interval and a timeout would have made of the trace itself. */

import type { Study } from "./study.ts";

/** Mistakes that were seen. */
export interface Replay {
  /** Of all phases together: each is a run of its own over the same time. */
  readonly mistakes: number;
  /** In how many ways the trace was thinned. */
  readonly phases: number;
  /** The time that was watched, once: phases are not independent, so they add no time. Milliseconds. */
  readonly exposure: number;
  /** The longest gap between two heartbeats that were heard. */
  readonly longestGap: number;
}

/**
 * Runs the simple detector over the trace, thinned to every `every`-th heartbeat, once from each of the first `every`. A mistake is
 * a gap beyond the timeout: several without a heartbeat between them are one.
 */
export function replay({ heard, duration }: Pick<Study, "heard" | "duration">, every: number, timeout: number): Replay {
  let mistakes = 0;
  let longestGap = 0;
  for (let phase = 0; phase < every; phase += 1) {
    let latest = Number.NaN;
    for (let slot = phase; slot < heard.length; slot += every) {
      const at = heard[slot] ?? Number.NaN;
      // Lost, or overtaken: only a newer word restarts the timer, and one that came earlier has done so.
      if (Number.isNaN(at)) continue;
      const gap = at - latest;
      if (gap > timeout) mistakes += 1;
      if (gap > longestGap) longestGap = gap;
      latest = Number.isNaN(latest) ? at : Math.max(latest, at);
    }
  }
  return { mistakes, phases: every, exposure: duration, longestGap };
}
