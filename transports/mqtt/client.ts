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

/** How a topic is subscribed to; the last three are for MQTT 5. */
export interface SubscribeOptions {
  /** 1: the broker keeps a message until it was received. */
  readonly qos: 0 | 1;
  /** Whether our own messages are left out: never, since their coming back is their acknowledgement. */
  readonly nl: boolean;
  /** Whether messages keep their retain flag. */
  readonly rap: boolean;
  /** 0: what is retained is sent at every subscription. */
  readonly rh: number;
}

/** Topics to subscribe to; `resubscribe` has the client ask the broker, whatever it believes to be subscribed to. */
export type Subscriptions = Record<string, SubscribeOptions> & { readonly resubscribe?: boolean };

/** What a broker of MQTT 5 allows, as its CONNACK said; what is absent has no limit. */
export interface ServerProperties {
  /** The highest QoS. */
  readonly maximumQoS?: number;
  /** Whether messages can be retained. */
  readonly retainAvailable?: boolean;
  /** Whether subscriptions may have wildcards. */
  readonly wildcardSubscriptionAvailable?: boolean;
  /** How large a packet may be, in bytes. */
  readonly maximumPacketSize?: number;
}

/** A packet, sent or received, as far as the transport looks at it. */
export interface Packet {
  /** Its kind, such as `publish`. */
  readonly cmd: string;
  /** The number by which an acknowledgement names it. */
  readonly messageId?: number;
  /** The body of a message. */
  readonly payload?: unknown;
  /** Why the broker ends the connection (MQTT 5). */
  readonly reasonCode?: number;
  /** Properties of MQTT 5. */
  readonly properties?: object;
}

/** A client, by structure and not by class. */
export interface MqttClient {
  /** A connection stands at this moment. */
  readonly connected: boolean;
  /** The owner is ending the client. */
  readonly disconnecting?: boolean;
  /** The owner has ended the client. */
  readonly disconnected?: boolean;
  /** How it was set up, as far as the transport speaks of it. */
  readonly options?: { readonly clientId?: string | undefined };
  /** What the broker allows, where the client knows it. */
  readonly serverProperties?: ServerProperties | undefined;
  /** The connection underneath; its errors have reasons that the client does not tell. */
  readonly stream?: {
    on(event: "error", listener: (error: Error) => void): unknown;
    removeListener(event: string, listener: (...args: never[]) => void): unknown;
  };
  /**
   * Publishes. Calls `done` when the broker has confirmed the message or refused it, or the client gives it up; possibly before
   * it returns.
   */
  publish(
    topic: string,
    body: string | Uint8Array,
    options: PublishOptions,
    done: (error?: Error | null, packet?: unknown) => void,
  ): unknown;
  /**
   * Subscribes to several topics. Calls `done`, possibly before it returns, with what the broker granted for each: a `qos` above 2
   * is a refusal.
   */
  subscribe(
    topics: Subscriptions,
    options: Readonly<Record<string, never>>,
    done: (error: Error | null, granted?: readonly { readonly topic: string; readonly qos: number }[]) => void,
  ): unknown;
  /** Takes subscriptions back. Called when the transport is closed, since the client itself stays open. */
  unsubscribe(topics: string[], done: (error?: Error | null) => void): unknown;
  /** Forgets a message that was not acknowledged, so that it is not sent again. */
  removeOutgoingMessage(id: number): unknown;
  /** Calls back for every message that arrives, until the listener is removed. */
  on(event: "message", listener: (topic: string, body: Uint8Array, packet: ReceivedPacket) => void): unknown;
  /** Calls back when a connection stands, and for every packet: how the client numbers messages is seen there. */
  on(event: "connect" | "packetsend" | "packetreceive", listener: (packet: Packet) => void): unknown;
  /** Calls back when a connection has ended. */
  on(event: "close", listener: () => void): unknown;
  /** Calls back when something failed. A client without such a listener would throw. */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Takes a listener off again. */
  removeListener(event: string, listener: (...args: never[]) => void): unknown;
}

/** A client that we made, and may do more with. */
export interface OwnClient extends MqttClient {
  readonly stream: NonNullable<MqttClient["stream"]> & {
    readonly closed?: boolean;
    destroy(): unknown;
    setNoDelay?(on: boolean): unknown;
    on(event: "close", listener: () => void): unknown;
  };
  readonly options: { clientId?: string | undefined; reconnectPeriod?: number };
  endAsync(force?: boolean): Promise<void>;
}
