/**
 * The errors that callers may want to catch. Mistakes in the program itself (a bad option, a call at the wrong time)
 * are `TypeError` or `RangeError`. Codes are stable within a major version, messages are not.
 *
 * @module
 */

/** Thrown by `watcher.assertPrimary()` where the instance may not act as primary. */
export class NotPrimaryError extends Error {
  override readonly name = "NotPrimaryError";
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
  override readonly name = "TransportError";
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What decides who may be primary could not do what it was asked. */
export class ElectionError extends Error {
  override readonly name = "ElectionError";
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whatever was thrown, as an `Error`. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
