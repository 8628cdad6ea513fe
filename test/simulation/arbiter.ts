/** What decides outside the bus, for all processes of a run. */

import type { Node } from "./node.ts";

export interface Arbiter {
  /** Longest time of one way to it, in milliseconds. */
  slowness: number;
  /** Probability that it does not do, or does not say, what it was asked. */
  failing: number;
  /** A process begins to watch the holder. */
  open(node: Node): void;
  campaign(node: Node, id: number, highestTerm: number): void;
  cancel(node: Node, id: number): void;
  resign(node: Node, id: number, successor: string | undefined): void;
  /** Stops renewing, without giving up. */
  abandon(node: Node, id: number): void;
  /** A process is gone. */
  gone(node: Node): void;
}
