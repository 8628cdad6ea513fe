/** Our own client and one that was brought: what may be done with each. */

import { asError, TransportError } from "../../src/errors.ts";
import type { TransportContext } from "../../src/transport.ts";
import { atMost } from "../patience.ts";
import type { MqttClient, OwnClient } from "./client.ts";
import type { MqttPackage } from "./load.ts";
import { encodeName } from "./notices.ts";
import { jittered } from "./pause.ts";
import type { Topics } from "./topics.ts";

/** Between two attempts to connect, in milliseconds; doubling, and never the same for all. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1_000;

/** How long an attempt may take, in milliseconds. */
const CONNECT_TIME = 2_000;

/** What is done with a client that differs between our own and one that was brought. */
export interface Care {
  /** The broker does not answer in this connection: have another one, if that is ours to decide. */
  renew(): void;
  /** Prepares the next attempt to connect. */
  lost(): void;
  /** A connection stands. */
  found(): void;
  /** Ends what was begun, and nothing else, in so many milliseconds at most. @param unused topics that nobody else needs */
  end(unused: readonly string[], patience: number): Promise<void>;
}

/** The package takes whole seconds. A broker takes one and a half of them to miss us, and we to miss it. */
function keepalive(heartbeatTimeout: number): number {
  return Math.min(Math.max(Math.round(heartbeatTimeout / 3_000), 1), 30);
}

/**
 * Makes a client. It connects again and again until it is ended.
 * @throws {TransportError} `FAILED` where the package refuses its options: a certificate that is none, for instance
 */
export function connectOwn(
  { connect }: MqttPackage,
  url: string,
  options: Readonly<Record<string, unknown>>,
  topics: Topics,
  { incarnation, heartbeatTimeout, candidate = true }: TransportContext,
): OwnClient {
  const will = { topic: topics.will, payload: encodeName(incarnation), qos: 1, retain: false };
  const settings = {
    protocolVersion: 5,
    keepalive: keepalive(heartbeatTimeout),
    connectTimeout: CONNECT_TIME,
    ...options,
    clientId: `failover-${incarnation}`,
    clean: true,
    queueQoSZero: false,
    resubscribe: false,
    reconnectPeriod: FIRST_PAUSE,
    reconnectOnConnackError: true,
    // Nobody waits for the end of an observer, which may not be allowed to have a will.
    ...(candidate ? { will } : {}),
  };
  const client = begin(() => connect(url, settings));
  // A heartbeat right behind a confirmation would wait for the broker's system to acknowledge that: 40 ms.
  client.on("connect", () => client.stream.setNoDelay?.(true));
  // A session listens for as long as it lasts; without anybody who does, a last error would be thrown.
  client.on("error", () => undefined);
  return client;
}

function begin(connect: () => OwnClient): OwnClient {
  try {
    return connect();
  } catch (cause) {
    const message = `Cannot open the MQTT transport: the package mqtt refuses to connect: ${asError(cause).message}.`;
    throw new TransportError("FAILED", message, { cause });
  }
}

export function careForOwn(client: OwnClient): Care {
  let pause = FIRST_PAUSE;
  return {
    renew: () => void client.stream.destroy(),
    lost() {
      // Read by the package when it makes its timer, after this event.
      client.options.reconnectPeriod = jittered(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    },
    found() {
      pause = FIRST_PAUSE;
    },
    async end(_, patience) {
      try {
        // Politely, or the broker would publish the will; it waits for whatever was published and is not confirmed.
        await atMost(patience, client.endAsync(!client.connected));
      } finally {
        await atMost(patience, destroyed(client.stream));
      }
    },
  };
}

/** Destroys a connection, and resolves when nothing is left of it. */
function destroyed(stream: OwnClient["stream"]): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed === true) resolve();
    else stream.on("close", resolve);
    stream.destroy();
  });
}

export function careForBrought(client: MqttClient): Care {
  const nothing = (): void => undefined;
  return {
    renew: nothing,
    lost: nothing,
    found: nothing,
    end(unused, patience) {
      if (unused.length === 0) return Promise.resolve();
      // Without a connection as well: the package would subscribe anew with the next one.
      const done = new Promise<void>((resolve) => {
        client.unsubscribe([...unused], () => resolve());
      });
      return client.connected ? atMost(patience, done) : Promise.resolve();
    },
  };
}
