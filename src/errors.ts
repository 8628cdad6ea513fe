/**
 * The errors that callers may want to catch. Mistakes in the program itself (a bad option, a call at the wrong time)
 * are `TypeError` or `RangeError`. Codes are stable within a major version, messages are not.
 *
 * @module
 */

import { textOf } from "./show.ts";

/** Thrown by `watcher.assertPrimary()` where the instance may not act as primary. */
export class NotPrimaryError extends Error {
  /** Tells this error from others, also where the package is loaded twice: always "NotPrimaryError". */
  override readonly name = "NotPrimaryError";
  /** For programs, and stable within a major version: always "NOT_PRIMARY". */
  readonly code = "NOT_PRIMARY";
}

/** Why a transport or an election could not do what it was asked. */
export type FailureCode =
  /** A package that the adapter needs is not installed; the message has the command that brings it. */
  | "MISSING_PACKAGE"
  /** An address or port is taken by somebody else. */
  | "ADDRESS_IN_USE"
  /** An address is malformed or does not exist on this machine. */
  | "BAD_ADDRESS"
  /** The bus cannot be reached now; what was to be sent is dropped. */
  | "NOT_CONNECTED"
  /** The transport or election was closed. */
  | "CLOSED"
  /** The bus, the kernel or the disk refused; `cause` has its own error. */
  | "FAILED";

/** A bus could not do what it was asked. */
export class TransportError extends Error {
  /** Tells this error from others, also where the package is loaded twice: always "TransportError". */
  override readonly name = "TransportError";
  /** What went wrong, for programs; the message is for people. */
  readonly code: FailureCode;

  /**
   * For whoever writes a transport.
   * @param code what went wrong, for programs
   * @param message a sentence for people
   * @param options `cause` is the error underneath, where there is one
   */
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What decides who may be primary could not do what it was asked. */
export class ElectionError extends Error {
  /** Tells this error from others, also where the package is loaded twice: always "ElectionError". */
  override readonly name = "ElectionError";
  /** What went wrong, for programs; the message is for people. */
  readonly code: FailureCode;

  /**
   * For whoever writes an election.
   * @param code what went wrong, for programs
   * @param message a sentence for people
   * @param options `cause` is the error underneath, where there is one
   */
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whatever was thrown, as an `Error`. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(textOf(thrown), { cause: thrown });
}
