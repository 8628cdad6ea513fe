/** A hang is noticed within this timeout; four and a half intervals, so that no heartbeat races the timer. */
export const DEMO_TIMINGS = { heartbeatInterval: 300, heartbeatTimeout: 1_350 } as const;
