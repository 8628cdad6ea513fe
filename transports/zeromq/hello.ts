/**
 * How a subscriber learns that a publisher has its subscriptions. ZeroMQ does not say, and until then what is published is
 * lost to it (the "slow joiner"). So the last thing that a subscriber of ours subscribes to is a topic of its own, a
 * publisher of ours that sees this subscription publishes once on it, and when that arrives the earlier subscriptions are
 * live as well: one connection keeps its order. The reference's publishers do not answer.
 */

import * as v from "valibot";
import type { BusMessage } from "../../src/transport.ts";

/** A subscriber's wish to be told. */
export interface Hello {
  /** The random name of the transport that subscribes. */
  readonly node: string;
  /** Which of its connections this is. */
  readonly connection: number;
  /** Where it publishes itself; undefined where nobody needs to hear it. */
  readonly bind?: string | undefined;
}

/** Sorts after `instance.`: libzmq repeats a subscriber's subscriptions in the order of their bytes when it reconnects. */
const TOPIC = /^joined\.([0-9a-f-]{36})\.([0-9]{1,9})(?:\.([A-Za-z0-9%!'()*~_.-]+))?$/;

/** A subscription has a bound; what is longer is cut off, as it is only shown. */
const LONGEST_BIND = 180;

const Answer = v.object({ node: v.pipe(v.string(), v.uuid()) });

export function helloTopic({ node, connection, bind }: Hello): string {
  const end = bind === undefined ? "" : `.${encodeURIComponent(bind).slice(0, LONGEST_BIND)}`;
  return `joined.${node}.${connection}${end}`;
}

/** The hello that a topic is, if it is one. */
export function parseHello(topic: string): Hello | undefined {
  const [, node, connection, bind] = TOPIC.exec(topic) ?? [];
  if (node === undefined) return undefined;
  return { node, connection: Number(connection), bind: bind === undefined ? undefined : decoded(bind) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // It was cut off in the middle of a character, or made up.
    return text;
  }
}

/** What the publisher `node` publishes on a hello's topic. */
export function encodeAnswer(topic: string, node: string): BusMessage {
  return { topic, body: new TextEncoder().encode(JSON.stringify({ node })) };
}

/** The name of the publisher that answered, or undefined where it does not say. */
export function decodeAnswer(body: Uint8Array): string | undefined {
  try {
    return v.parse(Answer, JSON.parse(new TextDecoder().decode(body))).node;
  } catch {
    // Whoever publishes on a topic that only we know has seen our subscription; who it is decides nothing.
    return undefined;
  }
}
