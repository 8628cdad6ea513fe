/** What is needed of a client of the package `mqtt`, so that any client with these can be brought. */

/** A message as it came. */
export interface ReceivedPacket {
  readonly retain: boolean;
}

/** Options of one publication. */
export interface PublishOptions {
  readonly qos: 0 | 1;
  readonly retain?: boolean;
}

/** A client, by structure and not by class. */
export interface MqttClient {
  readonly connected: boolean;
  publish(
    topic: string,
    body: string | Uint8Array,
    options: PublishOptions,
    done: (error?: Error | null) => void,
  ): unknown;
  subscribe(
    topics: string[],
    options: { readonly qos: 0 | 1; readonly rh?: number },
    done: (error: Error | null, granted?: readonly { readonly qos: number }[]) => void,
  ): unknown;
  unsubscribe(topics: string[], done: (error?: Error | null) => void): unknown;
  /** The number of the message that was published last. */
  getLastMessageId(): number;
  /** Forgets a message that was not acknowledged, so that it is not sent again. */
  removeOutgoingMessage(id: number): unknown;
  on(event: "message", listener: (topic: string, body: Uint8Array, packet: ReceivedPacket) => void): unknown;
  on(event: "connect" | "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: string, listener: (...args: never[]) => void): unknown;
}

/** A client that we made, and may do more with. */
export interface OwnClient extends MqttClient {
  readonly stream: { destroy(): unknown; setNoDelay?(on: boolean): unknown };
  readonly options: { reconnectPeriod?: number };
  endAsync(force?: boolean): Promise<void>;
}
