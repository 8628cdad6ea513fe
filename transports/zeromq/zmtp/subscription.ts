/** Subscriptions as they travel: commands since ZMTP 3.1, messages before (RFC 37 and RFC 23, "The Publish-Subscribe Pattern"). */

import { encodeCommand, encodeMessage, type Command } from "./wire.ts";

/** A prefix that a subscriber wants, or wants no more. */
export interface Subscription {
  readonly wanted: boolean;
  readonly prefix: Uint8Array;
}

const WANTED = 1;
const UNWANTED = 0;

/** @param minor the minor version that both sides speak */
export function encodeSubscription({ wanted, prefix }: Subscription, minor: number): Uint8Array {
  if (minor >= 1) return encodeCommand(wanted ? "SUBSCRIBE" : "CANCEL", prefix);
  const body = new Uint8Array(1 + prefix.length);
  body[0] = wanted ? WANTED : UNWANTED;
  body.set(prefix, 1);
  return encodeMessage([body]);
}

/** The subscription that a command is, if it is one. */
export function subscriptionOfCommand({ name, data }: Command): Subscription | undefined {
  if (name === "SUBSCRIBE" || name === "CANCEL") return { wanted: name === "SUBSCRIBE", prefix: data };
  return undefined;
}

/** The subscription that a message is, if it is one. */
export function subscriptionOfMessage(parts: readonly Uint8Array[]): Subscription | undefined {
  const [body] = parts;
  if (parts.length !== 1 || body === undefined || (body[0] !== WANTED && body[0] !== UNWANTED)) return undefined;
  return { wanted: body[0] === WANTED, prefix: body.subarray(1) };
}
