/** The real codec in the loop: what was said is encoded, and what is heard was decoded. */

import { decodeEnvelope, encodeEnvelope } from "../../src/envelope.ts";
import type { Message } from "../../src/messages.ts";

const ABOUT = { group: "simulated", uptime: 1_000, startedAt: 0, sentAt: 1_000 };

export function throughCodec(message: Message): Message {
  const decoded = decodeEnvelope(encodeEnvelope(message, ABOUT), ABOUT.group);
  if ("message" in decoded) return decoded.message;
  throw new Error(`The codec does not understand its own ${message.kind}: ${decoded.dropped}.`);
}
