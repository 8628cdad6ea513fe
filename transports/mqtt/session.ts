/** One transport's life on a broker: connections come and go, and what was on its way in one of them ends with it. */

import { TransportError } from "../../src/errors.ts";
import type { BusMessage, TransportContext, TransportHandlers } from "../../src/transport.ts";
import { atMost } from "../patience.ts";
import type { Session } from "../session.ts";
import type { MqttClient, ReceivedPacket } from "./client.ts";
import { decodeName, decodeTerm, encodeName, encodeTerm } from "./notices.ts";
import { makePending } from "./pending.ts";
import type { Topics } from "./topics.ts";

/** How long what was sent may take to leave, and then the connection to end, in milliseconds. */
const CLOSING_TIME = 1_000;
const ENDING_TIME = 250;

/** How long the first connection may take, at least, in milliseconds. */
const OPENING_TIME = 5_000;

export interface MqttSession extends Session {
  send(message: BusMessage): Promise<void>;
  recordTerm(term: number): Promise<void>;
}

/** How a broker says that it does not speak this version: in MQTT 3.1.1 (section 3.2.2.3) and in MQTT 5 (section 3.2.2.2). */
const UNSPOKEN_VERSION: ReadonlySet<unknown> = new Set([0x01, 0x84]);

/** What is done with a client that differs between our own and one that was brought. */
export interface Care {
  /** The broker does not answer in this connection: have another one, if that is ours to decide. */
  renew(): void;
  /** Prepares the next attempt to connect. */
  lost(): void;
  /** A connection stands. */
  found(): void;
  /** Ends what was begun, and nothing else, in so many milliseconds at most. */
  end(patience: number): Promise<void>;
}

export function mqttSession(
  client: MqttClient,
  care: Care,
  topics: Topics,
  { incarnation, heartbeatTimeout }: TransportContext,
  handlers: TransportHandlers,
): MqttSession {
  const encoder = new TextEncoder();
  const subscriptions = [topics.all, topics.hello, topics.will, topics.term];
  /** An acknowledgement that takes longer is none: a mandate is trusted for 2/3 of the timeout. */
  const patience = heartbeatTimeout / 2;
  let up = false;
  let connection = 0;
  /** Counts attempts to come up, so that an answer to an old one means nothing. */
  let attempt = 0;
  let closed = false;
  let highest = 0;
  let told: string | undefined;
  let reviving: ReturnType<typeof setTimeout> | undefined;
  let settleLive: (error?: Error) => void = () => undefined;

  const pending = makePending(client, patience, () => {
    goDown("the broker does not acknowledge");
    care.renew();
    // Where the connection is not ours to renew, the broker may come back to itself in this one.
    clearTimeout(reviving);
    if (!closed) reviving = setTimeout(revive, patience);
  });

  const live = new Promise<void>((resolve, reject) => {
    const limit = Math.max(heartbeatTimeout, OPENING_TIME);
    const timer = setTimeout(() => {
      const why = told === undefined ? "it does not answer" : told;
      settleLive(
        new TransportError("NOT_CONNECTED", `Cannot open the MQTT transport: no broker within ${limit} ms: ${why}.`),
      );
    }, limit);
    settleLive = (error) => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
  });

  function revive(): void {
    if (client.connected && !up && !closed) comeUp();
  }

  /** Subscribes, says hello, and is up when the hello comes back: everything that the others send from then on will, too. */
  function comeUp(): void {
    attempt += 1;
    const mine = attempt;
    client.subscribe(subscriptions, { qos: 1 }, (error, granted = []) => {
      if (mine !== attempt || closed) return;
      const refused = granted.some(({ qos }) => qos > 2);
      if (error === null && !refused) {
        sayHello(mine);
        return;
      }
      if (error === null || client.connected)
        tell(`the broker refuses the subscriptions to ${topics.all}${error === null ? "" : ` (${error.message})`}`);
    });
  }

  function sayHello(mine: number): void {
    // Its own number makes it unlike the hello of the connection before.
    const hello = encoder.encode(`${encodeName(incarnation)}${" ".repeat(mine % 64)}`);
    pending.publish(topics.hello, hello).then(
      () => {
        if (mine === attempt && !closed) goUp();
      },
      // The connection has ended, or is being renewed: the next one says hello again.
      () => undefined,
    );
  }

  function goUp(): void {
    up = true;
    told = undefined;
    connection += 1;
    care.found();
    if (connection === 1) settleLive();
    else handlers.link(true, connection);
  }

  function goDown(why: string): void {
    attempt += 1;
    const wasUp = up;
    up = false;
    pending.drop(why);
    if (wasUp && !closed) handlers.link(false, connection);
  }

  /** Tells a lasting trouble once, until the link is up again. */
  function tell(message: string): void {
    if (closed || told === message) return;
    told = message;
    if (connection > 0)
      handlers.error(new TransportError("NOT_CONNECTED", `The MQTT transport has a trouble: ${message}.`));
  }

  function onClose(): void {
    goDown("the connection was lost");
    care.lost();
  }

  function onError(error: Error): void {
    // Where several addresses were tried, the package's error has a code and no message.
    const { message, code = error.name }: Error & { readonly code?: string | number } = error;
    const advice = UNSPOKEN_VERSION.has(code) ? " (options: { protocolVersion: 4 } is for brokers of MQTT 3.1.1)" : "";
    tell(`${message === "" ? code : message}${advice}`);
  }

  function onMessage(topic: string, bytes: Uint8Array, packet: ReceivedPacket): void {
    // Not a Buffer, whose methods differ.
    const body = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (pending.takes(topic, body) || closed) return;
    if (topic === topics.term) noteTerm(body);
    else if (packet.retain) handlers.dropped();
    else if (topic === topics.hello || topic === topics.will) noteName(topic, body);
    else {
      const name = topics.named(topic);
      if (name !== undefined) handlers.message({ topic: name, body });
    }
  }

  function noteTerm(body: Uint8Array): void {
    const term = decodeTerm(body);
    if (term === undefined) {
      if (body.length > 0) handlers.dropped();
      return;
    }
    highest = Math.max(highest, term);
    handlers.recorded(term);
  }

  function noteName(topic: string, body: Uint8Array): void {
    const name = decodeName(body);
    if (name === undefined) handlers.dropped();
    else if (name === incarnation) return;
    else if (topic === topics.hello) handlers.audience();
    else handlers.unlinked({ incarnation: name });
  }

  client.on("message", onMessage);
  client.on("connect", comeUp);
  client.on("close", onClose);
  client.on("error", onError);
  if (client.connected) comeUp();

  function unreachable(): TransportError {
    const why = told === undefined ? "the broker cannot be reached" : told;
    return new TransportError("NOT_CONNECTED", `Cannot send on the MQTT transport: ${why}; the message is dropped.`);
  }

  function stop(): void {
    closed = true;
    clearTimeout(reviving);
    settleLive();
  }

  async function part(): Promise<void> {
    goDown("the transport was closed");
    client.removeListener("message", onMessage);
    client.removeListener("connect", comeUp);
    client.removeListener("close", onClose);
    await care.end(ENDING_TIME);
    client.removeListener("error", onError);
  }

  return {
    live,
    send({ topic, body }) {
      return up ? pending.publish(topics.of(topic), body) : Promise.reject(unreachable());
    },
    async recordTerm(term) {
      if (term <= highest) return;
      if (!up) throw unreachable();
      highest = term;
      await pending.publish(topics.term, encoder.encode(encodeTerm(term)), true);
    },
    async close() {
      stop();
      await atMost(CLOSING_TIME, pending.settled);
      await part();
    },
    async abort() {
      stop();
      await part();
    },
  };
}
