/** What a broker of MQTT 5 says that it does not allow, and what that means here. */

import type { ServerProperties } from "./client.ts";

/** The least packet that has to pass, in bytes: a heartbeat with metadata, and answers to many questions. */
const LEAST_PACKET = 4_096;

/** What a packet has beside topic and body, in bytes, at most. */
const HEADER = 16;

/** Why nothing can be done with a broker, if that is so. */
export function limitsOf(limits: ServerProperties): string | undefined {
  const { maximumQoS = 2, wildcardSubscriptionAvailable = true, maximumPacketSize = Infinity } = limits;
  if (maximumQoS < 1) return "the broker allows QoS 0 only (max_qos), and 1 is needed";
  if (!wildcardSubscriptionAvailable) return "the broker allows no subscription with a wildcard, and one is needed";
  if (maximumPacketSize < LEAST_PACKET)
    return `the broker takes packets of at most ${maximumPacketSize} bytes, and ${LEAST_PACKET} are needed`;
  return undefined;
}

/** Whether the broker would end the connection for a message of that size. */
export function isTooLarge(
  { maximumPacketSize = Infinity }: ServerProperties,
  topic: string,
  body: Uint8Array,
): boolean {
  return topic.length + body.length + HEADER > maximumPacketSize;
}
