/**
 * What is needed of a connection to NATS, so that one of the package `nats` and one of its successor `@nats-io/transport-node`
 * can be brought alike.
 */

/** A message as it came. */
export interface ReceivedMessage {
  readonly data: Uint8Array;
  readonly reply?: string | undefined;
  respond(data?: Uint8Array): boolean;
}

/** Messages of a subject are heard until it is ended. */
export interface Subscription {
  unsubscribe(): void;
}

/** A connection, by structure and not by class. */
export interface NatsConnection {
  /** What the server says of itself. */
  readonly info?: { readonly cluster?: string; readonly jetstream?: boolean } | undefined;
  publish(subject: string, data?: Uint8Array, options?: { readonly reply?: string }): void;
  subscribe(
    subject: string,
    options: { readonly callback: (error: Error | null, message: ReceivedMessage) => void },
  ): Subscription;
  request(
    subject: string,
    data: Uint8Array | undefined,
    options: { readonly timeout: number },
  ): Promise<ReceivedMessage>;
  /** Resolves when the server has processed everything that was published before. */
  flush(): Promise<void>;
  /** What happens to it: `disconnect`, `reconnect`, ... Ends with it. */
  status(): AsyncIterable<{ readonly type: string }>;
  /** Resolves when it is closed for good, with the reason where there is one. */
  closed(): Promise<void | Error>;
  isClosed(): boolean;
  close(): Promise<void>;
  /** Has a new connection in place of this one. */
  reconnect?(): Promise<void>;
}

/** Whether a request failed because nobody listens to its subject: the server says so at once. */
export function isNoResponders(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, cause, name } = error as Error & { readonly code?: unknown };
  // Version 2 has a code, version 3 an error of its own, alone or as a cause.
  return code === "503" || name === "NoRespondersError" || (cause !== undefined && isNoResponders(cause));
}
