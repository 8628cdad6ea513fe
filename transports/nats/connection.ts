/**
 * What is needed of a connection to NATS, so that one of the package `nats` and one of its successor `@nats-io/transport-node`
 * can be brought alike.
 */

/** A message as it came. */
export interface ReceivedMessage {
  /** Its bytes; none where it was sent without a word. */
  readonly data: Uint8Array;
  /** The subject that answers go to, where the sender named one. Our own messages name their sender's there. */
  readonly reply?: string | undefined;
  /** Answers on `reply`. False where the sender named none. */
  respond(data?: Uint8Array): boolean;
}

/** Messages of a subject are heard until it is ended. */
export interface Subscription {
  /** Ends it at once. */
  unsubscribe(): void;
}

/** What a server says of itself with every connection, and again when that has changed. */
export interface ServerInfo {
  /** Such as "2.10.27". */
  readonly version?: string;
  /** The name of its cluster; absent on a server that stands alone. */
  readonly cluster?: string;
  /** It has JetStream. */
  readonly jetstream?: boolean;
  /** The domain of its JetStream, where it has one. */
  readonly domain?: string;
  /** The longest message that it takes, in bytes. */
  readonly max_payload?: number;
}

/** What a connection tells of itself: what happened, and with an error what the server refused. */
export interface Status {
  /** `disconnect`, `reconnect`, `error`, ... */
  readonly type: string;
}

/** A connection, by structure and not by class. */
export interface NatsConnection {
  /** What the server says of itself; undefined while there is no connection. */
  readonly info?: ServerInfo | undefined;
  /** What it was made with. */
  readonly options?: { readonly inboxPrefix?: string | undefined; readonly noEcho?: boolean | undefined };
  /** Hands a message over to be sent. That it comes back over a subscription of its own tells that the server has taken it. */
  publish(subject: string, data?: Uint8Array, options?: { readonly reply?: string }): void;
  /** Listens to a subject. The callback gets every message, or why there will be none. */
  subscribe(
    subject: string,
    options: { readonly callback: (error: Error | null, message: ReceivedMessage) => void },
  ): Subscription;
  /**
   * Asks whoever listens to a subject, and resolves with the first answer. Rejects when none came for `timeout`
   * milliseconds, and at once where the server says that nobody listens.
   */
  request(
    subject: string,
    data: Uint8Array | undefined,
    options: { readonly timeout: number },
  ): Promise<ReceivedMessage>;
  /** Resolves when the server has read everything that was published before, whatever it refused of it. */
  flush(): Promise<void>;
  /** What happens to it: `disconnect`, `reconnect`, ... Ends with it. */
  status(): AsyncIterable<Status>;
  /** Resolves when it is closed for good, with the reason where there is one. */
  closed(): Promise<void | Error>;
  /** Whether it is closed for good. */
  isClosed(): boolean;
  /** Closes it for good. Called only on a connection that was not brought. */
  close(): Promise<void>;
  /** Has a new connection in place of this one. */
  reconnect?(): Promise<void>;
}

/** What the names of inboxes begin with, where answers come to. */
export function inboxOf({ options }: NatsConnection): string {
  return options?.inboxPrefix ?? "_INBOX";
}

/** Whether a request failed because nobody listens to its subject: the server says so at once. */
export function isNoResponders(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, cause, name } = error as Error & { readonly code?: unknown };
  // Version 2 has a code, version 3 an error of its own, alone or as a cause.
  return code === "503" || name === "NoResponders" || (cause !== undefined && isNoResponders(cause));
}
