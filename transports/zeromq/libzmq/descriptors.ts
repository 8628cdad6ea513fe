/** libzmq ends the process where the system has no file descriptor left for it. So it is not asked to do anything then. */

import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { asError, TransportError } from "../../../src/errors.ts";

/** More than the making and binding of one socket takes: the first of a process took 8 (version 4.3.5), with its threads. */
const NEEDED = 16;

/** @throws {TransportError} `FAILED` where this process may not open so many files more */
export function requireDescriptors(): void {
  const opened: number[] = [];
  try {
    for (let number = 1; number <= NEEDED; number += 1) opened.push(openSync(devNull, "r"));
  } catch (cause) {
    const why = `libzmq would end the process with fewer than ${NEEDED} file descriptors left (${asError(cause).message})`;
    const advice = `raise the limit (ulimit -n), or leave option engine out to have the engine zmtp`;
    throw new TransportError("FAILED", `Cannot make a ZeroMQ socket: ${why}; ${advice}.`, { cause });
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
