/** What a connection must be able to do, before anything is tried on it. */

import { TransportError } from "../../src/errors.ts";
import type { NatsConnection } from "./connection.ts";

/** A heartbeat has about half as many bytes, and what the program says of itself comes on top. */
const LEAST_PAYLOAD = 1_024;

/** @throws {TransportError} `FAILED`, with what to do */
export function checkConnection({ info, options }: NatsConnection): void {
  if (options?.noEcho === true)
    throw new TransportError(
      "FAILED",
      "Cannot use the NATS connection that was given: it was made with noEcho, and what comes back is how the transport knows that it is heard; make it without.",
    );
  const most = info?.max_payload ?? Infinity;
  if (most < LEAST_PAYLOAD)
    throw new TransportError(
      "FAILED",
      `Cannot use the NATS server: its max_payload is ${most} bytes, and a heartbeat may be longer; have it at least ${LEAST_PAYLOAD}.`,
    );
}
