/** Why an endpoint could not be bound, as a sentence. */

import { asError, TransportError, type FailureCode } from "../../src/errors.ts";

/** What the system and libzmq say of an endpoint that cannot be bound, and what that means. */
const MEANING: Readonly<Record<string, FailureCode>> = {
  EACCES: "BAD_ADDRESS",
  EADDRINUSE: "ADDRESS_IN_USE",
  EADDRNOTAVAIL: "BAD_ADDRESS",
  EAI_AGAIN: "BAD_ADDRESS",
  EINVAL: "BAD_ADDRESS",
  ENAMETOOLONG: "BAD_ADDRESS",
  ENODEV: "BAD_ADDRESS",
  ENOENT: "BAD_ADDRESS",
  ENOTFOUND: "BAD_ADDRESS",
  EPROTONOSUPPORT: "BAD_ADDRESS",
};

const ADVICE: Partial<Readonly<Record<FailureCode, string>>> = {
  ADDRESS_IN_USE:
    "it is taken by another program, or by a primary that is still leaving; stop that one, or use another",
  BAD_ADDRESS: "it does not exist on this machine; use one that does",
};

/** `ADDRESS_IN_USE`, `BAD_ADDRESS` or `FAILED`. */
export function bindError(endpoint: string, cause: unknown): TransportError {
  const error = asError(cause);
  const code = ("code" in error && MEANING[String(error.code)]) || "FAILED";
  return new TransportError(code, `Cannot bind ${endpoint}: ${ADVICE[code] ?? error.message}.`, { cause });
}
