/**
 * What goes over the wire, as bytes: ZMTP 3.1 (ZeroMQ RFC 37), which peers of 3.0 (RFC 23) understand as well. Greeting, frames
 * and commands are those of section "Formal Grammar"; security is the NULL mechanism.
 */

import { SecurityError } from "./security-error.ts";

/** The greeting's length: signature 10, version 2, mechanism 20, as-server 1, filler 31. */
export const GREETING_SIZE = 64;

const MAJOR = 3;
const MINOR = 1;
const MECHANISM_AT = 12;
const MECHANISM_SIZE = 20;

const MORE = 1;
const LONG = 2;
const COMMAND = 4;

/** A frame: part of a message, or a command of the protocol itself. */
export interface Frame {
  readonly command: boolean;
  /** The message goes on with the next frame. */
  readonly more: boolean;
  readonly body: Uint8Array;
}

/** A command, by its name. */
export interface Command {
  readonly name: string;
  readonly data: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** What each side says first. */
export function encodeGreeting(): Uint8Array {
  const greeting = new Uint8Array(GREETING_SIZE);
  greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, MAJOR, MINOR]);
  greeting.set(encoder.encode("NULL"), MECHANISM_AT);
  return greeting;
}

/**
 * The minor version that a greeting speaks.
 * @throws {Error} where it is no greeting that we can talk to, with half a sentence on why
 */
export function decodeGreeting(greeting: Uint8Array): number {
  // The eight bytes between are padding to us: older peers carry a length there.
  if (greeting[0] !== 0xff || ((greeting[9] ?? 0) & 1) === 0) throw new Error("it does not begin as ZMTP does");
  const [major = 0, minor = 0] = greeting.subarray(10, 12);
  if (major < MAJOR) throw new Error(`it speaks version ${major} of ZMTP, and not ${MAJOR}`);
  const mechanism = decoder.decode(greeting.subarray(MECHANISM_AT, MECHANISM_AT + MECHANISM_SIZE)).replace(/\0+$/, "");
  if (mechanism !== "NULL")
    throw new SecurityError(`its security mechanism is ${JSON.stringify(mechanism)}, and not "NULL"`, true);
  // To a peer of a later version we speak our own ("Version Negotiation").
  return major > MAJOR ? MINOR : minor;
}

/** A frame's head and body in one piece (RFC 37, "Framing"). */
export function encodeFrame({ command, more, body }: Frame): Uint8Array {
  const long = body.length > 255;
  const flags = (more ? MORE : 0) | (long ? LONG : 0) | (command ? COMMAND : 0);
  const head = long ? 9 : 2;
  const bytes = new Uint8Array(head + body.length);
  bytes[0] = flags;
  if (long) new DataView(bytes.buffer).setBigUint64(1, BigInt(body.length));
  else bytes[1] = body.length;
  bytes.set(body, head);
  return bytes;
}

/** A whole message, as its frames. */
export function encodeMessage(parts: readonly Uint8Array[]): Uint8Array {
  const frames = parts.map((body, index) => encodeFrame({ command: false, more: index < parts.length - 1, body }));
  return concat(frames);
}

/** The head of a frame; undefined where it has not arrived whole. */
export function decodeHead(
  bytes: Uint8Array,
): { command: boolean; more: boolean; size: number; length: number } | undefined {
  const [flags, short] = bytes;
  if (flags === undefined || short === undefined) return undefined;
  if ((flags & ~(MORE | LONG | COMMAND)) !== 0 || (flags & (MORE | COMMAND)) === (MORE | COMMAND))
    throw new Error(`it sent a frame with the flags ${flags}`);
  const [command, more] = [(flags & COMMAND) !== 0, (flags & MORE) !== 0];
  if ((flags & LONG) === 0) return { command, more, size: short, length: 2 };
  if (bytes.length < 9) return undefined;
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(1));
  return { command, more, size, length: 9 };
}

export function encodeCommand(name: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const body = concat([Uint8Array.of(name.length), encoder.encode(name), data]);
  return encodeFrame({ command: true, more: false, body });
}

/** @throws {Error} where the body is no command */
export function decodeCommand(body: Uint8Array): Command {
  const length = body[0] ?? 0;
  if (length === 0 || body.length < 1 + length) throw new Error("it sent a command without a name");
  return { name: decoder.decode(body.subarray(1, 1 + length)), data: body.subarray(1 + length) };
}

/** Sockets that say who they are, so that a ROUTER can address them; nobody in particular, here (RFC 37, "The Identity Property"). */
const ROUTED: readonly string[] = ["REQ", "DEALER", "ROUTER"];

/** READY names the socket's type, so that two that do not fit do not talk past each other (RFC 37, "The NULL Security Mechanism"). */
export function encodeReady(socketType: string): Uint8Array {
  const identity = ROUTED.includes(socketType) ? [property("Identity", "")] : [];
  return encodeCommand("READY", concat([property("Socket-Type", socketType), ...identity]));
}

function property(name: string, value: string): Uint8Array {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, value.length);
  return concat([Uint8Array.of(name.length), encoder.encode(name), size, encoder.encode(value)]);
}

/**
 * What READY says of the peer, by names in lower case: they are not case-sensitive (RFC 37, "Connection Metadata").
 * @throws {Error} where it is cut off
 */
export function decodeMetadata(data: Uint8Array): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const nameEnd = at + 1 + (data[at] ?? 0);
    if (nameEnd + 4 > data.length) throw new Error("it sent metadata that is cut off");
    const size = new DataView(data.buffer, data.byteOffset).getUint32(nameEnd);
    const end = nameEnd + 4 + size;
    if (end > data.length) throw new Error("it sent metadata that is cut off");
    const name = decoder.decode(data.subarray(at + 1, nameEnd)).toLowerCase();
    metadata.set(name, decoder.decode(data.subarray(nameEnd + 4, end)));
    at = end;
  }
  return metadata;
}

/** @param ttl for how long, in milliseconds, the peer may think us alive without another word; it travels in tenths of a second */
export function encodePing(ttl: number): Uint8Array {
  const tenths = new Uint8Array(2);
  new DataView(tenths.buffer).setUint16(0, Math.min(Math.ceil(ttl / 100), 0xffff));
  return encodeCommand("PING", tenths);
}

/** The time to live of a PING in milliseconds, and the context that the PONG has to repeat. */
export function decodePing(data: Uint8Array): { ttl: number; context: Uint8Array } {
  if (data.length < 2) throw new Error("it sent a PING without a time to live");
  return { ttl: new DataView(data.buffer, data.byteOffset).getUint16(0) * 100, context: data.subarray(2) };
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
