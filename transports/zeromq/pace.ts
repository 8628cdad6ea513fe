/**
 * How much of a program's time strangers can have. Who says more than that is read later: nothing is lost, but waits in the kernel,
 * and then at the sender. Without a pace, one connection full of small questions kept a primary from its heartbeats.
 */

/** All who talk to one socket. */
export interface Pace {
  /** Somebody comes. */
  join(): Speaker;
}

/** One of them. */
export interface Speaker {
  /** It has said so many words. @returns for how many milliseconds from now it is not to be read; 0: go on */
  spoke(words: number): number;
  leave(): void;
}

/**
 * @param rate words a second, of all together who say too much
 * @param burst words that everybody may say at once
 */
export function makePace(rate: number, burst: number, now: () => number = () => performance.now()): Pace {
  const resting = new Set<Speaker>();
  const share = (): number => rate / 1_000 / Math.max(1, resting.size);

  return {
    join() {
      let credit = burst;
      let at = now();
      const speaker: Speaker = {
        spoke(words) {
          const heardAt = now();
          credit = Math.min(burst, credit + (heardAt - at) * share()) - words;
          at = heardAt;
          if (credit >= 0) {
            resting.delete(speaker);
            return 0;
          }
          resting.add(speaker);
          return -credit / share();
        },
        leave: () => void resting.delete(speaker),
      };
      return speaker;
    },
  };
}
