/** Connections that end soon after they stood, again and again and without a word. */

/** So many of them, in so many milliseconds, are worth a word; and then not again for so many. */
const MANY = 3;
const SPAN = 10_000;
const SILENCE = 60_000;

export interface Flapping {
  /** A connection that stood has ended, and nobody said why. @returns whether that is worth a word */
  closed(): boolean;
  sentence(clientId: string | undefined): string;
}

export function makeFlapping(): Flapping {
  let ends: number[] = [];
  let quietUntil = -Infinity;
  return {
    closed() {
      const now = performance.now();
      ends = [...ends.filter((end) => end > now - SPAN), now];
      if (ends.length < MANY || now < quietUntil) return false;
      quietUntil = now + SILENCE;
      return true;
    },
    sentence(clientId = "unknown") {
      return `${MANY} connections ended within ${SPAN / 1_000} s, soon after they stood, and the broker gave no reason; a second client with the same client id (${clientId}) has that effect`;
    },
  };
}
