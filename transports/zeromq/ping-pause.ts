/** How often a connection is asked whether it is there. */

/** Bounds of the pause between two PINGs, in milliseconds. A machine that stalls for a moment must not lose connections. */
const MIN_PAUSE = 1_000;
const MAX_PAUSE = 10_000;

/** A third of the timeout after which a dead connection should be noticed, within bounds. */
export function pingPause(heartbeatTimeout: number): number {
  return Math.round(Math.min(Math.max(heartbeatTimeout / 3, MIN_PAUSE), MAX_PAUSE));
}
