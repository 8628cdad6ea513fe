/**
 * One client, and any number of sessions that use it: it is listened to once, every message goes to those whose group it is of,
 * and a subscription is taken back with the last session that needs it.
 */

import { asError } from "../../src/errors.ts";
import type { MqttClient, Packet, ReceivedPacket, ServerProperties, SubscribeOptions } from "./client.ts";
import { reasonOf, refusalOf, textOf } from "./reasons.ts";
import { rootOf, type Topics } from "./topics.ts";

/** A session, as its client sees it. */
export interface Subscriber {
  readonly topics: Topics;
  /** A connection stands. */
  connected(): void;
  /** It has ended. */
  closed(): void;
  /** Something failed, or the broker says why it ends the connection. */
  trouble(why: string): void;
  message(topic: string, body: Uint8Array, retained: boolean): void;
}

/** A session's share of a client. */
export interface Line {
  /** A connection stands, and its owner is not ending it. */
  readonly connected: boolean;
  /** The owner has ended the client, or is about to. */
  readonly ended: boolean;
  /** What the broker of this connection allows. */
  readonly limits: ServerProperties;
  /** Subscribes to the group's topics, whatever the client believes that it is subscribed to. `done` gets why it was refused. */
  subscribe(done: (refusal?: string) => void): void;
  /**
   * Publishes, in this connection only.
   * @param numbered called with the client's number for the message, when it is sent
   * @param done called when the broker has confirmed it, or with why it was refused; possibly at once
   */
  publish(
    message: { readonly topic: string; readonly body: Uint8Array; readonly retain: boolean },
    numbered: (id: number) => void,
    done: (refusal?: string) => void,
  ): void;
  /** Has the client forget a message that was not confirmed, so that it is not sent again. */
  forget(id: number): void;
  /** Ends this session's part. @param end does what is to be done with the topics that nobody else needs */
  leave(end: (unused: readonly string[]) => Promise<unknown>): Promise<void>;
}

interface Switchboard {
  join(subscriber: Subscriber): Line;
}

const SUBSCRIPTION: SubscribeOptions = { qos: 1, nl: false, rap: false, rh: 0 };

const switchboards = new WeakMap<MqttClient, Switchboard>();

/** Makes a session one of those that use a client. */
export function joinClient(client: MqttClient, subscriber: Subscriber): Line {
  let found = switchboards.get(client);
  if (found === undefined) {
    found = makeSwitchboard(client);
    switchboards.set(client, found);
  }
  return found.join(subscriber);
}

function makeSwitchboard(client: MqttClient): Switchboard {
  /** By what their topics begin with. */
  const subscribers = new Map<string, Set<Subscriber>>();
  /** Who wants to know the number of a message that is being sent, by its very body. */
  const unnumbered = new WeakMap<object, (id: number) => void>();
  let limits: ServerProperties = client.serverProperties ?? {};
  let stream: MqttClient["stream"];

  const everyone = (): Subscriber[] => [...subscribers.values()].flatMap((group) => [...group]);

  function tell(why: string): void {
    for (const subscriber of everyone()) subscriber.trouble(why);
  }

  function onConnect(connack?: Packet): void {
    limits = connack?.properties ?? {};
    for (const subscriber of everyone()) subscriber.connected();
  }

  function onClose(): void {
    for (const subscriber of everyone()) subscriber.closed();
  }

  function onError(error: Error): void {
    tell(textOf(error));
  }

  function onMessage(topic: string, bytes: Uint8Array, { retain }: ReceivedPacket): void {
    // Not a Buffer, whose methods differ.
    const body = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const subscriber of [...(subscribers.get(rootOf(topic)) ?? [])]) subscriber.message(topic, body, retain);
  }

  function onSent({ cmd, payload, messageId }: Packet): void {
    if (cmd === "connect") watchStream();
    else if (cmd === "publish" && typeof payload === "object" && payload !== null && messageId !== undefined)
      unnumbered.get(payload)?.(messageId);
  }

  function onReceived({ cmd, reasonCode = 0, properties }: Packet): void {
    if (cmd === "disconnect") tell(`the broker ends the connection: ${reasonOf(reasonCode, properties)}`);
  }

  /** The package keeps to itself what went wrong with a packet that it could not write. */
  function watchStream(): void {
    stream?.removeListener("error", onError);
    stream = client.stream;
    stream?.on("error", onError);
  }

  function begin(): void {
    client.on("message", onMessage);
    client.on("connect", onConnect);
    client.on("close", onClose);
    client.on("error", onError);
    client.on("packetsend", onSent);
    client.on("packetreceive", onReceived);
    watchStream();
  }

  function end(): void {
    client.removeListener("message", onMessage);
    client.removeListener("connect", onConnect);
    client.removeListener("close", onClose);
    client.removeListener("error", onError);
    client.removeListener("packetsend", onSent);
    client.removeListener("packetreceive", onReceived);
    stream?.removeListener("error", onError);
    switchboards.delete(client);
  }

  function lineOf(subscriber: Subscriber): Line {
    const { root, filters } = subscriber.topics;
    return {
      get connected() {
        return client.connected && client.disconnecting !== true;
      },
      get ended() {
        return client.disconnecting === true || client.disconnected === true;
      },
      get limits() {
        return limits;
      },
      subscribe(done) {
        const wanted = Object.fromEntries(filters.map((filter) => [filter, SUBSCRIPTION]));
        client.subscribe({ ...wanted, resubscribe: true } as never, {}, (error, granted = []) => {
          if (error !== null) {
            const { packet } = error as { readonly packet?: { readonly granted?: readonly number[] } };
            done(refusedOf(filters, packet?.granted ?? []) ?? textOf(error));
          } else
            done(
              refusedOf(
                granted.map(({ topic }) => topic),
                granted.map(({ qos }) => qos),
              ),
            );
        });
      },
      publish({ topic, body, retain }, numbered, done) {
        // An object of its own, by which the package's packet is known again.
        const payload = body.subarray();
        unnumbered.set(payload, numbered);
        try {
          client.publish(topic, payload, { qos: 1, retain }, (error, packet) =>
            done(error ? refusalOf(error, packet) : undefined),
          );
        } catch (thrown) {
          done(textOf(asError(thrown)));
        }
      },
      forget(id) {
        // What an ended client holds is gone, and its store cannot be asked any more.
        if (client.disconnecting !== true && client.disconnected !== true) client.removeOutgoingMessage(id);
      },
      async leave(finish) {
        const group = subscribers.get(root);
        group?.delete(subscriber);
        if (group?.size === 0) subscribers.delete(root);
        await finish(subscribers.has(root) ? [] : filters);
        if (subscribers.size === 0) end();
      },
    };
  }

  return {
    join(subscriber) {
      if (subscribers.size === 0) begin();
      const { root } = subscriber.topics;
      subscribers.set(root, (subscribers.get(root) ?? new Set()).add(subscriber));
      return lineOf(subscriber);
    },
  };
}

/** The first topic that was refused, and why; undefined where none was. */
function refusedOf(filters: readonly string[], granted: readonly number[]): string | undefined {
  for (const [index, code] of granted.entries()) {
    if (code >= 0x80) return `the broker refuses the subscription to ${filters[index]}: ${reasonOf(code)}`;
    if (code < 1) return `the broker grants QoS 0 for ${filters[index]}, and messages that are dropped without a word`;
  }
  return undefined;
}
