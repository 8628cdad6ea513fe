/** The reference's wire format: one frame, which is the topic, one zero byte, and the JSON envelope. */

import type { BusMessage } from "../../src/transport.ts";

/** No message of ours or of the reference comes near this many bytes. */
export const MAX_FRAME: number = 64 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** @throws {RangeError} where the frame would be larger than what receivers take */
export function encodeFrame({ topic, body }: BusMessage): Uint8Array {
  const head = encoder.encode(`${topic}\0`);
  const size = head.length + body.length;
  if (size > MAX_FRAME)
    throw new RangeError(`Cannot send a message of ${size} bytes over ZeroMQ: receivers take at most ${MAX_FRAME}.`);
  const frame = new Uint8Array(size);
  frame.set(head);
  frame.set(body, head.length);
  return frame;
}

/** The message that arrived as these frames, or undefined where it is none. */
export function decodeFrames(frames: readonly Uint8Array[]): BusMessage | undefined {
  const [frame, ...more] = frames;
  if (frame === undefined || more.length > 0 || frame.length > MAX_FRAME) return undefined;
  const end = frame.indexOf(0);
  if (end < 0) return undefined;
  try {
    return { topic: decoder.decode(frame.subarray(0, end)), body: frame.subarray(end + 1) };
  } catch {
    // The topic is not UTF-8: what sent this does not speak our format, and the caller counts it.
    return undefined;
  }
}
