/** What a trial is made with. */

/** What befalls the primary: SIGKILL, SIGSTOP, SIGTERM, or a bus that passes nothing on and closes nothing. */
export type Fault = "crash" | "hang" | "shutdown" | "cut";

/** A group and its fault. Durations in milliseconds. */
export interface Setting {
  /** `zeromq` (one host), `mesh`, `nats` or `mqtt`. */
  readonly transport: string;
  /** The broker's. */
  readonly url: string;
  /** `lease` on NATS; otherwise the transport's own. */
  readonly election: string;
  readonly eager: boolean;
  readonly fault: Fault;
  readonly interval: number;
  readonly timeout: number;
  readonly standbys: number;
}
