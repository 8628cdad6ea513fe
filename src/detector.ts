/**
 * When silence becomes evidence.
 *
 * A detector convicts; it does not act. Whatever it says, nobody campaigns on silence before a whole timeout has passed since
 * the primary was last heard, because the primary's own deadline counts on that (S3). So a detector that is more patient
 * than {@linkcode fixed} delays a failover, and one that is less patient only warns earlier (`evidence`).
 *
 * @module
 */

/** One fresh heartbeat, as a detector sees it. Times and durations in milliseconds on the monotonic clock. */
export interface Arrival {
  /** When it was read. */
  readonly at: number;
  /** How often the primary says that it sends one; the own `heartbeatInterval` where it does not say. */
  readonly interval: number;
  /** Number of the interval in which it was sent; undefined where the primary does not say. */
  readonly slot: number | undefined;
  /** How late in that interval it was sent; 0 where the primary does not say. */
  readonly lateness: number;
  /** The timeout in force: the larger of the own and the announced one. */
  readonly timeout: number;
  /** It was read when this program had just stood still: `at` says nothing about when it came. */
  readonly stalled: boolean;
}

/**
 * A failure detector: pure, its state is plain data that the protocol carries. Where one throws or answers what is no number, its
 * state stays as it was, the timeout decides, and the first failure is told by the event `error`.
 */
export interface Detector<State = unknown> {
  /** Shown in `status().detector`. */
  readonly name: string;
  /** It learns from arrivals: twice an interval the watcher looks whether this program has stood still. */
  readonly adaptive?: boolean;
  /** The state before the first heartbeat of a mandate. */
  readonly initial: State;
  /** The state after one more arrival. */
  observe(state: State, arrival: Arrival): State;
  /** The moment at which silence after that arrival becomes evidence. */
  deadline(state: State, arrival: Arrival): number;
  /** Suspicion at a moment, on the detector's own scale; `status().detector.level`. */
  level?(state: State, now: number): number;
}
