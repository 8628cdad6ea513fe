/** What is needed of a client of the package `mqtt`, so that any client with these can be brought. */

/** A message as it came. */
export interface ReceivedPacket {
  /** The broker had kept it: it was published before the subscription. */
  readonly retain: boolean;
}

/** Options of one publication. */
export interface PublishOptions {
  /** 1: the broker confirms it. The transport publishes with nothing else. */
  readonly qos: 0 | 1;
  /** The broker keeps it for whoever subscribes later. Only the record of the last term is. */
  readonly retain?: boolean;
}

/** A client, by structure and not by class. */
export interface MqttClient {
  /** A connection stands at this moment. */
  readonly connected: boolean;
  /** Publishes. Calls `done` when the broker has confirmed the message or refused it, or the client gives it up. */
  publish(
    topic: string,
    body: string | Uint8Array,
    options: PublishOptions,
    done: (error?: Error | null) => void,
  ): unknown;
  /** Subscribes to several topics. Calls `done` with what the broker granted for each: a `qos` above 2 is a refusal. */
  subscribe(
    topics: string[],
    options: { readonly qos: 0 | 1; readonly rh?: number },
    done: (error: Error | null, granted?: readonly { readonly qos: number }[]) => void,
  ): unknown;
  /** Takes subscriptions back. Called when the transport is closed, since the client itself stays open. */
  unsubscribe(topics: string[], done: (error?: Error | null) => void): unknown;
  /** The number of the message that was published last. */
  getLastMessageId(): number;
  /** Forgets a message that was not acknowledged, so that it is not sent again. */
  removeOutgoingMessage(id: number): unknown;
  /** Calls back for every message that arrives, until the listener is removed. */
  on(event: "message", listener: (topic: string, body: Uint8Array, packet: ReceivedPacket) => void): unknown;
  /** Calls back when a connection stands, and when it has ended. */
  on(event: "connect" | "close", listener: () => void): unknown;
  /** Calls back when something failed. A client without such a listener would throw. */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Takes a listener off again. */
  removeListener(event: string, listener: (...args: never[]) => void): unknown;
}

/** A client that we made, and may do more with. */
export interface OwnClient extends MqttClient {
  readonly stream: { destroy(): unknown; setNoDelay?(on: boolean): unknown };
  readonly options: { reconnectPeriod?: number };
  endAsync(force?: boolean): Promise<void>;
}
