/** What a process that starts an adapter is told, and what it tells. */

import type { ZeromqOptions } from "../../transports/zeromq/index.ts";

/** What it starts. */
export type Setup =
  | { readonly kind: "nats" | "lease" | "mqtt"; readonly url: string }
  | { readonly kind: "zeromq"; readonly options: ZeromqOptions };

/** `leave`: there is nothing more to do, so the process ends, unless something that was left keeps it alive. */
export type Order = "open" | "close" | "leave";

export interface Report {
  readonly type: "opened" | "refused" | "closed";
  /** How long it took, in milliseconds. */
  readonly took: number;
  /** The error's name and code, where it was refused. */
  readonly error?: string;
  readonly message?: string;
}
