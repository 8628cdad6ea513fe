/** A transport under test, with a log of everything that it told. It ends with the test. */

import { onTestFinished } from "vitest";
import type { BusMessage, Transport, TransportContext, TransportHandlers, Unlinked } from "../../src/transport.ts";
import { createLog, type Log } from "./log.ts";

export type Told =
  | {
      readonly type: "message";
      readonly topic: string;
      readonly body: string;
      readonly from: string | undefined;
      readonly deaf: boolean;
    }
  | { readonly type: "unlinked"; readonly peer: Unlinked }
  | { readonly type: "audience" }
  | { readonly type: "recorded"; readonly term: number }
  | { readonly type: "dropped" }
  | { readonly type: "link"; readonly up: boolean; readonly connection: number }
  | { readonly type: "misconfigured"; readonly message: string }
  | { readonly type: "error"; readonly message: string };

export interface Instance {
  readonly name: string;
  readonly transport: Transport;
  readonly log: Log<Told>;
  readonly context: TransportContext;
  readonly handlers: TransportHandlers;
  open(): Promise<void>;
  /** Sends a heartbeat whose body is the text. */
  send(text: string): Promise<void>;
  /** Resolves when a message with that body has been heard. */
  heard(text: string): Promise<Told>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function message(text: string, topic = "instance.heartbeat"): BusMessage {
  return { topic, body: encoder.encode(text) };
}

let instances = 0;

/** An instance that is not open yet. */
export function instanceOf(transport: Transport, group = "default"): Instance {
  instances += 1;
  const name = `instance-${instances}`;
  const log = createLog<Told>();
  const context = {
    group,
    instanceId: name,
    incarnation: crypto.randomUUID(),
    heartbeatInterval: 1_000,
    heartbeatTimeout: 3_000,
  };
  const handlers: TransportHandlers = {
    message: ({ topic, body }, from, deaf = false) =>
      log.add({ type: "message", topic, body: decoder.decode(body), from, deaf }),
    link: (up, connection) => log.add({ type: "link", up, connection }),
    unlinked: (peer) => log.add({ type: "unlinked", peer }),
    recorded(term) {
      log.add({ type: "recorded", term });
      return true;
    },
    audience: () => log.add({ type: "audience" }),
    asked: () => ({ instanceId: name, incarnation: context.incarnation, term: 7, uptime: "1m3s" }),
    dropped: () => log.add({ type: "dropped" }),
    misconfigured: (message) => log.add({ type: "misconfigured", message }),
    error: ({ message }) => log.add({ type: "error", message }),
  };
  onTestFinished(() => transport.close());
  return {
    name,
    transport,
    log,
    context,
    handlers,
    open: () => transport.open(context, handlers),
    send: (text) => transport.send(message(text)),
    heard: (text) => log.next(`${name} hears ${text}`, (told) => told.type === "message" && told.body === text),
  };
}
