/**
 * When silence becomes evidence.
 *
 * @module
 */

/** One fresh heartbeat, as a detector sees it. Times and durations in milliseconds on the monotonic clock. */
export interface Arrival {
  readonly at: number;
  readonly interval: number;
  /** Number of the interval in which it was sent; undefined where the primary does not say. */
  readonly slot: number | undefined;
  /** The timeout in force: the larger of the own and the announced one. */
  readonly timeout: number;
}

/** A failure detector: pure, its state is plain data that the protocol carries. */
export interface Detector<State = unknown> {
  readonly name: string;
  /** The state before the first heartbeat of a mandate. */
  readonly initial: State;
  /** The state after one more arrival. */
  observe(state: State, arrival: Arrival): State;
  /** The moment at which silence after that arrival becomes evidence. */
  deadline(state: State, arrival: Arrival): number;
}

/**
 * The simple detector with a fixed timeout (Chen, Toueg, Aguilera, "On the Quality of Service of Failure Detectors",
 * IEEE ToC 51(5), 2002, their "common" algorithm): silence of `heartbeatTimeout` since the last fresh heartbeat.
 * A crash is then noticed after `timeout - U * interval + delay`, U uniform in 0..1.
 */
export function fixed(): Detector<null> {
  return {
    name: "fixed",
    initial: null,
    observe: () => null,
    deadline: (_state, arrival) => arrival.at + arrival.timeout,
  };
}
