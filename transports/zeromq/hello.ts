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
}

/** Sorts after `instance.`: libzmq repeats a subscriber's subscriptions in the order of their bytes when it reconnects. */
const TOPIC = /^joined\.([0-9a-f-]{36})\.([0-9]{1,9})$/;

const Answer = v.object({ node: v.pipe(v.string(), v.uuid()) });

export function helloTopic({ node, connection }: Hello): string {
  return `joined.${node}.${connection}`;
}

/** The hello that a topic is, if it is one. */
export function parseHello(topic: string): Hello | undefined {
  const [, node, connection] = TOPIC.exec(topic) ?? [];
  return node === undefined ? undefined : { node, connection: Number(connection) };
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
